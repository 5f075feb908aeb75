"""What `--policy stream` has to be, measured on a session as a room would have it: `make stream`."""
