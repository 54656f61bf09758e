"""Further attacks that a story tells in looser words, once it has told of one outright.

Nobody repeats "air strike" all through an article: "two raids had come in near Yanta", "the runway was cratered". Such
words (rows of the role `echo`) tell of an attack of the kind where they stand with a town of the same war, which no
attack told outright has, and where nothing in their sentence tells of an attack of another kind.
"""

from collections.abc import Callable, Sequence

from stream.hindsight import told_far_down
from stream.lexicon import Hit
from stream.nesting import SPECIFIC, beside
from stream.passages import Candidate, Passage, holds

HARMED = ("killed", "injured")
ROLES_APART = ("trigger", "not_event", "other_event")
"""A sentence with words of one of these says itself what it tells."""
Say = Callable[[int, Hit], Candidate]


def echoes(passage: Passage, kind: str, told: Sequence[Candidate], say: Say) -> list[Candidate]:
    """The attacks told in looser words; `told`: those told outright; `say`: what a hit in a sentence says.

    Rows of the role `echo` hold in a story that has told of an attack or names what flies, those of the role `toll`
    ("six died in X") only where one was told.
    """
    outright = [c for c in told if c.status == "new"]
    looser = [*passage.scan(kind, "echo").items()] if outright or flights(passage, kind) else []
    looser += passage.scan(kind, "toll").items() if outright else []
    found: list[Candidate] = []
    for index, hits in sorted(looser, key=lambda item: item[0]):
        hit = first_that_holds(passage, index, hits)
        if index == 0 or hit is None or tells_itself(passage, kind, index) or told_far_down(passage, index):
            continue
        echo = say(index, hit)
        if is_another(echo, [*outright, *found]):
            found.append(echo)
    return found


def overflights(passage: Passage, kind: str, told: Sequence[Candidate], say: Say) -> list[Candidate]:
    """The attacks told only by who came and what was left: "jets returned to Nyala, and three people were wounded".

    A row of the role `craft` names what attacks; people hurt or things wrecked stand in its sentence, or people hurt
    in the next of its paragraph. It must have a town, for nothing else says that it is an attack.
    """
    outright = [c for c in told if c.status == "new"]
    found: list[Candidate] = []
    for index, hit in flights(passage, kind).items():
        if tells_itself(passage, kind, index) or told_far_down(passage, index):
            continue
        if not did_harm(passage, kind, index):
            continue
        flown = say(index, hit)
        placed = flown.status == "new" and flown.place is not None and SPECIFIC[flown.place.precision] > 2
        if placed and (not outright or is_another(flown, outright)):
            found.append(flown)
    return found


def flights(passage: Passage, kind: str) -> dict[int, Hit]:
    """What flies, by sentence."""

    def held() -> dict[int, Hit]:
        rows = [one.row for one in passage.lexicon.scanner(kind, "craft").compiled]
        if not any(row.needs is None or row.scope != "story" or passage.speaks_of(row.needs) for row in rows):
            return {}
        found = {index: first_that_holds(passage, index, hits) for index, hits in passage.scan(kind, "craft").items()}
        return {index: hit for index, hit in found.items() if hit is not None}

    return passage.known(("flights", kind), held)


def did_harm(passage: Passage, kind: str, index: int) -> bool:
    """Does a sentence tell of people hurt or things wrecked, or the next one of its paragraph of people hurt
    and of no attack of its own?"""
    here = passage.sentences[index]
    if passage.has("wreckage", here.start, here.end) or any(passage.hits("victims", role, index) for role in HARMED):
        return True
    following = index + 1
    if following >= len(passage.sentences) or passage.sentences[following].paragraph != here.paragraph:
        return False
    hurt = any(passage.hits("victims", role, following) for role in HARMED)
    return hurt and not tells_itself(passage, kind, following)


def first_that_holds(passage: Passage, index: int, hits: Sequence[Hit]) -> Hit | None:
    sentence = passage.sentences[index]
    return next((hit for hit in hits if holds(passage, hit, sentence.start, sentence.end)), None)


def tells_itself(passage: Passage, kind: str, index: int) -> bool:
    """Does a sentence say outright what it tells: an attack, or none?"""
    return any(passage.hits(kind, role, index) for role in ROLES_APART)


def is_another(echo: Candidate, told: Sequence[Candidate]) -> bool:
    """Does it tell news of a town of its own, in a country where one of those told is?"""
    here = echo.place
    if echo.status != "new" or here is None:
        return False
    if SPECIFIC[here.precision] < 3 and not here.as_written.endswith(" district"):
        return False
    if echo.inferred_place:
        return echo.day_certain and not echo.definite and all(c.day != echo.day for c in told)
    if told and here.country not in {c.place.country for c in told if c.place is not None}:
        return False
    return not any(c.place is not None and not c.inferred_place and beside(c.place, here) for c in told)
