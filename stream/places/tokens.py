"""The words of a text, with what stands between them."""

import re
from dataclasses import dataclass


@dataclass(slots=True)
class Token:
    """One word: `text[start:end] == word`, a possessive 's apart; `gap` is what stands between it and the next word."""

    start: int
    end: int
    word: str
    possessive: bool
    gap: str
    capital: bool


_TOKEN = re.compile(r"(?:[A-Z]\.){2,}|[^\W\d_](?:[^\W_]|[’'‘`´ʻʼ](?=[^\W\d_]))*\.?")
_LONGEST_GAP = 8
_SHORTENED = frozenset({"st.", "mt.", "ft.", "n.", "s."})
_POSSESSIVE = frozenset({"'s", "’s"})
_OWN_NAMES = frozenset({"People", "Lord"})
"""Whose possessive is a part of names: "People's Republic of China"."""


def tokens(text: str) -> list[Token]:
    """The words of `text`; each character is read once, and a gap is cut after eight."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        word, start, end = match.group(), match.start(), match.end()
        if found:
            last = found[-1]
            last.gap = text[last.end : min(start, last.end + _LONGEST_GAP)]
        if word[-1] == "." and "." not in word[:-1] and word.lower() not in _SHORTENED:
            word, end = word[:-1], end - 1
        possessive = word[-2:] in _POSSESSIVE and word[:-2] not in _OWN_NAMES
        if possessive:
            word, end = word[:-2], end - 2
        found.append(Token(start, end, word, possessive, "", _is_capital(word)))
    if found:
        found[-1].gap = text[found[-1].end : found[-1].end + _LONGEST_GAP]
    return found


def _is_capital(word: str) -> bool:
    """Also "d'Ivoire"."""
    return word[:1].isupper() or (word[1:2] in {"'", "’"} and word[2:3].isupper())


def beside(token: Token) -> bool:
    """Does the next word stand right behind, with a space or a hyphen between?"""
    return token.gap in {" ", "-", "\xa0"} and not token.possessive
