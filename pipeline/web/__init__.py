"""The page server: what the room sees, what the technician holds in hand. A process of its own, `livesubs screen DIR`.

It reads the session folder and nothing of the session's memory: a page that hangs stops no subtitle, and a server that
dies is started again and knows what it knew. Reading order: `followed` and `room` above it (the folder as it
grows, what is on the wall), `show` (how that is told), `app` (the addresses), then any of them; the pages are in
`pages/`.
"""
