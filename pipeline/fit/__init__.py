"""Where a session's recording lies in another upload of the same event, found by its sound; and its cues, moved there.

`ours` is the session, `theirs` the upload; both are times in seconds. It stands above the stages, as `export` does, and
writes to other places only. Reading order: `prints` (what is compared), `search` (where a block of theirs may lie),
`lines` (what several blocks agree on), `pieces` (from where to where), `placing` (the cues), `fitting` (all of it).
"""
