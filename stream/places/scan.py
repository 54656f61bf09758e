"""Where a text may name a place, in one pass over its words."""

import re

from config.places.spelling import ARTICLES
from stream.places.around import look_around
from stream.places.candidate import Candidate, is_name, is_weak
from stream.places.gazetteer import Gazetteer
from stream.places.naming import name_at
from stream.places.persons import is_person
from stream.places.tokens import Token
from stream.places.unknown import LANDFORMS, is_told, unknown_at
from stream.vocabulary import word_set


def candidates(text: str, words: list[Token], gazetteer: Gazetteer, head_end: int = 0) -> list[Candidate]:
    """Every name that could be a place's, the longest at each word, in order and apart.

    The dateline ends at `head_end`: in it short words in capitals are names.
    """
    found: list[Candidate] = []
    index = 0
    while index < len(words):
        candidate = _at(text, words, index, gazetteer, head_end)
        if candidate is None:
            index += 1
            continue
        candidate.person = is_person(text, words, candidate, gazetteer)
        look_around(text, words, candidate, _floor(text, found, candidate.start))
        found.append(candidate)
        index = candidate.last + 1
    return found


def named_again(text: str, words: list[Token], found: list[Candidate], gazetteer: Gazetteer) -> list[Candidate]:
    """The names found, and each further place where one stands that the gazetteer lacks and that the words around it
    tell to be a place's somewhere in the text: "the village of Ohe Htein Twin", then "classes in Ohe Htein Twin".
    """
    told = {c.key: [token.word for token in words[c.first : c.last + 1]] for c in found if c.unknown and not c.person}
    starting: dict[str, list[str]] = {}
    for key, name in told.items():
        starting.setdefault(name[0], []).append(key)
    at = {index: candidate for candidate in found for index in range(candidate.first, candidate.last + 1)}
    more: list[Candidate] = []
    dropped: set[int] = set()
    before = 0
    for index, token in enumerate(words) if starting else ():
        before = at[index - 1].end if index - 1 in at else before
        for key in starting.get(token.word, ())[:_NAMESAKES]:
            last = index + len(told[key]) - 1
            within = [at[one] for one in range(index, last + 1) if one in at]
            parts = all(index <= c.first and c.last <= last and c.key != key for c in within)
            if parts and _same_words(words, index, told[key]):
                again = Candidate(token.start, words[last].end, token.start, words[last].end, index, last, key, ())
                again.unknown, again.possessive = True, words[last].possessive
                again.person = is_person(text, words, again, gazetteer)
                look_around(text, words, again, before)
                more.append(again)
                dropped |= {c.first for c in within}
                break
    return sorted([*(c for c in found if c.first not in dropped), *more], key=lambda candidate: candidate.start)


_NAMESAKES = 4
"""More unknown names of one first word are not looked for again."""


def _same_words(words: list[Token], index: int, name: list[str]) -> bool:
    """Do the words of `name` stand at `index`, and no further capital word behind them?"""
    end = index + len(name)
    if [token.word for token in words[index:end]] != name:
        return False
    goes_on = end < len(words) and words[end - 1].gap in {" ", "-"} and words[end].capital
    return not goes_on


_HELD_BY = re.compile(r"-(?:held|controlled|occupied|administered|run|ruled|besieged) ")


def _floor(text: str, found: list[Candidate], start: int) -> int:
    """Where the words that may belong to the next name begin: behind the last one, or before it where it only says who
    holds the next, "in Russian-held Tokmak".
    """
    if not found:
        return 0
    last = found[-1]
    if _HELD_BY.fullmatch(text, last.end, start):
        return found[-2].end if len(found) > 1 else 0
    return last.end


def _at(text: str, words: list[Token], index: int, gazetteer: Gazetteer, head_end: int) -> Candidate | None:
    token = words[index]
    if not (token.capital or (token.word in ARTICLES and _is_article(words, index))):
        return None
    if (
        token.word in _PREPOSITIONS
        or token.word == "I"
        or (token.word == "A" and not _BEFORE_A.search(text, max(0, token.start - 6), token.start))
    ):
        return None
    known = name_at(text, words, index, gazetteer, head_end)
    unknown = unknown_at(text, words, index, gazetteer)
    if known is not None and known.barred and unknown is not None and unknown.last > known.last:
        return unknown  # "Abu Suruj", where "Abu" alone is no place
    if known is not None and not _goes_on(text, words, known, gazetteer):
        told = (
            unknown is not None
            and unknown.last > known.last
            and (token.word in LANDFORMS or is_told(text, unknown.end))
        )
        return unknown if told and not known.country else known
    longer = unknown is not None and (known is None or unknown.last > known.last)
    return unknown if longer else known


_PREPOSITIONS = word_set(
    """
    From Into Onto Toward Towards Through Throughout Across Around Inside Within Between By With Including Along Against
    """
)
"""At the head of a sentence: no name's first word."""
_BEFORE_A = re.compile(r" (?:in|at|to|near|of|on) \Z")
"""Before "A" that is no article but begins a name, "in A Nang Pa"."""


def _is_article(words: list[Token], index: int) -> bool:
    """A small article with a hyphen and a capital behind it: "al-Bab"."""
    return words[index].gap in {"-", "–"} and index + 1 < len(words) and words[index + 1].capital


_VILLAGE_OF = re.compile(r"\b(?:villages?|hamlets?|municipality|commune|township) (?:of|called|named) \Z")
"""What follows is no known city, though half of it is named like one."""


def _goes_on(text: str, words: list[Token], candidate: Candidate, gazetteer: Gazetteer) -> bool:
    """Is the known name perhaps only the first half of an unknown one: "Harf" in "Harf Ashan"?"""
    last = candidate.last
    if candidate.barred or candidate.country or last + 1 >= len(words):
        return False
    if words[last].gap not in {" ", "-"} or words[last].possessive or not words[last + 1].capital:
        return False
    village = _VILLAGE_OF.search(text, max(0, candidate.start - 20), candidate.start)
    return (is_weak(candidate) or village is not None) and is_name(words[last + 1], gazetteer)
