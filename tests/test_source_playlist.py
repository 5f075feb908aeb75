"""Where a playlist goes on, what of it was said already, and which rendition a line bears: the mirror's pure parts."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.source.hls.clock import Reckoning
from pipeline.source.hls.ladder import PATIENCE, Ladder
from pipeline.source.hls.playlist import Listed, NoPlaylist, Piece, listed, variants
from pipeline.source.hls.trail import DISCONTINUITY, GAP, RESTART, Trail

AT = 1_790_000_000.0


def show(first: int, last: int, *, name: str = "s{}.ts", at: float | None = None, ended: bool = False) -> Listed:
    """A playlist of pieces of two seconds; `at` is when piece 0 was."""
    pieces = (
        Piece(
            sequence=number,
            url=f"http://server/{name.format(number)}",
            seconds=2.0,
            programme_at=None if at is None else at + 2 * number,
        )
        for number in range(first, last + 1)
    )
    return Listed(pieces=tuple(pieces), target=2.0, ended=ended)


def numbers(pieces: list[Piece]) -> list[int]:
    return [piece.sequence for piece in pieces]


def test_a_live_stream_is_joined_three_pieces_before_its_newest() -> None:
    assert numbers(Trail().news(show(10, 30), 0)) == [28, 29, 30]
    assert numbers(Trail().news(show(10, 11), 0)) == [10, 11]
    assert Trail().news(show(10, 9), 0) == []


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 6)), max_size=20), st.booleans())
def test_nothing_is_taken_twice_and_every_gap_is_said(moves: list[tuple[int, int]], dated: bool) -> None:
    """However fast a playlist moves, and however old a copy of it comes, each piece is taken once, in order."""
    trail, edge, taken, now = Trail(), 20, [], 0.0
    for ahead, window in moves:
        edge, now = edge + ahead, now + 1.0
        taken += trail.news(show(edge - window, edge, at=AT if dated else None), now)
        trail.news(show(edge - window - 3, edge - 3, at=AT if dated else None), now)  # a cache that is behind
    for before, after in itertools.pairwise(taken):
        assert after.sequence > before.sequence
        assert bool(after.broken) == (after.sequence != before.sequence + 1)
        assert after.missing == pytest.approx(2.0 * (after.sequence - before.sequence - 1))


def test_a_gap_says_how_long_it_is() -> None:
    trail = Trail()
    trail.news(show(1, 5), 0)
    first, *rest = trail.news(show(9, 12), 1)
    assert (first.sequence, first.broken, first.missing) == (9, GAP, 6.0)
    assert not any(piece.broken for piece in rest)


@pytest.mark.parametrize("at", [None, AT])
def test_an_encoder_that_was_restarted_is_heard_from_there(at: float | None) -> None:
    trail = Trail()
    trail.news(show(100, 105, at=at), 0)
    later = None if at is None else AT + 500
    first, *rest = trail.news(show(0, 1, name="new{}.ts", at=later), 1)
    assert (first.sequence, first.broken, first.missing) == (0, RESTART, None)
    assert numbers(rest) == [1]
    assert numbers(trail.news(show(0, 2, name="new{}.ts", at=later), 3)) == [2]


def test_an_encoder_that_was_restarted_under_the_same_names() -> None:
    """As `-f hls` does it: nothing but the numbers and, in the end, the time tell it from an old copy."""
    trail = Trail()
    trail.news(show(0, 5), 0)
    assert trail.news(show(0, 1), 2) == []
    assert numbers(trail.news(show(0, 20), 60)) == [*range(6, 21)]
    trail = Trail()
    trail.news(show(0, 50), 0)
    assert numbers(trail.news(show(10, 19), 40)) == [*range(10, 20)]


@pytest.mark.parametrize("at", [None, AT])
def test_a_playlist_that_rewinds_is_not_read_from_its_start(at: float | None) -> None:
    trail = Trail()
    trail.news(show(1000, 1005, at=at), 0)
    assert numbers(trail.news(show(0, 1006, at=at), 2)) == [1006]


@pytest.mark.parametrize("at", [None, AT])
def test_a_playlist_that_is_numbered_anew_goes_on_where_it_was(at: float | None) -> None:
    trail = Trail()
    trail.news(show(1000, 1005, at=at), 0)
    anew = show(0, 1006, at=at)
    anew = Listed(
        pieces=tuple(replace_sequence(piece, piece.sequence - 500) for piece in anew.pieces), target=2.0, ended=False
    )
    [piece] = trail.news(anew, 2)
    assert (piece.sequence, piece.broken) == (506, "")


def replace_sequence(piece: Piece, sequence: int) -> Piece:
    return Piece(sequence=sequence, url=piece.url, seconds=piece.seconds, programme_at=piece.programme_at)


def test_a_long_recording_behind_a_restart_is_not_read_from_its_start() -> None:
    trail = Trail()
    trail.news(show(100, 105), 0)
    assert numbers(trail.news(show(0, 90, name="other{}.ts"), 10)) == [*range(83, 91)]  # 10 s and three pieces


def test_another_address_of_the_same_stream_may_name_its_pieces_anew() -> None:
    trail = Trail()
    trail.news(show(1, 5), 0)
    trail.moved = True
    assert numbers(trail.news(show(3, 7, name="token/{}.ts"), 2)) == [6, 7]


def test_a_discontinuity_is_said() -> None:
    text = "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:7\n#EXTINF:2,\na.ts\n#EXT-X-DISCONTINUITY\n#EXTINF:2,\nb.ts\n"
    plain, broken = Trail().news(listed(text, "http://server/live/index.m3u8?token=1"), 0)
    assert (plain.broken, broken.broken, broken.missing) == ("", DISCONTINUITY, 0.0)
    assert plain.url == "http://server/live/a.ts"


def test_byte_ranges_keys_and_heads_are_read() -> None:
    text = (
        '#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="k?s=1",IV=0x01\n#EXT-X-MAP:URI="all.mp4",BYTERANGE="100@0"\n'
        "#EXTINF:2,\n#EXT-X-BYTERANGE:50@100\nall.mp4\n#EXTINF:2,\n#EXT-X-BYTERANGE:60\nall.mp4\n"
        "#EXT-X-KEY:METHOD=NONE\n#EXT-X-GAP\n#EXTINF:2,\nx.ts\n"
    )
    first, second, third = listed(text, "http://server/").pieces
    assert (first.part, second.part, third.part) == ("100-149", "150-209", "")
    assert first.key
    assert (first.key.url, first.key.iv) == ("http://server/k?s=1", "0x01")
    assert first.head
    assert first.head.part == "0-99"
    assert third.key is None
    assert third.gone


def test_a_playlist_is_read_whatever_its_tags_say() -> None:
    head = "#EXTM3U\n#EXT-X-VERSION:x\n#EXT-X-TARGETDURATION:2.5\n#EXT-X-PROGRAM-DATE-TIME:today\n#EXT-X-NEW:1\n"
    read = listed(head + "#EXTINF:2,\na.ts\n", "http://server/")
    assert (read.target, [piece.programme_at for piece in read.pieces]) == (2.5, [None])


@given(st.integers(0, 40), st.integers(-5, 60), st.integers(0, 39))
def test_the_end_of_a_long_playlist_says_what_the_whole_says(first: int, since: int, dated: int) -> None:
    lines = ["#EXTM3U", "#EXT-X-TARGETDURATION:2", f"#EXT-X-MEDIA-SEQUENCE:{first}"]
    for number in range(40):
        tags = {0: '#EXT-X-KEY:METHOD=AES-128,URI="k0"', 9: '#EXT-X-MAP:URI="head.mp4"', 20: "#EXT-X-DISCONTINUITY"}
        lines += [tags[number]] if number in tags else []
        lines += [f"#EXT-X-PROGRAM-DATE-TIME:2026-11-26T20:00:{number:02d}.500+01:00"] if number == dated else []
        lines += [f"#EXTINF:{1.5 + number / 64},title", f"{number}.ts"]
    text = "\n".join([*lines, ""])
    whole, end = listed(text, "http://server/"), listed(text, "http://server/", since)
    dropped = since - first if 0 < since - first < 40 else 0
    assert end.pieces == whole.pieces[dropped:]
    assert len(listed(text, "http://server/", None).pieces) == 20


MASTER = """#EXTM3U
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="fr",DEFAULT=YES,URI="sound/fr.m3u8"
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="en",URI="sound/en.m3u8"
#EXT-X-STREAM-INF:BANDWIDTH=300000,RESOLUTION=320x180,CODECS="avc1.42c00d,mp4a.40.2",AUDIO="a"
low.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=3000000,RESOLUTION=1280x720,CODECS="avc1.42c01f,mp4a.40.2",AUDIO="a"
high.m3u8
"""


def test_renditions_are_ordered_from_the_best_to_sound_alone() -> None:
    high, low, alone = variants(MASTER, "http://server/live/all.m3u8")
    assert high.playlists == tuple(f"http://server/live/{n}.m3u8" for n in ("high", "sound/fr", "sound/en"))
    assert low.bandwidth == 300_000
    assert alone.playlists == high.sounds
    assert [str(variant) for variant in (high, alone)] == ["720 lines", "sound only"]
    said = '#EXT-X-STREAM-INF:BANDWIDTH=64000,CODECS="mp4a.40.2"\nradio.m3u8\n'
    assert variants(MASTER + said, "http://server/")[-1].main == "http://server/radio.m3u8"


def test_what_is_no_media_playlist_is_refused() -> None:
    with pytest.raises(NoPlaylist):
        listed(MASTER, "http://server/")
    with pytest.raises(NoPlaylist):
        listed("#EXTM3U\n#EXTINF:abc,\na.ts\n", "http://server/")


@given(st.floats(0, 2**33 / 90_000 - 10), st.floats(0, 9), st.floats(0, 3600))
def test_time_stamps_go_on_over_their_wrap(start: float, length: float, gap: float) -> None:
    wrap, reckoning = 2**33 / 90_000, Reckoning()
    began = reckoning.place(start, None, "", 0.0)
    after = reckoning.place((start + length + gap) % wrap, began + length, GAP, gap)
    assert after - began == pytest.approx(length + gap, abs=1e-3)


def test_time_stamps_that_start_anew_are_carried_on() -> None:
    reckoning = Reckoning()
    assert reckoning.place(5000.0, None, "", 0.0) == 5000.0
    assert reckoning.place(1.4, 5020.0, DISCONTINUITY, 0.0) == 5020.0
    assert reckoning.place(9.4, 5024.0, GAP, 4.0) == pytest.approx(5028.0)
    name = reckoning.clock
    reckoning.place(1.4, 5030.0, RESTART, None)
    assert reckoning.clock != name, "nothing tells how long an encoder was away"


@given(st.floats(-0.9, 0.9), st.floats(0, 3600))
def test_a_server_that_guesses_at_the_time_moves_nothing(guess: float, gap: float) -> None:
    reckoning = Reckoning()
    began = reckoning.dated(100.0, AT)
    assert reckoning.dated(110.0 + gap, AT + 10 + gap + guess) - began == pytest.approx(10 + gap, abs=1e-3)
    anew = reckoning.dated(1.4, AT + 20 + gap)  # time stamps that start anew
    assert anew == pytest.approx(AT + 20 + gap - guess, abs=1e-3)


def fetched(ladder: Ladder, *took: float, size: int = 100_000) -> list[int]:
    """Which rendition is in use after each piece of two seconds."""
    rungs = []
    for seconds in took:
        ladder.note(2.0, seconds, size)
        rungs.append(ladder.now)
    return rungs


def test_a_slow_line_goes_down_to_what_it_bears_and_up_again() -> None:
    ladder = Ladder([3_000_000, 800_000, 300_000, 64_000], patience=10.0)
    assert fetched(ladder, 1.9, 1.9, 1.9) == [0, 0, 0], "a server that sends while it makes"
    assert fetched(ladder, 4.0, size=1_000_000) == [1], "1.2 Mbit/s bear the next"
    ladder = Ladder([3_000_000, 800_000, 300_000, 64_000], patience=10.0)
    assert fetched(ladder, 4.0, 4.0, 4.0) == [0, 0, 3], "200 kbit/s bear the sound only"
    assert fetched(ladder, *[0.1] * 5) == [3, 3, 3, 3, 2]
    assert fetched(ladder, 4.0, 4.0, 4.0) == [2, 2, 3]
    assert fetched(ladder, *[0.1] * 10) == [3] * 9 + [2], "it was tried too early: twice as long"


def test_a_line_that_jerks_changes_nothing() -> None:
    ladder = Ladder([3_000_000, 64_000])
    assert set(fetched(ladder, *[0.2, 3.0, 0.2] * 20)) == {0}
    assert not ladder.give_up(10.0, 1_000) or ladder.lowest


@given(st.lists(st.floats(0.001, 30.0), max_size=200))
def test_a_rung_is_always_one_of_those_there_are(took: list[float]) -> None:
    ladder = Ladder([3_000_000, 800_000, 64_000], patience=PATIENCE)
    assert set(fetched(ladder, *took)) <= {0, 1, 2}
    alone = Ladder([0])
    assert set(fetched(alone, *took)) <= {0}
