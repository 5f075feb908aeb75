"""A page that yt-dlp knows: it names the address of a live stream, which changes. Used by real yt-dlp as a plugin."""

from typing import Any
from urllib.parse import urljoin

from yt_dlp.extractor.common import InfoExtractor


class WatchedIE(InfoExtractor):  # type: ignore[misc]  # yt-dlp has no types
    _VALID_URL = r"https?://127\.0\.0\.1:\d+/watch/(?P<id>\w+)"

    def _real_extract(self, url: str) -> dict[str, Any]:
        name = self._match_id(url)
        address = urljoin(url, self._download_webpage(url, name).strip())
        return {"id": name, "title": "Watched", "is_live": True, "url": address, "protocol": "m3u8_native"}
