"""What stands around the words of an event: "the area", the sentences before and after, the focus, a heading."""

import re
from bisect import bisect_right
from collections import Counter

from stream.nesting import SPECIFIC, most_specific, on_water
from stream.passages import Passage
from stream.places import PlaceMention, capital_named
from stream.sides import of_country
from stream.signals import Place

LONGEST_HEADING = 80
LONG = 6
"""A story of more sentences than this has a focus; in a shorter one the sentence before tells where."""


def elsewhere(passage: Passage, index: int, start: int, end: int) -> Place | None:
    """What "the area" and "the region" refer to: the last place before them, the region the story names most."""
    first, last = passage.clause(index, start, end)
    if passage.phrase("the_capital").search(passage.plain, first, last):
        capital = passage.known("capital", lambda: main_capital(passage))
        if capital is not None:
            return capital
    whole = passage.sentences[index]
    if passage.phrase("this_town").search(passage.plain, whole.start, whole.end):
        filed = next((m.place for m in passage.places if m.role == "dateline" and m.place.precision == "town"), None)
        if filed is not None:
            return filed
    if passage.phrase("its_city").search(passage.plain, first, last):
        filed = next((m.place for m in passage.places if m.role == "dateline" and m.place.precision == "town"), None)
        if filed is not None and filed.country in {m.place.country for m in passage.places_in(index)}:
            return filed
    if passage.phrase("the_country").search(passage.plain, first, last):
        country = passage.known("country", lambda: main_country(passage))
        if country is not None:
            return country
    if passage.phrase("the_region").search(passage.plain, first, last):
        named = direction(passage, first, last)
        if named is not None:
            return named
        region = passage.known("region", lambda: main_region(passage))
        if region is not None:
            return region
    area = passage.phrase("the_area").search(passage.plain, first, last)
    if area is not None and area.group().endswith(("province", "state", "county")):
        for at in range(index - 1, max(-1, index - 12), -1):
            outer = [m.place for m in passage.places_in(at) if m.place.precision == "region"]
            if outer:
                return outer[-1]
    if area is not None:
        here = [
            m
            for m in passage.places_in(index)
            if m.role == "place" and m.end <= area.start() and m.place.precision in ("town", "site")
            if not passage.phrase("seated_in").search(passage.plain[max(0, m.start - 48) : m.start])
        ]
        if here and not area.group().endswith(("area", "site", "camp")):
            return here[-1].place
        for at in range(index - 1, max(-1, index - 12), -1):
            inside = [m for m in passage.places_in(at) if m.role == "place" and m.place.precision != "country"]
            if inside:
                return max(inside, key=lambda m: (SPECIFIC[m.place.precision], -m.start)).place
    return None


WEIGHTS = {"place": 3, "container": 3, "dateline": 2, "demonym": 1}
"""What a mention in each role tells of the country that a story is about."""


def main_country(passage: Passage) -> Place | None:
    """The country that the story names most, by whatever place."""
    countries: Counter[str | None] = Counter()
    for m in passage.places:
        if m.place.country and m.role in WEIGHTS:
            countries[m.place.country] += WEIGHTS[m.role]
    countries = countries or Counter(m.place.country for m in passage.places if m.role == "actor" and m.place.country)
    if not countries:
        return None
    code = countries.most_common(1)[0][0]
    whole = next((m.place for m in passage.places if m.place.country == code and m.place.precision == "country"), None)
    return whole or of_country(str(code), str(code))


def main_capital(passage: Passage) -> Place | None:
    """The capital of the country that the story names most."""
    country = main_country(passage)
    return capital_named(country.country) if country is not None and country.country else None


def main_region(passage: Passage) -> Place | None:
    """The region that the story names most, itself or by its towns."""
    inside = [m.place for m in passage.places if m.role in ("place", "container") and m.place.precision != "country"]
    regions = Counter(place.admin1 or place.name for place in inside)
    if not regions:
        return None
    name = regions.most_common(1)[0][0]
    return min(
        (p for p in inside if name in (p.admin1, p.name)), key=lambda p: (p.precision != "region", p.name != name)
    )


def direction(passage: Passage, first: int, last: int) -> Place | None:
    """ "The northwestern region" is the place that was named with that direction before."""
    said = passage.phrase("the_region").search(passage.plain, first, last)
    words = said.group().split()[1:-1] if said else []
    for m in passage.places[:200] if words else ():
        if m.role == "place" and m.place.as_written.lower().startswith(words[0]):
            return m.place
    return None


def headed(passage: Passage, attacker: str | None) -> Place | None:
    """The country that a heading before a colon names: "2011 Libyan civil war: jets strike again"."""
    colon = passage.plain.find(": ", 0, LONGEST_HEADING)
    named = [m for m in passage.places if m.end <= colon and m.place.country not in (None, attacker)]
    for m in named:
        if m.role == "place" and passage.phrase("fought_for").search(passage.plain[max(0, m.start - 24) : m.start]):
            return m.place
    return of_country(str(named[-1].place.country), named[-1].place.as_written) if named else None


def around(passage: Passage, index: int, attacker: str | None, *, abroad: bool = False) -> Place | None:
    """The place of the sentences before, then after, then the one the story names most, then the dateline's."""
    focus = passage.known("focus", lambda: passage_focus(passage))
    if focus is not None and len(passage.sentences) > LONG:
        return in_paragraph(passage, index, focus) or focus
    order = [*range(index - 1, max(-1, index - 4), -1), *range(index + 1, min(len(passage.sentences), index + 3))]
    for at in order:
        named = [
            m
            for m in passage.places_in(at)
            if m.role == "place"
            and not (m.place.country == attacker and (abroad or m.place.precision == "country"))
            and not aside(passage, at, m)
            and not on_water(m.place)
        ]
        if named:
            best = max(named, key=lambda m: (standing(passage, at, m), -m.start))
            return most_specific(passage, named, best).place
    return passage.known(("anywhere", attacker), lambda: anywhere(passage, attacker))


def in_paragraph(passage: Passage, index: int, focus: Place) -> Place | None:
    """The town that the sentence before, or the one before that, tells of, in the same paragraph of a story that has
    some, and in the country of its focus; or null.
    """
    if passage.sentences[-1].paragraph == 0:
        return None
    for at in (index - 1, index - 2):
        if at < 0 or passage.sentences[at].paragraph != passage.sentences[index].paragraph:
            return None
        towns = [
            m
            for m in passage.places_in(at)
            if m.role == "place"
            and m.place.country == focus.country
            and SPECIFIC[m.place.precision] > 2
            and placed(passage, at, m)
            and not aside(passage, at, m)
        ]
        if towns:
            return towns[0].place
    return None


def standing(passage: Passage, index: int, mention: PlaceMention) -> float:
    """How much a mention is where a sentence's events are: a near place, where things are said to happen, and not one
    from which another one's way is told.
    """
    before = passage.plain[max(passage.sentences[index].start, mention.start - 48) : mention.start]
    off = 2.5 if passage.phrase("way_from").search(before) else 0.0
    return SPECIFIC[mention.place.precision] + 2 * placed(passage, index, mention) - off


def placed(passage: Passage, index: int, mention: PlaceMention) -> bool:
    """Does a preposition or verb say that things happen there: "in X", "X was hit"?"""
    before = passage.plain[max(passage.sentences[index].start, mention.start - 48) : mention.start]
    return bool(
        passage.phrase("suffers").match(passage.plain, mention.end) or passage.phrase("at_place").search(before)
    )


def aside(passage: Passage, index: int, mention: PlaceMention) -> bool:
    """Is it where somebody comes from, goes to or speaks, and not where things happen?"""
    before = passage.plain[max(passage.sentences[index].start, mention.start - 48) : mention.start]
    if any(passage.phrase(name).search(before) for name in ("aside", "deal_made", "bordering", "seated_in")):
        return True
    return speaks_from(passage, index, mention)


SPEAKS = re.compile(
    r"(?<!\w)(?:said|says|told|warned|urged|called|quoted|announced|condemned|voiced|described|welcomed|expressed)(?!\w)"
)


def speaks_from(passage: Passage, index: int, mention: PlaceMention) -> bool:
    """Does a sentence begin with where somebody speaks, in a country that the story is not about: "In Moscow the state
    agency quoted ..."?
    """
    sentence = passage.sentences[index]
    if mention.start - sentence.start != len("In ") or mention.cue != "in":
        return False
    home = passage.known("country", lambda: main_country(passage))
    if home is None or home.country == mention.place.country:
        return False
    return SPEAKS.search(passage.plain, mention.end, sentence.end) is not None


def anywhere(passage: Passage, attacker: str | None) -> Place | None:
    """The first place of the country that the story names most, less the attacker's; else the dateline's; else the one
    country that acts in it.
    """
    named = [m for m in passage.places if m.place.country not in (None, attacker) and not off_side(passage, m)]
    placed = [m for m in named if m.role == "place"]
    if placed:
        country = Counter(m.place.country for m in placed).most_common(1)[0][0]
        return next(m.place for m in placed if m.place.country == country)
    dateline = next((m.place for m in named if m.role == "dateline"), None)
    acting = [m for m in named if m.role == "actor"]
    if dateline is None and len({m.place.country for m in acting}) == 1:
        return of_country(str(acting[0].place.country), passage.text[acting[0].start : acting[0].end])
    return dateline


def off_side(passage: Passage, mention: PlaceMention) -> bool:
    """Is it named only as what lies beside where it happened, or as where or by whom a deal was made?"""
    before = passage.plain[max(0, mention.start - 64) : mention.start]
    return any(passage.phrase(name).search(before) for name in ("bordering", "deal_made", "agents"))


def passage_focus(passage: Passage) -> Place | None:
    """The place a longer story is about: the one it names most, places of its lead counting double, towns before
    countries.
    """
    lead = passage.sentences[min(2, len(passage.sentences) - 1)].end
    weights: Counter[tuple[str | None, str]] = Counter()
    first: dict[tuple[str | None, str], Place] = {}
    countries: Counter[str | None] = Counter()
    for m in passage.places:
        countries[m.place.country] += WEIGHTS.get(m.role, 0)
        if m.role == "place" and not aside(passage, bisect_right(passage.starts, m.start) - 1, m):
            key = (m.place.country, m.place.name)
            first.setdefault(key, m.place)
            weights[key] += 2 if m.start < lead else 1
    home = countries.most_common(1)[0][0] if countries else None
    inside = {
        key: weight
        for key, weight in weights.items()
        if key[0] == home and first[key].precision != "country" and weight >= 3
    }
    best = max(inside or {k: w for k, w in weights.items() if k[0] == home}, key=lambda key: weights[key], default=None)
    return first[best] if best else None


def party(passage: Passage) -> Place | None:
    """The country where a party that the story names fights."""
    found = [
        (hit.end - hit.start, -hit.start, country, hit)
        for (concern, country), scanner in passage.lexicon.scanners.items()
        if concern == "parties"
        for hit in scanner.within(passage.plain, 0, len(passage.plain))
    ]
    if not found:
        return None
    *_, country, hit = max(found, key=lambda item: item[:3])
    return of_country(country, passage.text[hit.start : hit.end])
