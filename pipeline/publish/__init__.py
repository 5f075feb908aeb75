"""What goes beyond the room: the session as standard HLS for any web server, and the technician's own player.

A stage that imports no other: it is given the recorded segments and the cues by whoever starts it. Reading order:
`timeline` (where each segment lies in a playback without gaps), `playlist` and `captions` (the texts, pure), `due`
(what may go out), `broadcast` (the folder); `mpv` stands alone. `restream` is the RTMP server's: `shown` (which line),
`letters` (drawn), `reel` (the recording decoded), `sender` (the process that encodes and pushes).
"""
