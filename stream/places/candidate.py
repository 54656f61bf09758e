"""A name in the text that may be a place's."""

from dataclasses import dataclass

from config.places.spelling import ARTICLES, fold
from stream.places.gazetteer import Gazetteer, Row
from stream.places.tokens import Token
from stream.places.wording import HOLDERS, NATURES, POINTS


@dataclass(slots=True)
class Candidate:
    """A name in the text, and the places that bear it.

    `text[name_start:name_end]` is the name, `text[start:end]` it with its direction and nature ("northern Idlib
    province"); `first` and `last` are its words, both inside. `cue` is the preposition or verb before it, `nature`
    what it is said to be ("province", "village"), `direction` "southern" and the like: small, "" if none.
    """

    start: int
    end: int
    name_start: int
    name_end: int
    first: int
    last: int
    key: str
    rows: tuple[Row, ...]
    country: str | None = None
    """Set when the name is a country's or a demonym's."""
    demonym: bool = False
    barred: bool = False
    """A name inside that of a paper, a treaty, a body, or in the credit of the writers: no place."""
    cue: str = ""
    nature: str = ""
    direction: str = ""
    possessive: bool = False
    person: bool = False
    common: bool = False
    """The word is English, or a surname, before it is a place."""
    unknown: bool = False
    """No place bears the name; the words around it say that it is one."""
    chosen: Row | None = None
    acting: bool = False
    """It stands for a state that does or says something."""

    @property
    def nature_follows(self) -> bool:
        """Does what it is stand behind the name ("Idlib province") and not before it ("the province of Idlib")?"""
        return self.end > self.name_end


KNOWN_TOWN = 100_000
"""A town of so many people may stand in copy without a word that says what it is."""


def is_weak(candidate: Candidate) -> bool:
    """Is no place of this name one that the wire would name alone?"""
    return not any(
        (row.listed or (row.good and row.population > KNOWN_TOWN) or row.kind in "AC")
        and _is_its_name(row, candidate.key)
        for row in candidate.rows
    )


def _is_its_name(row: Row, key: str) -> bool:
    """Is it the name that the gazetteer gives first, and no rarer spelling ("Adan" of Aden)?"""
    return fold(row.name).replace(" ", "")[:4] == key[:4]


def is_direction(word: str) -> bool:
    """Is it "northern", or a word that stands with it, "held"?"""
    small = word.lower()
    return small in POINTS or small in HOLDERS


def is_ordinary(word: str, gazetteer: Gazetteer) -> bool:
    """Is this capital word English, a direction, a country or a people, and so no part of an unknown name?"""
    key = fold(word)
    return (
        word.lower() in gazetteer.words.english
        or is_direction(word)
        or key in gazetteer.country_keys
        or key in gazetteer.demonyms
    )


def is_name(token: Token, gazetteer: Gazetteer) -> bool:
    """Is it a capital word that may be one half of somebody's name?"""
    if not token.capital or token.word.isupper() or is_ordinary(token.word, gazetteer):
        return False
    return token.word.lower() not in NATURES and token.word.lower() not in ARTICLES
