"""livesubs and what else captions live speech, on the same recogniser, sound and machine: `make bench-peers`."""
