"""What the program costs and how good it is, on the samples: `make bench`."""

import os

PLAIN = dict(os.environ)
"""The environment before our package has set anything in it: faster-whisper as it comes."""
