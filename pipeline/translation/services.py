"""The translation services on the web: where each is, what it has to be told, and what it takes.

deep-translator has a class for each; its own tables are years old, so what a service takes is written here.
"""

from collections.abc import Mapping

from pipeline.events import Value
from pipeline.translation.languages import FLORES


class Service(Value, frozen=True):
    name: str
    library: str
    """Its class in deep-translator."""
    address: str
    languages: frozenset[str]
    """ISO 639-1."""
    longest: int
    """Bytes of UTF-8 that it takes at once."""
    codes: Mapping[str, str] = {}
    """Where its code for a language is not ISO 639-1."""
    targets: Mapping[str, str] = {}
    """... and where it wants another still for the language it translates into."""
    key: str = ""
    """The environment variable that its key is in; empty: it takes none."""
    options: Mapping[str, str] = {}
    """What else the library's class takes, and the environment variables that it may be in."""
    keyless: bool = False
    """Another server than the usual one may do without a key."""
    form: bool = False
    """Its parameters go into the body of a POST, whatever the library does."""


_DEEPL_LANGUAGES = (
    "ar bg cs da de el en es et fi fr he hu id it ja ko lt lv nb nl no pl pt ro ru sk sl sv th tr uk vi zh"
)

_DEEPL_FREE = "https://api-free.deepl.com/v2/"


def _all_but(lacking: str) -> frozenset[str]:
    return frozenset(FLORES) - frozenset(lacking.split())


GOOGLE = Service(
    name="google",
    library="GoogleTranslator",
    address="https://translate.google.com/m",
    languages=_all_but("ba bo br fo oc wo"),
    longest=4999,
    codes={"he": "iw", "jv": "jw", "nb": "no", "nn": "no", "zh": "zh-CN"},
)
DEEPL = Service(
    name="deepl",
    library="DeeplTranslator",
    address="https://api.deepl.com/v2/",
    languages=frozenset(_DEEPL_LANGUAGES.split()),
    longest=100_000,
    codes={"no": "nb"},
    targets={"en": "EN-GB", "pt": "PT-PT", "zh": "ZH-HANS"},
    key="DEEPL_API_KEY",
    form=True,
)
MICROSOFT = Service(
    name="microsoft",
    library="MicrosoftTranslator",
    address="https://api.cognitive.microsofttranslator.com/translate?api-version=3.0",
    languages=_all_but("be br co eo fy gd gn jv la lb nn oc sa su tg wo yi"),
    longest=50_000,
    codes={"ku": "kmr", "lg": "lug", "mn": "mn-Cyrl", "no": "nb", "ny": "nya", "sr": "sr-Cyrl", "tl": "fil"}
    | {"zh": "zh-Hans"},
    key="MICROSOFT_API_KEY",
    options={"region": "MICROSOFT_REGION"},
)
MYMEMORY = Service(
    name="mymemory",
    library="MyMemoryTranslator",
    address="https://api.mymemory.translated.net/get",
    languages=_all_but("co fy"),
    longest=499,
    codes={"ku": "kmr", "no": "nb", "zh": "zh-CN"},
    options={"email": "MYMEMORY_EMAIL"},
)
LIBRE = Service(
    name="libre",
    library="LibreTranslator",
    address="https://libretranslate.com/",
    languages=frozenset(FLORES),  # what a server has loaded, only it knows; it refuses the rest
    longest=100_000,
    key="LIBRE_API_KEY",
    keyless=True,
    form=True,
)
SERVICES = {service.name: service for service in (GOOGLE, DEEPL, MICROSOFT, MYMEMORY, LIBRE)}


def address(service: Service, keys: Mapping[str, str], url: str = "") -> str:
    """Where to ask: at `url` if there is one. DeepL's keys for its free interface end in `:fx`."""
    if not url and service is DEEPL and keys.get(service.key, "").endswith(":fx"):
        return _DEEPL_FREE
    chosen = url or service.address
    return chosen.rstrip("/") + "/" if service.address.endswith("/") else chosen
