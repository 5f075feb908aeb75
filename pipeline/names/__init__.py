"""Names that have to be right: the glossary, what sounds like them, how they are written in a translation.

Knows no stage; imports `errors`, `events` and libraries only. `docs/names.md` says what it does.
"""
