"""What leaves a session for other tools: subtitle files as they want them, a film, a folder for YouTube.

A package of its own: `publish` is what goes out while a session runs, `review` is for the desk, and this reads a
session as it now is, from its journal and archive, and writes to other places only. It stands above the stages, as
`report` does. Reading order: `track` (which cues), `texts` and `transcript` (as text), `marks` (where to look first);
`stretches` (what is kept of the stream, and where it then lies), `film` (which joins `picture` and `sound`),
`mux` (the file), `chapters`, `youtube` (the folder).
"""
