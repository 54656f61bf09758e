"""English or not, by frequent words: a story in another language is set aside and counted, not misread."""

import functools
import re
from typing import Literal

from stream.lexicon import Lexicon

Language = Literal["english", "other_language", "not_prose"]
WORDS = re.compile(r"[^\W\d_]+")
SAMPLE = 4_000


def recognise(plain: str, declared: str | None, lexicon: Lexicon) -> Language:
    """The language of a reading. `declared` ("de-DE") decides only against English when the words do not speak for
    it.
    """
    words = WORDS.findall(plain[:SAMPLE])
    if not words:
        return "not_prose"
    english, others = frequent(lexicon)
    ours = sum(word in english for word in words)
    theirs = sum(word in others for word in words)
    if ours == 0 and theirs == 0:
        letters = sum(word.isascii() for word in words)
        return (
            "english" if letters * 2 > len(words) and (declared or "en").lower().startswith("en") else "other_language"
        )
    if declared and not declared.lower().startswith("en"):
        return "english" if ours > 2 * theirs and ours >= 5 else "other_language"
    return "english" if ours >= theirs else "other_language"


@functools.lru_cache(maxsize=4)
def _sets(english: tuple[str, ...], others: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(english), frozenset(others) - frozenset(english)


def frequent(lexicon: Lexicon) -> tuple[frozenset[str], frozenset[str]]:
    """Frequent words of English, and of other languages that English does not share."""
    return _sets(lexicon.lists.get("english", ()), lexicon.lists.get("other_languages", ()))
