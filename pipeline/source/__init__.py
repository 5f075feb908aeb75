"""Page URL to media URL, and what comes from it onto this disk.

To read in this order: `address` (what is to be opened), `capture` (one ffmpeg that records it, with `probe`, `command`,
`process` and `guard`), `connection` and `arrival` (where its sound lies in time), `timeline` (all of them on one clock,
with `parts`, `archive` and `gaps`), `ways` (what is tried next; `hls/` keeps a live playlist's stream on this disk) and
`recording`, which the session drives.
"""
