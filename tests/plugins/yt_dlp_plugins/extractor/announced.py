"""A page that yt-dlp knows: a stream announced for a moment, and live from then on. Used by real yt-dlp as a plugin."""

import time
from typing import Any

from yt_dlp.extractor.common import InfoExtractor

_SOON = 1000
"""A number below that is not the moment but the seconds from the first look at the page on."""
_FIRST: dict[str, int] = {}


class AnnouncedIE(InfoExtractor):  # type: ignore[misc]  # yt-dlp has no types
    _VALID_URL = r"https?://127\.0\.0\.1:\d+/announced/(?P<id>\d+)"

    def _real_extract(self, url: str) -> dict[str, Any]:
        starts = int(self._match_id(url))
        if starts < _SOON:
            starts = _FIRST.setdefault(url, int(time.time()) + starts)
        base = url.split("/announced/")[0]
        known = {"id": str(starts), "title": "Announced", "release_timestamp": starts}
        if time.time() < starts:
            return {**known, "live_status": "is_upcoming", "formats": []}
        return {**known, "live_status": "was_live", "url": f"{base}/rally.mp4"}
