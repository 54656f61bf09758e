"""One spelling for the many that a name has in Latin letters, when the gazetteer is built and when text is read."""

import re
import unicodedata
from functools import lru_cache

_FORMS = "al el ad ed an ar er as es ash esh at et az ez adh ath ul ur us uz"
ARTICLES = frozenset(_FORMS.split())
"""Forms of the Arabic article, assimilated or not; English words among them count only when a hyphen follows."""

_CODES = "AE AF BH DJ DZ EG EH ER ET IL IQ IR JO KW LB LY MA MR OM PK PS QA SA SD SO SS SY TD TN TR YE"
ARABIC = frozenset(_CODES.split())
"""Countries in whose names the article comes and goes."""
_LETTERS = str.maketrans(
    {
        "ı": "i", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "ə": "a", "æ": "ae", "œ": "oe",
        "'": None, "’": None, "‘": None, "`": None, "ʻ": None, "ʼ": None, "ʿ": None, "ʾ": None, "´": None, "′": None,
        "ʹ": None, "ʺ": None, ".": None, "\u0300": None,
    }
)  # fmt: skip
_ELEMENTS = {
    "kafar": "kafr", "kfar": "kafr", "kufr": "kafr", "kefr": "kafr", "kefar": "kafr", "kfer": "kafr", "kafer": "kafr",
    "tal": "tel", "tall": "tel", "tell": "tel", "jebel": "jabal", "jabel": "jabal", "gebel": "jabal", "gabal": "jabal",
    "djebel": "jabal", "djabal": "jabal", "jebal": "jabal", "sheik": "shaikh", "sheikh": "shaikh", "shaykh": "shaikh",
    "cheikh": "shaikh", "shekh": "shaikh", "saint": "st", "sainte": "st", "mount": "mt", "fort": "ft",
    "ma'arat": "marat", "maarrat": "marat", "maaret": "marat", "maarret": "marat", "maarat": "marat", "oum": "um",
    "ouadi": "wadi", "oued": "wadi", "wad": "wadi",
}  # fmt: skip
_SOUNDS = (
    ("que", "ke"), ("qua", "kua"), ("q", "k"), ("dj", "j"), ("sch", "sh"), ("ou", "u"), ("oo", "u"), ("ee", "i"),
    ("ay", "ai"), ("ey", "ai"), ("ei", "ai"), ("aw", "au"), ("ow", "au"),
)  # fmt: skip
"""Letters that stand for one sound, in the order in which they are replaced."""
_ENDINGS = (("iyah", "ia"), ("iyeh", "ia"), ("iya", "ia"), ("iye", "ia"), ("yah", "ia"), ("yeh", "ia"), ("iah", "ia"),
            ("ieh", "ia"), ("ah", "a"), ("eh", "a"), ("yy", "i"), ("iy", "i"), ("y", "i"))  # fmt: skip
_DOUBLE = re.compile(r"(.)\1+")
_LONGEST = 40


@lru_cache(maxsize=65_536)
def fold(word: str) -> str:
    """A word without accents, apostrophes and the usual variation of transliteration; "" if no letter is left."""
    if len(word) > _LONGEST:
        return ""
    small = word.lower().translate(_LETTERS)
    if not small.isascii():
        small = unicodedata.normalize("NFKD", small)
        small = "".join(letter for letter in small if not unicodedata.combining(letter)).translate(_LETTERS)
    small = _ELEMENTS.get(small, small)
    for letters, sound in _SOUNDS:
        if letters in small:
            small = small.replace(letters, sound)
    for ending, sound in _ENDINGS:
        if small.endswith(ending) and len(small) > len(ending) + 1:
            small = small.removesuffix(ending) + sound
            break
    small = _DOUBLE.sub(r"\1", small)
    return _ELEMENTS.get(small, small)


def join(words: list[str]) -> str:
    """Folded words to one key: no spaces, and no letter twice where two words meet ("Deir ez-Zor", "Deir Ezzor")."""
    key = words[0]
    for word in words[1:]:
        key += word[1:] if key[-1:] == word[:1] else word
    return key


_SPLIT = re.compile(r"[\s\-–/,()]+")


def keys(name: str, *, arabic: bool) -> list[str]:
    """The keys a name is found under: as it is, and for Arabic names also with the article as "al" and without it."""
    words = [word for word in _SPLIT.split(name) if word]
    folded = [fold(word) for word in words]
    folded = [word for word in folded if word]
    if not folded:
        return []
    found = [join(folded)]
    if arabic and len(folded) > 1:
        articles = [word.lower() in ARTICLES and index < len(words) - 1 for index, word in enumerate(words)]
        if any(articles) and len(articles) == len(folded):
            found.append(join(["al" if article else word for word, article in zip(folded, articles, strict=True)]))
            found.append(join([word for word, article in zip(folded, articles, strict=True) if not article]))
    return list(dict.fromkeys(key for key in found if key))


_VOWELS = re.compile(r"[aeiouyw]|h(?=[bcdfgjklmnprstvz]|\Z)|(?<=[bcdfgjklmnpqrvz])h")


def skeleton(key: str) -> str:
    """The consonants of a key: one for all vocalisations of a name ("kafranbel", "kafrnubl": kfrnbl)."""
    for letters, sound in (("kh", "x"), ("gh", "g"), ("sh", "$"), ("th", "t"), ("dh", "d")):
        key = key.replace(letters, sound)
    bare = _VOWELS.sub("", key)
    return re.sub(r"(.)\1+", r"\1", bare)
