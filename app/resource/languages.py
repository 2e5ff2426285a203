"""Which languages a listing speaks, read out of free text. Its own words stay beside the codes."""

import re

_NAMES = {
    "ar": "arabic", "am": "amharic", "bn": "bengali|bangla", "bs": "bosnian", "my": "burmese",
    "zh": "chinese|mandarin|cantonese",
    "hr": "croatian", "cs": "czech", "en": "english", "fa": "farsi|persian|dari", "fi": "finnish", "fr": "french",
    "de": "german", "el": "greek", "gu": "gujarati", "ht": "haitian( creole)?|creole", "he": "hebrew", "hi": "hindi",
    "hmn": "hmong", "hu": "hungarian", "ig": "igbo", "id": "indonesian", "it": "italian", "ja": "japanese",
    "km": "khmer|cambodian",
    "ko": "korean", "ku": "kurdish", "lo": "lao|laotian", "ne": "nepali", "om": "oromo", "ps": "pashto", "pl": "polish",
    "pt": "portuguese", "pa": "punjabi|panjabi", "ro": "romanian", "ru": "russian", "sr": "serbian", "so": "somali",
    "es": "spanish|espa[nñ]ol", "sw": "swahili|kiswahili", "sv": "swedish", "tl": "tagalog|filipino", "ta": "tamil",
    "te": "telugu",
    "th": "thai", "ti": "tigrinya", "tr": "turkish", "uk": "ukrainian", "ur": "urdu", "vi": "vietnamese", "yi": "yiddish",
    "yo": "yoruba", "ase": r"asl|a\.s\.l\.?|(american )?sign language",
}  # fmt: skip
CODES = frozenset(_NAMES)
_SPOKEN = {code: re.compile(rf"(?<!\w)({names})(?!\w)", re.IGNORECASE) for code, names in _NAMES.items()}
_THREE = {"spa": "es", "eng": "en", "fra": "fr", "zho": "zh", "urd": "ur", "vie": "vi", "kor": "ko", "rus": "ru"}


def languages_of(*texts: str) -> list[str]:
    """Codes of the languages that are named in a text, or that a text consists of ("es", "en-US")."""
    found = set()
    for text in texts:
        code = text.strip().lower().replace("_", "-").split("-")[0]
        code = _THREE.get(code, code)
        if code in CODES:
            found.add(code)
        found |= {known for known, name in _SPOKEN.items() if name.search(text)}
    return sorted(found)
