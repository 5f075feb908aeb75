"""Google's free translation page, through deep-translator (imported when the engine is made).

The library has no timeout and no retry, its object is not safe to share between threads, and it gives None or the text
of an error page as if it were a translation: one object per call, and the chain's deadline and gate around it.
"""

from pipeline.translation.engine import TranslationFailed

_CODES = {"he": "iw", "jv": "jw", "nb": "no", "nn": "no", "zh": "zh-CN"}
"""Where Google's code for a language is not ISO 639-1."""

_LONGEST = 4999
"""Characters the page takes at once."""


class GoogleEngine:
    name = "google"
    leaves_machine = True
    parallel = 4
    """Requests without an answer that may be left behind before the engine is spared for a while."""

    def __init__(self, url: str = "") -> None:
        """`url` is another address that answers like Google's mobile page."""
        from deep_translator import GoogleTranslator

        self._library = GoogleTranslator
        self._supported = frozenset(GoogleTranslator().get_supported_languages(as_dict=True).values())
        self._url = url

    def serves(self, src_lang: str, tgt_lang: str) -> bool:
        return {_code(src_lang), _code(tgt_lang)} <= self._supported

    def translate(self, text: str, src_lang: str, tgt_lang: str) -> str | None:
        from deep_translator import exceptions

        if len(text) > _LONGEST:
            raise TranslationFailed(f"longer than {_LONGEST} characters")
        page = self._library(source=_code(src_lang), target=_code(tgt_lang))
        if self._url:
            page._base_url = self._url  # the only way: the constructor takes no address
        try:
            answer: str | None = page.translate(text)
        except exceptions.TooManyRequests as error:
            raise TranslationFailed("too many requests") from error
        except exceptions.TranslationNotFound as error:
            raise TranslationFailed("no translation on the page") from error
        except exceptions.RequestError as error:
            raise TranslationFailed("the service refused") from error
        except OSError as error:  # every error of `requests` is one
            raise TranslationFailed(f"no connection ({type(error).__name__})") from error
        except Exception as error:  # a parser's or a proxy's: a failed attempt too, never the end of a session
            raise TranslationFailed(f"the library failed ({type(error).__name__})") from error
        return answer


def _code(lang: str) -> str:
    return _CODES.get(lang, lang)
