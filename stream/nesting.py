"""Places within places: which of several names in a row is meant, which hold others, which share their words."""

import re

from stream.passages import Passage
from stream.places import PlaceMention
from stream.signals import Place

SPECIFIC = {"site": 3, "town": 3, "region": 2, "country": 0}
SIGNS: dict[str | None, int] = {"north": 1, "south": -1, "east": 1, "west": -1}
WATER = re.compile(
    r"(?<!\w)(?:corridor|crossing|checkpoint|river|sea|bay|gulf|ocean|strait|lake|channel)(?!\w)", re.IGNORECASE
)


def on_water(place: Place) -> bool:
    """A river, a sea or a lake: where people neither live nor are displaced from."""
    return place.country is None or WATER.search(place.as_written) is not None


def contains(outer: Place, inner: Place) -> bool:
    """Is `inner` inside `outer`, as far as country and first-level region tell?"""
    if outer.country != inner.country or outer.country is None:
        return False
    if outer.precision == "country":
        return inner.precision != "country"
    if outer.precision == "region" and outer.admin1 is None and inner.precision in ("town", "site"):
        return lies_toward(outer, inner)
    if outer.precision != "region":
        return False
    if inner.precision == "region":  # a district in its province
        whole, part = (str(place.admin1).lower() in place.name.lower() for place in (outer, inner))
        return outer.admin1 is not None and outer.admin1 == inner.admin1 and whole and not part
    if inner.precision not in ("town", "site"):
        return False
    if same_name(outer.name, inner.admin1):
        return True
    return outer.admin1 is not None and outer.admin1 == inner.admin1 and within_reach(outer, inner)


DISTRICT_DEGREES = 0.8
"""From the middle of a part of a first-level region (Khyber, the Sinjar mountains) to its furthest town."""


def within_reach(district: Place, inner: Place) -> bool:
    """Does a town lie no further off than a district of its first-level region is wide, as far as is known?"""
    if str(district.admin1).lower().rpartition(" ")[2] in district.name.lower():  # "North Darfur", of Northern Darfur
        return True
    apart = degrees_apart(district, inner)
    return apart is None or apart <= DISTRICT_DEGREES


def degrees_apart(one: Place, other: Place) -> float | None:
    """The larger of the differences in latitude and longitude, degrees; null where a position is not known."""
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return None
    return max(abs(one.lat - other.lat), abs(one.lon - other.lon))


POINT = re.compile(r"(?P<ns>north|south)?-?(?P<ew>east|west)?(?:ern)? ")
WIDEST_DEGREES = 5.0
"""From the middle of a region that is no first-level one (Darfur) to its furthest town."""
FAR_DEGREES = 1.0
"""How far back from the middle of a part of a country, towards the other side, a place may lie and still be in it."""


def is_part(outer: Place, inner: Place) -> bool:
    """Is `outer` a part of a country ("northern Yemen") in which the province `inner` may lie?"""
    regions = outer.precision == inner.precision == "region" and outer.country == inner.country
    part = outer.admin1 is None and outer.name[:1].islower() and not inner.name[:1].islower()
    return regions and part and lies_toward(outer, inner)


def lies_toward(part: Place, inner: Place) -> bool:
    """May a place lie in a region of its country ("Darfur", "northern Yemen"), whose position is that of its middle?"""
    point = POINT.match(part.name) if part.name[:1].islower() else None
    if None in (part.lat, part.lon, inner.lat, inner.lon):
        return True
    north, east = (inner.lat or 0.0) - (part.lat or 0.0), (inner.lon or 0.0) - (part.lon or 0.0)
    if point is None:
        return max(abs(north), abs(east)) <= WIDEST_DEGREES
    return all(
        way * sign >= -FAR_DEGREES
        for way, sign in ((north, SIGNS.get(point["ns"], 0)), (east, SIGNS.get(point["ew"], 0)))
        if sign
    )


def same_name(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one.lower() == other.lower()


def same_place(one: Place | None, other: Place | None) -> bool:
    if one is None or other is None:
        return one is other
    if one.geonameid is not None and one.geonameid == other.geonameid:
        return True
    return one.country == other.country and one.name.lower() == other.name.lower()


def near(one: Place, other: Place) -> bool:
    """Within about 25 km: parts of one city. Degrees are enough at the latitudes people live at."""
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return False
    return abs(one.lat - other.lat) < 0.25 and abs(one.lon - other.lon) < 0.3


def beside(one: Place, other: Place) -> bool:
    """The same place, one inside the other, or parts of one city."""
    return same_place(one, other) or contains(one, other) or contains(other, one) or near(one, other)


def most_specific(passage: Passage, named: list[PlaceMention], best: PlaceMention) -> PlaceMention:
    """In "Kafranbel, Idlib province, Syria" the first, whichever part scored best."""
    at = named.index(best)
    while (
        at + 1 < len(named)
        and SPECIFIC[named[at].place.precision] < 3
        and province_of(passage, named[at], named[at + 1])
    ):
        at += 1
    while at > 0 and chained(passage, named[at - 1], named[at]):
        at -= 1
    return named[at]


def province_of(passage: Passage, outer: PlaceMention, inner: PlaceMention) -> bool:
    """ "the southern Afghanistan province of Helmand": the second name is the place."""
    between = passage.plain[outer.end : inner.start]
    return (
        re.fullmatch(
            r"(?:'s)? (?:[\w-]{1,20} ){0,2}(?:province|state|city|town|village|district|region|port|capital|suburb"
            r"|county|governorate|island|enclave)(?: of)?,? (?:the )?",
            between,
        )
        is not None
        and outer.place.country == inner.place.country
    )


def chained(passage: Passage, inner: PlaceMention, outer: PlaceMention) -> bool:
    """Does `outer` follow right after `inner` and contain it?"""
    between = passage.plain[inner.end : outer.start]
    if len(between) > 40 or not re.fullmatch(
        r"(?: (?:city|town|village|province|district|region|state|area|camp|county|governorate))?,?"
        r"(?: an? (?:[\w-]{1,12} )?(?:town|village|hamlet|city|suburb|district|neighbou?rhood|camp))?(?: (?:in|of"
        r"|the|and|[a-z]{2,12}(?:an|ese|ish|i|ch)|northern|southern|eastern|western|central|north|south|province"
        r"|district|'s|state|region)){0,5} ?(?:'s )?\(?"
        r"| (?:on|in|off) (?:[\w-]{3,20}'s )"
        r"|(?: (?:oil|gas|processing|power|refugee|training|air|military)){0,2}"
        r" (?:fields?|plants?|refinery|camps?|airport|airfield|base|hospital|market|school|station) in (?:the )?",
        between,
    ):
        return False
    part = outer.place.precision == "region" and outer.place.admin1 is None and outer.place.name[:1].islower()
    return contains(outer.place, inner.place) or (
        part and inner.place.precision == "region" and inner.place.country == outer.place.country
    )


def together(passage: Passage, named: list[PlaceMention], best: PlaceMention) -> tuple[Place, ...]:
    """Places that share the words of `best`: "Homs, Hama and Aleppo"."""
    others: list[Place] = []
    if best.cue == "between":  # "in a car between Naqoura and Chama"
        return ()
    joined = 0
    last = best
    outer = [m for m in passage.places if m.role == "container" and m.start > best.end]
    for mention in named[named.index(best) + 1 :]:
        last = next((m for m in outer if m.start >= last.end and m.end <= mention.start), last)
        between = passage.plain[last.end : mention.start]
        if (
            not passage.phrase("next_place").fullmatch(between)
            or contains(mention.place, best.place)
            or contains(best.place, mention.place)
        ):
            holds = contains(mention.place, last.place) or contains(mention.place, best.place)
            if len(between) < 30 and (holds or between == " in "):
                last = mention
                continue
            break
        if mention.place.precision == "country" != best.place.precision or mention.place.name == best.place.name:
            break
        others.append(mention.place)
        joined = len(others) if re.search(r"and|or|/|as well", between) else joined
        last = mention
    return tuple(others[: min(joined, 6)])


def first_of_list(passage: Passage, named: list[PlaceMention], best: PlaceMention) -> PlaceMention:
    """The first of the places that share their words with `best`: of "A and the B field" A."""
    at = named.index(best)
    while at > 0 and best.place.precision in ("town", "site"):
        before, here = named[at - 1], named[at]
        joint = passage.plain[before.end : here.start]
        regional = before.place.precision == "region" and AND_ONE_IN.fullmatch(joint) is not None
        if not (before.place.precision in ("town", "site") or regional):
            break
        if not passage.phrase("next_place").fullmatch(joint):
            break
        if before.place.country != here.place.country or before.place.name == here.place.name:
            break
        at -= 1
    return named[at]


AND_ONE_IN = re.compile(r",? and (?:another|one|two|three|four|several)(?: others?| more)? (?:in|at|near|on) (?:the )?")
"""Between a region and a town: "six villages in Aleppo province and one in Hama"."""


def struck_list(passage: Passage, named: list[PlaceMention], whole: PlaceMention, end: int) -> tuple[Place, ...]:
    """The places inside `whole` that a list behind the words names: "across Syria, hitting Homs, Hama and Tartus"."""
    for mention in named:
        if mention.start < end or not contains(whole.place, mention.place):
            continue
        if passage.phrase("struck_list").search(passage.plain, max(end, mention.start - 80), mention.start):
            rest = together(passage, named, mention)
            return (mention.place, *rest) if rest else ()
    return ()


def holder(passage: Passage, index: int, place: Place, others: tuple[Place, ...]) -> Place | None:
    """The smallest place named in the sentence that contains all of these."""
    if not others:
        return None
    holding = [
        m.place
        for m in passage.places_in(index)
        if m.role in ("place", "container", "demonym") and all(contains(m.place, p) for p in (place, *others))
    ]
    return max(holding, key=lambda p: SPECIFIC[p.precision], default=None)
