"""What leaves the program: files on disk."""
