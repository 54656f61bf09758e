"""Where displaced people came from and where they went, as far as a sentence names it."""

import re
from collections import Counter

from stream.lexicon import Hit
from stream.nesting import SPECIFIC, contains, most_specific, on_water
from stream.numbers import Quantity
from stream.passages import Passage
from stream.signals import Measure, Place
from stream.surroundings import LONG, aside

HARD = re.compile(
    r";|, (?:while|but|and)\b|(?<!\w)(?:while|but|whereas|including|among them|of whom|of them|on top of|in addition to"
    r"|as well as those|in contrast)(?!\w)"
)
SOME_OF_THEM = re.compile(r"(?<!\w)(?:many|most|some|half|nearly all|almost all|all) of (?:them|whom)(?!\w)")
"""What follows tells of a part of the people only."""
POSSESSOR = re.compile(r"(?<= )[\w-]{2,20}'s \Z")
"""In "in Sudan's North Darfur" the words before the place are "in"."""
FARTHEST = 800
"""Characters from the words of flight beyond which a place is none of their ends: an endless sentence must not cost."""
PORTION = re.compile(r"(?: of (?:them|whom)| people| others)? from (?:the )?")
OF_SOME = re.compile(r" of (?:them|whom|these)(?: (?!but|while|and)[\w'-]{1,16}){0,8} (?:in|to|at|near|on) (?:the )?")
"""Between a part of the people and where only those are: "about 130,000 of them to schools in Beirut"."""
NEXT_IN_LIST = re.compile(r"(?:,|and|or|to|into|for|neighbou?ring) (?:the )?\Z")


def ends_of(
    passage: Passage, index: int, hit: Hit, quantity: Quantity, measure: Measure
) -> tuple[Place | None, Place | None]:
    """Where they came from and where they went, as far as the sentence names it."""
    origin: Place | None = None
    destination: Place | None = None
    sentence = passage.sentences[index]
    mentions = [m for m in passage.places_in(index) if abs(m.start - hit.start) < FARTHEST]
    named = [m for m in mentions if m.role == "place" and (m.cue == "from" or not aside(passage, index, m))]
    named = [m for m in named if not (on_water(m.place) or passage.plain.startswith(" river", m.end))] or named
    for m in mentions:
        counted = quantity.start <= m.start < (quantity.noun_end or quantity.end) + 1
        fled_it = passage.plain.endswith("from the ", 0, m.start) and passage.phrase("befell").match(
            passage.plain, m.end
        )
        if m.role == "demonym" and (counted or m.end + 1 == hit.start or fled_it):
            origin = m.place
    start, end = min(hit.start, quantity.start), max(hit.end, quantity.noun_end or quantity.end)
    near = [m for m in named if not HARD.search(passage.plain, min(end, m.end), max(start, m.start))]
    ranked: list[tuple[tuple[int, bool, int, int], Place]] = []
    goals: list[tuple[tuple[bool, int], Place]] = []
    for m in near or [m for m in named if not SOME_OF_THEM.search(passage.plain, end, max(end, m.start))]:
        before = POSSESSOR.sub("", passage.plain[max(sentence.start, m.start - 60) : m.start])
        if most_specific(passage, named, m) is not m or passage.phrase("sent_from").search(before):
            continue
        if portion(passage, index, quantity, m.start, OF_SOME):
            continue
        closeness = -max(m.start - end, start - m.end, 0)
        beside = not passage.broken(min(end, m.start), max(start, m.start))
        lived = measure == "flow" and beside and passage.phrase("lived_at").search(before) is not None
        lived = lived or (measure == "flow" and passage.phrase("its_people").match(passage.plain, m.end) is not None)
        if (lived or passage.phrase("from_place").search(before)) and not portion(
            passage, index, quantity, m.start, PORTION
        ):
            ranked.append(((2, beside, SPECIFIC[m.place.precision], closeness), m.place))
        elif measure == "flow" and m.place.precision != "country" and passage.phrase("fought_at").search(before):
            ranked.append(((1, beside, SPECIFIC[m.place.precision], closeness), m.place))
        elif (passage.phrase("to_place").search(before) and not (m.end < start and passage.broken(m.end, start))) or (
            measure == "stock"
            and (
                passage.phrase("at_place").search(before)
                or re.match(r" (?:hosts?|is home|houses|shelters|has taken)", passage.plain[m.end : m.end + 16])
            )
        ):
            goals.append(((beside and m.start >= hit.start, closeness), m.place))
        elif (
            (
                passage.phrase("at_place").search(before)
                or passage.phrase("suffers").match(passage.plain, m.end)
                or passage.phrase("befell").match(passage.plain, m.end)
            )
            and not passage.phrase("speaker").match(passage.plain, m.end)
            and m.start > hit.start - 200
        ):
            ranked.append(((1, beside, SPECIFIC[m.place.precision], closeness), m.place))
    destination = max(goals, key=lambda item: item[0])[1] if goals else None
    best = max(ranked, key=lambda item: item[0], default=None)
    if best is not None and best[1].precision == "country":
        struck = [item for item in ranked if contains(best[1], item[1]) and item[0][0] == 1]
        best = max(struck, key=lambda item: item[0], default=best)
    if best is not None and (origin is None or best[0][0] == 2 or best[1].country == origin.country):
        origin = best[1]
    if origin is None and destination is not None and measure == "flow":
        origin = left(passage, index, destination)
    return origin, destination


def portion(passage: Passage, index: int, whole: Quantity, start: int, joint: re.Pattern[str]) -> bool:
    """Does a place at `start` belong to another number, that `joint` ties it to: "including 3,500 from Masisi"?"""
    return any(
        whole.end < q.start < start and q.unit in ("persons", None) and joint.fullmatch(passage.plain, q.end, start)
        for q in passage.quantities(index)
    )


def left(passage: Passage, index: int, destination: Place) -> Place | None:
    """Where people came from who are only said to have gone abroad: the other country of the sentence, or of the
    one before.
    """
    for at in (index,) if len(passage.sentences) > LONG else (index, index - 1):
        mentions = passage.places_in(at) if at >= 0 else []
        others = [
            m.place
            for m in mentions
            if m.place.country not in (None, destination.country)
            and not passage.phrase("speaker").match(passage.plain, m.end)
            and (m.role == "demonym" or (m.role == "place" and not gone_to(passage, m.start)))
        ]
        if others:
            return max(others, key=lambda place: SPECIFIC[place.precision])
    if destination.precision != "country":
        earlier = passage.places_in(index - 1) if index else []
        told = [m for m in earlier if m.role == "place" and m.place.country == destination.country]
        near = [m.place for m in told if m.place.precision != "country" and m.place.name != destination.name]
        return max(near, key=lambda place: SPECIFIC[place.precision]) if near else None
    return passage.known(("home", destination.country), lambda: home_of(passage, destination.country))


def gone_to(passage: Passage, start: int) -> bool:
    """Is a place at `start` one that people went to?"""
    before = passage.plain[max(0, start - 60) : start]
    return NEXT_IN_LIST.search(before) is not None or passage.phrase("to_place").search(before) is not None


def home_of(passage: Passage, destination: str | None) -> Place | None:
    """The country, other than the one that people went to, of which the story speaks most; or null."""
    abroad = [m for m in passage.places if m.role != "actor" and m.place.country not in (None, destination)]
    countries = Counter(m.place.country for m in abroad)
    if not countries:
        return None
    code = countries.most_common(1)[0][0]
    return next((m.place for m in abroad if m.place.country == code and m.place.precision == "country"), None) or next(
        m.place for m in abroad if m.place.country == code
    )
