"""After the show: one page about a session, for the technician and for the editor, from its journal and settings."""
