"""Places of a story: each name in the text resolved by what the rest of the story says."""

import re
from dataclasses import dataclass, replace
from typing import Literal

from config.places.spelling import fold, keys
from stream.places.choose import Context, choose, is_actor, qualifies
from stream.places.gazetteer import Gazetteer, Row, gazetteer
from stream.places.scan import ADMIN_WORDS, REGION_WORDS, SITE_WORDS, Candidate, Token, candidates, tokens
from stream.signals import Place, Precision
from stream.text import Dateline, Sentence, dateline

Role = Literal["place", "dateline", "demonym", "media", "person", "actor", "container"]
"""`place` where things happen; `actor` a state or its capital that does or says something; `container` a place that only
tells where the one before it is ("Tripoli, Lebanon"); `demonym` an adjective or a people, weak evidence of the country;
`media` a name inside that of a paper, a treaty or a body; `person` inside a person's name."""


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """`text[start:end] == place.as_written` names a place in a `role`; `cue` is the preposition or verb before it, or ""."""

    start: int
    end: int
    place: Place
    role: Role
    cue: str = ""


def find(
    story_text: str, *, located: str | None = None, sentences: list[Sentence] | None = None
) -> list[PlaceMention]:
    """The places that `story_text` names, in order and apart, each resolved over the whole story.

    `located` is where the sender says the story is located: weak evidence for choosing between places of one name.
    `sentences` is accepted for callers that have them and is not needed.
    """
    names = gazetteer()
    words = tokens(story_text)
    head = dateline(story_text)
    found = candidates(story_text, words, names, head.end if head else 0)
    if not found:
        return []
    _remember_persons(found)
    _mark_credits(story_text, found)
    context = Context.of(found, head, located, names)
    mentions: list[PlaceMention] = []
    for index, candidate in enumerate(found):
        mention = _mention(story_text, words, found, index, head, context, names)
        if mention is not None:
            mentions.append(mention)
        if candidate.chosen is not None:
            context.learn(candidate.chosen)
    return _containers(story_text, mentions)


_CREDIT = re.compile(
    r"\(?\b(?:(?:Additional|Further) )?(?:[Rr]eport(?:ing|ed)|[Ww]riting|[Ww]ritten|[Ee]diting|[Ee]dited"
    r"|[Cc]ompiled) by [A-Z][^()\n]{0,400}"
)
_LAST_CREDIT = re.compile(r"\([A-Z][^()\n]{1,60}\)[,.;]?\s*\Z")
_MOST_CREDITS = 6


def _mark_credits(text: str, found: list[Candidate]) -> None:
    """Names inside a credit, "(Reporting by ... in Beirut)" or "(Melbourne Herald Sun)" at the end, are no places."""
    spans = [match.span() for match in _CREDIT.finditer(text)]
    end = len(text)
    for _ in range(_MOST_CREDITS):
        last = _LAST_CREDIT.search(text, max(0, end - 80), end)
        if last is None:
            break
        spans.append(last.span())
        end = last.start()
    for candidate in found if spans else ():
        candidate.credit = any(start <= candidate.start < stop for start, stop in spans)


def _remember_persons(found: list[Candidate]) -> None:
    """A name that was a person's once is that person's again, unless a word of place stands before it."""
    persons = {candidate.key for candidate in found if candidate.person and not candidate.demonym}
    for candidate in found:
        if candidate.key in persons and candidate.country is None and candidate.cue not in {"in", "near", "at"}:
            candidate.person = True


def _mention(
    text: str, words: list[Token], found: list[Candidate], index: int, head: Dateline | None, context: Context,
    names: Gazetteer,
) -> PlaceMention | None:  # fmt: skip
    candidate = found[index]
    if candidate.media or candidate.organisation or candidate.credit:
        return None
    if candidate.demonym and candidate.country is not None:
        row = names.countries[candidate.country].row
        place = _place(text, candidate.name_start, candidate.name_end, row, row.name, "country")
        return PlaceMention(candidate.name_start, candidate.name_end, place, "demonym", candidate.cue)
    following = found[index + 1] if index + 1 < len(found) else None
    owner = _owner(text, found, index)
    row_or_none = choose(text, candidate, following, owner, context, names)
    if row_or_none is None:
        return _unknown(text, candidate, context, names)
    if row_or_none.country is None and following is not None and following.country and following.cue != "and":
        row_or_none = replace(row_or_none, country=following.country if qualifies(text, candidate, following) else None)
    candidate.chosen = row_or_none
    inside_dateline = head is not None and head.place_words is not None and candidate.start < head.end
    role: Role = "dateline" if inside_dateline else "actor" if is_actor(text, words, candidate, row_or_none, names) else "place"
    start, end = (candidate.name_start, candidate.name_end) if role == "actor" else (candidate.start, candidate.end)
    place = _resolved(text, candidate, row_or_none, start, end, names)
    return PlaceMention(start, end, place, role, candidate.cue)


def _owner(text: str, found: list[Candidate], index: int) -> Row | None:
    """The place whose part this one is: "Kherson's Dniprovskyi district"."""
    before = found[index - 1] if index else None
    if before is None or before.chosen is None or not _OWNER.search(text[before.name_end : found[index].name_start]):
        return None
    return before.chosen


def _resolved(text: str, candidate: Candidate, row: Row, start: int, end: int, names: Gazetteer) -> Place:
    written = text[start:end]
    if candidate.direction and start < candidate.name_start:
        lat, lon = _towards(row, candidate.direction)
        name = _sentence_case(text[start : candidate.name_end], row, text[candidate.name_start : candidate.name_end])
        return Place(
            name=name, as_written=written, country=row.country, admin1=row.admin1 if row.kind != "C" else None,
            lat=round(lat, 4), lon=round(lon, 4), geonameid=None, precision="region",
        )  # fmt: skip
    if candidate.generic in SITE_WORDS and candidate.end > candidate.name_end:
        return _place(text, start, end, row, written, "site", geonameid=None if row.kind != "S" else row.geonameid)
    if candidate.generic in REGION_WORDS and row.kind in {"P", "T"} and not (row.kind == "T" and candidate.generic == "district"):
        area = (names.region(row.country, row.admin1) if candidate.generic in ADMIN_WORDS else None) or row
        return _place(text, start, end, replace(area, admin1=row.admin1), row.name, "region", geonameid=None)
    return _place(text, start, end, row, row.name, _PRECISION[row.kind])


_PRECISION: dict[str, Precision] = {"P": "town", "T": "town", "A": "region", "B": "region", "R": "region", "S": "site", "C": "country"}


def _place(
    text: str, start: int, end: int, row: Row, name: str, precision: Precision, geonameid: int | None = -1
) -> Place:
    return Place(
        name=name, as_written=text[start:end], country=row.country, admin1=row.admin1, lat=row.lat, lon=row.lon,
        geonameid=row.geonameid if geonameid == -1 else geonameid, precision=precision,
    )  # fmt: skip


def _sentence_case(words: str, row: Row, name: str) -> str:
    """"Southern Idlib" at the start of a sentence is southern Idlib."""
    direction = words[: len(words) - len(name)]
    return direction.lower() + (name if row.kind == "C" else name)


_STEPS = {"north": (1, 0), "south": (-1, 0), "east": (0, 1), "west": (0, -1)}
_SHARE = 0.3
_TOWN_STEP = 0.15
"""Degrees from a town's middle to its edge, where its region has no box."""


def _towards(row: Row, direction: str) -> tuple[float, float]:
    """A point of `row` on the side that `direction` names: 30 % of its box from the middle."""
    south, north, west, east = row.box or (
        row.lat - _TOWN_STEP, row.lat + _TOWN_STEP, row.lon - _TOWN_STEP, row.lon + _TOWN_STEP
    )  # fmt: skip
    lat, lon = row.lat, row.lon
    for word, (up, right) in _STEPS.items():
        if word in direction:
            lat += up * _SHARE * (north - south)
            lon += right * _SHARE * (east - west)
    return max(-90.0, min(90.0, lat)), max(-180.0, min(180.0, lon))


def _unknown(text: str, candidate: Candidate, context: Context, names: Gazetteer) -> PlaceMention | None:
    """A name after "the town of" that the gazetteer lacks, or spells with other vowels in the story's country."""
    if not candidate.unknown:
        return None
    country = context.main_country()
    if country is None and not candidate.generic:
        return None
    near = names.similar(candidate.key, country) if country else None
    if near is not None:
        candidate.chosen = near
        return PlaceMention(
            candidate.start, candidate.end, _place(text, candidate.start, candidate.end, near, near.name, "town"), "place", candidate.cue
        )  # fmt: skip
    written = text[candidate.start : candidate.end]
    precision: Precision = "region" if candidate.generic in ADMIN_WORDS else "site" if candidate.generic in SITE_WORDS else "town"
    place = Place(name=text[candidate.name_start : candidate.name_end], as_written=written, country=country, precision=precision)
    return PlaceMention(candidate.start, candidate.end, place, "place", candidate.cue)


_BESIDE = re.compile(
    r",? (?:in |of )?(?:the )?\Z|,\s*\Z|'s \Z|’s \Z|\s?\(\Z|(?:, (?:in|a|an|the)|in|of|,)(?: [\w-]+){0,5} (?:in"
    r"|of|from|near) (?:the )?\Z"
)
_OF_IT = re.compile(
    r" (?:[\w-]+ )?(?:towns?|city|cities|villages?|province|district|regions?|area|camp|neighbou?rhood|suburb"
    r"|state|port|settlement)"
    r"(?: of)? (?:the )?"
)
_OWNER = re.compile(
    r"(?:'s|’s|s['’]) (?:(?:north|south|east|west|central|upper|lower|restive|besieged|coastal|southern|port"
    r"|capital|second|disputed|war-torn"
    r"|[a-z]+-(?:held|controlled|majority))[a-z-]* |(?:province|city|town|region|village|state|district|port) of "
    r"){0,3}(?:the )?\Z"
)


def _containers(text: str, mentions: list[PlaceMention]) -> list[PlaceMention]:
    """Marks the places that only say where another one beside them is: "Tripoli, Lebanon", "Syria's Idlib"."""
    result = list(mentions)
    for index in range(len(result) - 1):
        one, two = result[index], result[index + 1]
        between = text[one.end : two.start]
        if one.role == "demonym" or two.role == "demonym" or len(between) > 48 or "\n" in between:
            continue
        if _holds(two.place, one.place) and (two.role == "place" or (two.role == "actor" and between == ", " and text[two.end : two.end + 1] not in "'’")) and one.role in {"place", "container"} and re.fullmatch(
            r",? (?:in |of )?(?:the )?(?:[a-z-]+ )?|,? ?\(|, (?:in |a |an |the )?(?:[\w-]+ ){0,6}(?:in|of) "
            r"(?:the )?(?:[\w-]+ )?", between
        ):
            result[index + 1] = PlaceMention(two.start, two.end, two.place, "container", two.cue)
        elif _holds(one.place, two.place) and one.role in {"place", "actor"} and _OF_IT.fullmatch(between):
            result[index] = PlaceMention(one.start, one.end, one.place, "container", one.cue)
        elif _holds(one.place, two.place) and _OWNER.search(text[max(0, one.end - 1) : two.start]) and one.role != "dateline":
            result[index] = PlaceMention(one.start, one.end, one.place, "container", one.cue)
    return result


_ORDER = {"site": 0, "town": 1, "region": 2, "country": 3}


def _holds(outer: Place, inner: Place) -> bool:
    """Does `outer` contain `inner`, as far as country and region tell?"""
    if outer.country != inner.country or outer.country is None:
        return False
    if outer.precision == "country":
        return inner.precision != "country"
    if outer.precision != "region" or _ORDER[inner.precision] > 2:
        return False
    return _ORDER[inner.precision] < 2 or (outer.name != inner.name and _LINE.search(inner.name) is None)


_LINE = re.compile(r"(?i)\b(?:line|border|river|corridor)\b")
"""A line runs through regions and lies in none."""


def country_name(code: str) -> str:
    """The English name of an ISO 3166-1 alpha-2 code; the code itself when there is none."""
    country = gazetteer().countries.get(code.upper())
    return country.name if country else code


def country_of(word: str) -> str | None:
    """The country (ISO 3166-1 alpha-2) that a nationality or country word names: "Syrians" -> SY, "Chad" -> TD."""
    names = gazetteer()
    for key in keys(word.strip().removesuffix("'s").removesuffix("’s"), arabic=False):
        code = names.demonyms.get(key) or names.country_keys.get(key)
        if code:
            return code
    return None


def region_named(name: str, country: str | None = None) -> Place | None:
    """The first-level region or hand-made region of that name, in `country` if given; null when there is none."""
    words = [word for word in re.split(r"[\s-]+", name) if word and fold(word) not in {fold(w) for w in ADMIN_WORDS}]
    for key in keys(" ".join(words) or name, arabic=True):
        for row in gazetteer().lookup(key):
            if row.kind in {"A", "R"} and country in {None, row.country}:
                return Place(
                    name=row.name, as_written=name, country=row.country, admin1=row.admin1, lat=row.lat, lon=row.lon,
                    geonameid=row.geonameid, precision="region",
                )  # fmt: skip
    return None
