"""The second pass: what was recorded is heard again with all care when the show is over (`livesubs refine`)."""
