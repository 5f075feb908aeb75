"""What a session's edits say that the next one should know: names, words, phrases, settings, each with its evidence."""
