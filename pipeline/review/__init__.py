"""What the editor's desk needs below its page: files of any origin, what is wrong with them, and mending it."""
