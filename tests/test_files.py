"""Files that are read while they are written."""

import errno
import threading
from pathlib import Path

import pytest

from pipeline.errors import DiskFull, SessionError, unwritable
from pipeline.files import lasting, write_whole


def test_only_a_change_touches_the_file(tmp_path: Path) -> None:
    path = tmp_path / "subtitles.fr.srt"
    assert write_whole(path, "é\n")
    assert path.read_bytes() == "é\n".encode()
    inode = path.stat().st_ino
    assert not write_whole(path, "é\n")
    assert path.stat().st_ino == inode
    assert write_whole(path, "")
    assert path.read_bytes() == b""
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "subtitles.en.srt"
    versions = [f"{n}\n" * 20_000 for n in range(10)]
    write_whole(path, versions[0])
    seen: set[str] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.add(path.read_text())

    reader = threading.Thread(target=read)
    reader.start()
    for version in versions * 20:
        write_whole(path, version)
    done.set()
    reader.join()
    assert seen
    assert seen <= set(versions)


def test_a_folder_that_cannot_be_written_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SessionError, match=r"cannot write .*; check the folder"):
        write_whole(tmp_path / "file" / "subtitles.en.srt", "")
    with pytest.raises(SessionError, match="check the folder"):
        write_whole(tmp_path / "gone" / "subtitles.en.srt", "")


def test_a_full_disk_is_its_own_error() -> None:
    assert isinstance(unwritable(Path("a/b.srt"), OSError(errno.ENOSPC, "No space left on device")), DiskFull)


def test_a_file_has_a_name_that_lasts_and_what_is_none_stays_as_it_was_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rally.mp4").touch()
    assert lasting("rally.mp4") == lasting("./rally.mp4") == str(tmp_path / "rally.mp4")
    for name in ("-", "gone.mp4", "https://example.org/rally.mp4", f"lavfi:{'a' * 5000}", "~nobody-here/a.mp4", "a\0b"):
        assert lasting(name) == name
