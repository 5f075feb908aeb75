"""ffmpeg's argument lists: ffmpeg-python writes them, `capture` runs them. Imports `settings` and the source's values.

Stream time is ffmpeg's own output time. Without `-copyts` it shifts the source's first time stamp to zero and mends a
clock that jumps back (an encoder that was restarted), for both outputs alike; `-dts_delta_threshold` lets it take a
jump forward for what it is, a gap, up to ten minutes (by default it closes those over 10 s, and all after it would be
early). `aresample=async=1` turns the gap into silence of the same length.
"""

from pathlib import Path
from typing import Any

from pipeline.errors import NoAudio, SettingsError
from pipeline.settings import SAMPLE_RATE, SourceSettings
from pipeline.source.address import Address
from pipeline.source.probe import Media, Picture, Track

SEGMENT = 2.0
"""Seconds a media segment lasts at least: a screening waits for three (the delay budget); copied pictures are cut at
their own keyframes."""

_GLOBAL = ("-hide_banner", "-nostats", "-dts_delta_threshold", "600")
_WARNS = ("-loglevel", "level+warning")
_TELLS = ("-loglevel", "level+verbose")
"""Also of the silence that it puts in (`gaps.Filled`); without `repeat` in the flags no line is left out."""
_BROWSERS_SEE = ("yuv420p", "yuvj420p")


def recorder(ffmpeg: str, address: Address, media: Media, settings: SourceSettings, archive: Path | None) -> list[str]:
    """The ffmpeg that reads the source once: sound for the recogniser to its standard output, segments to `archive`.

    `archive` is the pattern's stem: segments are STEM-00000.ts and so on, their list is STEM.csv. NoAudio or
    SettingsError when the track or channel asked for is not there.
    """
    import ffmpeg as arguments

    track = chosen(address, media, settings)
    source = _input(arguments, address, settings)
    heard, kept = _in_step(source[str(track.index)]), source[str(track.index)]
    if archive and not _copied(track):
        # One filter for both: with one each, ffmpeg 9.0 hung where packets were lost and a picture was transcoded.
        both = heard.filter_multi_output("asplit")
        heard, kept = both[0], both[1]
    heard = _channel(_from_zero(heard, address), settings.channel)
    raw = {"format": "s16le", "ar": SAMPLE_RATE, "ac": 1, "flush_packets": 1, "bsf:a": _COUNTED}
    outputs = [arguments.output(heard, "pipe:1", **raw)]
    if archive:
        outputs.append(_segments(arguments, source, kept, track, media.picture, archive))
    return list(arguments.merge_outputs(*outputs).global_args(*_GLOBAL, *_TELLS).compile(cmd=ffmpeg))


def relay(ffmpeg: str, address: Address) -> list[str]:
    """The ffmpeg that reads a source which must not be opened twice, and passes it on unchanged as NUT."""
    import ffmpeg as arguments

    source = arguments.input(address.url, **_format(address), **dict(address.options))
    # Raw pictures of a device are too much for a pipe; what a device sends coded, it sends for a browser's eye too.
    picture = {"vcodec": "libx264", **_X264} if address.kind == "device" else {"vcodec": "copy"}
    output = arguments.output(
        source["v?"], source["a?"], "pipe:1", format="nut", acodec="copy", flush_packets=1, **picture
    )
    return list(output.global_args(*_GLOBAL, *_WARNS).compile(cmd=ffmpeg))


def _input(arguments: Any, address: Address, settings: SourceSettings) -> Any:
    if address.kind == "stdin" or not address.once:
        options = {**_format(address), **dict(address.options)}
    else:
        options = {"format": "nut"}
    url = "pipe:0" if address.once else address.url
    if settings.start:
        options["ss"] = settings.start
    if address.ends and settings.pace:
        options["readrate"] = settings.pace
    if (limit := length(settings)) is not None:
        options["t"] = limit
    return arguments.input(url, **options)


def chosen(address: Address, media: Media, settings: SourceSettings) -> Track:
    """The sound track asked for; NoAudio when it, or its channel, is not there, SettingsError when the part is not."""
    track = media.track(settings.audio, address.shown)
    if settings.channel and track.channels < 2:
        raise NoAudio(f"{address.shown} has one channel only; leave --channel out")
    _check_part(address, media, settings)
    return track


def _check_part(address: Address, media: Media, settings: SourceSettings) -> None:
    if settings.start and (address.once or not address.ends):
        raise SettingsError(f"{address.shown} is no recording to skip in; leave --start out")
    if media.duration is not None and settings.start >= media.duration:
        raise SettingsError(f"{address.shown} lasts {media.duration:.0f} s; choose an earlier --start")
    if settings.end is not None and settings.end <= settings.start:
        raise SettingsError("--end lies before --start; choose a later one")


def _format(address: Address) -> dict[str, Any]:
    return {"format": address.container} if address.container else {}


def length(settings: SourceSettings) -> float | None:
    """Seconds to read: the lesser of `--for` and `--end` less `--start`."""
    limits = [settings.length, settings.end - settings.start if settings.end is not None else None]
    return min((limit for limit in limits if limit is not None), default=None)


_IN_STEP = {"async": 1, "min_hard_comp": 0.03}
_LATE = 3.0
"""Seconds by which the sound of a live stream never begins later than its picture."""

_COUNTED = "setts=ts='if(N,PREV_OUTPTS+PREV_OUTDURATION,0)'"
"""Time stamps of raw sound, which nobody reads, in an order that ffmpeg does not complain about in every line."""


def _in_step(sound: Any) -> Any:
    """The sound with gaps filled and overlaps cut, in step with the stream's clock to 30 ms."""
    return sound.filter("aresample", **_IN_STEP)


def _from_zero(sound: Any, address: Address) -> Any:
    """Silence up to the first sample, so that raw sound begins at stream time 0.

    A live stream that changes its sample rate or channels makes ffmpeg begin with new filters in the middle: sound that
    seems to begin so late follows on the sound before, and all the time until then is no silence.
    """
    if not address.ends:
        sound = sound.filter("asetpts", f"PTS-if(gt(STARTT,{_LATE:g}),STARTPTS,0)")
    return sound.filter("aresample", first_pts=0, **_IN_STEP)


def _channel(sound: Any, channel: str) -> Any:
    return sound.filter("pan", args=f"mono|c0=c{('left', 'right').index(channel)}") if channel else sound


_X264 = {
    "preset": "veryfast",
    "pix_fmt": "yuv420p",
    "force_key_frames": f"expr:gte(t,n_forced*{SEGMENT:g})",
    "fps_mode": "vfr",
}


def _segments(arguments: Any, source: Any, sound: Any, track: Track, picture: Picture | None, archive: Path) -> Any:
    """MPEG-TS segments on stream time: without `avoid_negative_ts` the muxers would shift a picture with B-frames.

    One muxer writes them all (`individual_header_trailer`) and goes on counting its packets, so that a player sees none
    lost between two segments; each begins with its tables all the same. Where the count begins anew, with a connection,
    the packets say so.
    """
    streams, options = [sound], _sound_codec(track)
    if picture:
        streams.insert(0, source[str(picture.index)])
        options |= _picture_codec(picture)
    return arguments.output(
        *streams,
        f"{str(archive).replace('%', '%%')}-%05d.ts",
        format="segment",
        segment_format="mpegts",
        segment_time=SEGMENT,
        segment_time_delta=0.05,
        segment_list=f"{archive}.csv",
        segment_list_type="csv",
        individual_header_trailer=0,
        segment_format_options="avoid_negative_ts=disabled:mpegts_flags=+initial_discontinuity",
        avoid_negative_ts="disabled",
        copypriorss=0,
        muxdelay=0,
        muxpreload=0,
        **options,
    )


def _copied(track: Track) -> bool:
    """A browser can play it as it is; AAC only if described once: of the other kind (ADTS, in MPEG-TS) a single packet
    that was broken on its way would end the muxer, and the recording with it."""
    return track.codec == "mp3" or (track.codec == "aac" and track.described)


def _sound_codec(track: Track) -> dict[str, Any]:
    return {"acodec": "copy"} if _copied(track) else {"acodec": "aac", "audio_bitrate": "160k", "ac": 2}


def plays(picture: Picture) -> bool:
    """Whether a browser can play it, so that it is archived as it comes."""
    return picture.codec == "h264" and picture.pixels in _BROWSERS_SEE


def _picture_codec(picture: Picture) -> dict[str, Any]:
    if plays(picture):
        return {"vcodec": "copy"}
    return {"vcodec": "libx264", "vf": "bwdif=deint=interlaced,scale=-2:'min(1080,ceil(ih/2)*2)'", **_X264}
