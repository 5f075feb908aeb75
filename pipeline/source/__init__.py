"""Source to disk: page URL to media URL, ffmpeg capture, media segments. Knows events, settings, errors, flow."""
