"""Two subtitle files, or tracks of sessions, beside each other: what of the one became what of the other."""
