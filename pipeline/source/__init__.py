"""Page URL to media URL, and what comes from it onto this disk.

To read in this order: `address` (what is to be opened), `capture` (one ffmpeg that records it, with `probe`, `command`,
`process` and `guard`), `connection` and `arrival` (where its sound lies in time), `timeline` (all of them on one clock,
with `parts`, `archive` and `gaps`), `ways` (where it comes from next; `hls/` keeps a live playlist's stream on this
disk), `connector` (makes a connection), `watch` (sees to it until it is over), `tries` (what is done to get one, and
another), `news` (what of all that is told) and `recording`, which the session drives. Apart from these: `announced`
(waits for a page's stream), `found` (where a session begins to record), `failures` (what went wrong, in words) and `line` (how fast the line is, for the check).
"""
