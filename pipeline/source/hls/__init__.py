"""A live HLS stream, kept on this disk: `mirror` is what the rest of the source stage sees of it."""
