"""Names of places that are persons' names here: "Paris Hilton", "President Lincoln"."""

import re

from config.places.spelling import ARTICLES, fold
from stream.places.candidate import Candidate, is_name, is_weak
from stream.places.gazetteer import Gazetteer
from stream.places.tokens import Token, beside
from stream.places.wording import NAMED_ON, NATURES, PARTICLES
from stream.vocabulary import one_of

_SPEAKS = re.compile(
    ",?[ ]"
    + one_of(
        """
        said; says; told; claims; claimed; added; adds; tweeted; argues; argued; recalls; recalled; explained;
        insisted; insists; wrote; describes; described; believes; believed; married; knew; thinks; thought; smiled;
        was born; grew up
        """
    )
    + r"(?!\w)|, \d{1,2},(?! ?\d)| \(\d{1,2}\)"
)
"""After a name: it is a person's, since no town speaks or has an age."""
_NATIONS_AND_NAMES = frozenset({"jordan", "chad", "georgia", "israel", "cuba", "america"})
_HEADS = frozenset({"Camp", "Fort", "Operation"})
_GREAT_TOWN = 200_000


def is_person(text: str, words: list[Token], candidate: Candidate, gazetteer: Gazetteer) -> bool:
    """Does a given name, a title, an unknown capital word or a verb of speech stand at the name?"""
    if candidate.country is not None and not candidate.demonym and candidate.key not in _NATIONS_AND_NAMES:
        return False
    return (
        _speaks(text, candidate, gazetteer)
        or (candidate.first > 0 and _after_name(words, candidate, gazetteer))
        or _before_name(words, candidate, gazetteer)
        or _is_given_name(text, candidate)
        or _is_family(text, candidate)
    )


_FAMILY = re.compile(r" (?:family|families|clan|household|brothers|sisters)(?!\w)")


def _is_family(text: str, candidate: Candidate) -> bool:
    """Are they people of that name: "eight members of the al-Farra family"?"""
    return candidate.country is None and _FAMILY.match(text, candidate.name_end) is not None


def _is_given_name(text: str, candidate: Candidate) -> bool:
    """ "Khalil al-Haya": one word before a family's name."""
    alone = candidate.country is None and candidate.first == candidate.last
    return alone and _OF_A_FAMILY.match(text, candidate.name_end) is not None


def _speaks(text: str, candidate: Candidate, gazetteer: Gazetteer) -> bool:
    if candidate.country is not None or candidate.key in gazetteer.capitals:
        return False
    return not any(row.listed for row in candidate.rows) and _SPEAKS.match(text, candidate.name_end) is not None


def _after_name(words: list[Token], candidate: Candidate, gazetteer: Gazetteer) -> bool:
    """ "George Washington", "President Lincoln", "J. London", "Bandeira do Sul", "Camp Phoenix"."""
    previous = words[candidate.first - 1]
    small = previous.word.lower().rstrip(".")
    adjacent = previous.gap in {" ", "-", "\xa0", ". "} and not previous.possessive
    if adjacent and previous.capital:
        if small in gazetteer.words.first_names or small in gazetteer.words.titles or previous.word in _HEADS:
            return True
        if (
            candidate.first > 1
            and beside(words[candidate.first - 2])
            and _is_titled(words[candidate.first - 2], gazetteer)
        ):
            return True  # "Prime Minister Hesham Kandil"
        if len(small) == 1 or (previous.gap != ". " and is_weak(candidate) and is_name(previous, gazetteer)):
            return True
    if previous.word in PARTICLES and candidate.first > 1 and previous.gap == " ":
        before = words[candidate.first - 2]
        if before.gap == " " and is_name(before, gazetteer):
            return True
    hyphenated = previous.gap == "-" and previous.capital and small not in ARTICLES
    return hyphenated and candidate.country is None


def _is_titled(token: Token, gazetteer: Gazetteer) -> bool:
    return token.word.lower().rstrip(".") in gazetteer.words.titles


_OF_A_FAMILY = re.compile(r" (?:al|el|bin|ibn|abu|Al|El|Bin|Ibn|Abu)[- ][A-Z]")
"""After a name: it is a given name, "Khalil al-Haya"."""


def _before_name(words: list[Token], candidate: Candidate, gazetteer: Gazetteer) -> bool:
    """ "Paris Hilton", "Chen Guangcheng"; but not "Homs Governorate", "Idlib Monday"."""
    token = words[candidate.last]
    if candidate.country is not None or candidate.last + 1 >= len(words) or not beside(token):
        return False
    following = words[candidate.last + 1]
    if not following.capital:
        return False
    if candidate.first == candidate.last and token.word.lower() in gazetteer.words.first_names:
        return True
    small, key = following.word.lower(), fold(following.word)
    if small in NATURES or small in NAMED_ON or key in gazetteer.country_keys or key in gazetteer.demonyms:
        return False
    return not any(row.population > _GREAT_TOWN and row.good for row in candidate.rows)
