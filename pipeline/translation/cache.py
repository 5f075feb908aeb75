"""Good answers of services on the web, kept on disk: what was asked once need not be asked again.

A file of SQLite, which several processes may use at once. It is a convenience: whatever is wrong with it, there is no
answer in it, and nothing else happens. The texts are private: only their user may read them.
"""

import sqlite3
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path

_MOST = 50_000
"""Answers that are kept: some 10 MB."""
_SPARE = 1_000
"""So many are put in between two looks at how many there are."""
_WAIT = 0.1
"""Seconds that a sentence may wait for another process."""


class Cache:
    """Answers by engine, languages and text. Several threads and processes may use it."""

    def __init__(self, path: Path, *, most: int = _MOST) -> None:
        """File and folder are made when they are first used."""
        self._path, self._most = path, most
        self._broken = False
        self._kept = 0

    def find(self, signature: str, text: str, src_lang: str, tgt_lang: str) -> str | None:
        """The answer of the engine of this signature, if it is here."""
        key = _key(signature, text, src_lang, tgt_lang)
        row = self._do("SELECT answer FROM answers WHERE key = ?", key)
        return str(row[0]) if row else None

    def keep(self, signature: str, text: str, src_lang: str, tgt_lang: str, answer: str) -> None:
        """Keeps an answer; the oldest go where there are too many."""
        key = _key(signature, text, src_lang, tgt_lang)
        self._do("INSERT OR REPLACE INTO answers (key, answer) VALUES (?, ?)", key, answer)
        if self._kept % min(_SPARE, self._most) == 0:
            newest = "SELECT rowid FROM answers ORDER BY rowid DESC LIMIT ?"
            self._do(f"DELETE FROM answers WHERE rowid NOT IN ({newest})", self._most)
        self._kept += 1

    def _do(self, order: str, *values: bytes | str | int) -> tuple[object, ...] | None:
        """The first row that an order gives; None where there is none, or anything is wrong with the file."""
        if self._broken:
            return None
        try:
            with closing(self._open()) as file:
                row: tuple[object, ...] | None = file.execute(order, values).fetchone()
                return row
        except sqlite3.OperationalError as error:  # another process writes; or it is full, or nobody may write
            self._broken = "locked" not in str(error)
        except (sqlite3.Error, OSError, UnicodeError):
            self._broken = True
        return None

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path.touch(mode=0o600)  # SQLite gives the files beside it the same mode
        with suppress(OSError):
            self._path.chmod(0o600)
        file = sqlite3.connect(self._path, timeout=_WAIT, isolation_level=None)
        try:
            file.execute("PRAGMA synchronous = OFF")
            file.execute("CREATE TABLE IF NOT EXISTS answers (key BLOB UNIQUE NOT NULL, answer TEXT NOT NULL)")
        except BaseException:
            file.close()
            raise
        return file


def _key(*parts: str) -> bytes:
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()
