"""Which of the places of one name is meant here, if any."""

import math
import re

from config.places.spelling import ARABIC, keys
from stream.places.candidate import Candidate
from stream.places.context import KNOWN_TOWN, REGION, Context
from stream.places.gazetteer import Row
from stream.places.wording import ADMIN_WORDS, DONE_TO, LOCATIVE, SITE_WORDS, TOWN_WORDS, WHERE
from stream.vocabulary import one_of

_AT = frozenset({"in", "near", "at"})
_SURE = WHERE | (DONE_TO - {"leave", "left"})
"""Cues after which even an English word is a place's name."""
_JOINING = frozenset({"of", "and", "or", "between", "including", "as", "capital"})
_WORLD_CITY, _GREAT_TOWN, _MARKET_TOWN, _HAMLET = 1_000_000, 100_000, 15_000, 1_000
_SHORT = 4
"""Keys of so few letters are too often something else."""
_QUALIFIES = re.compile(
    r",? (?:in |of )?(?:the )?|,? (?:in|of) (?:the )?[a-z]+-[a-z]+ |,? ?\("
    r"|,? (?:in|near|a|an|the)? ?(?:[\w-]+ ){0,5}(?:in|of) (?:the )?|,? close to (?:the )?(?:[\w-]+ ){0,4}(?:of )?"
)
_IN_TOWN = re.compile(r" in (?:[a-z-]+ )?")
_BEARING = re.compile(
    r",? (?:near|outside|above|overlooking|beside|opposite"
    r"|(?:(?:about|some|around|just|\d[\d,.]*|miles?|km|kilomet(?:er|re)s?) ){0,4}"
    r"(?:north|south|east|west)(?:-?(?:east|west))? of) (?:the )?"
)
"""Between two names: the first lies off the second, "Xyz, 20 km north of Homs"."""
_TOWN_IN = re.compile(
    r"\b(?:towns?|villages?|hamlets?|countryside) in (?:the )?(?:[A-Z][\w-]{2,20}['’]s )?(?:[a-z]+-held )?\Z"
)
"""Before a name that holds a town: in "a town in Syria's Idlib" the province."""
_FARTHEST = 60
_FAR_DEGREES = 5.0
QUARTERS = frozenset(
    {"neighbourhood", "neighborhood", "quarter", "suburb", "neighbourhoods", "neighborhoods", "quarters", "suburbs"}
)
"""A part of a town that is called so and bears a great town's name is that of another town."""
_BUILDINGS = frozenset({"hospital", "mosque", "market", "university"})
"""They are named for places far away: "the al-Quds hospital" of Aleppo."""
_GOES_ON = re.compile(
    r" (?:"
    + one_of(
        """
        in; on; after; by; and; where; when; as; during; for; killing; following; with; at; near; before; amid; that;
        which; while; leaving; but; to; from; overnight; yesterday; today; despite; early; late; since; over; wounding
        """
    )
    + r")(?!\w)"
)
"""After "Nima, Lebanon": the country acts in nothing here."""


def choose(
    text: str, candidate: Candidate, following: Candidate | None, owner: Row | None, context: Context
) -> Row | None:
    """The place that `candidate` means, or null when it is none. It lies in `owner`, if that is given."""
    if candidate.person and candidate.cue not in _AT:
        return None
    rows = [row for row in candidate.rows if owner is None or _lies_in(row, owner)]
    if not text[candidate.name_start : candidate.name_end].isupper():  # "Rann" is not the RAAN
        rows = [row for row in rows if not row.name.isupper()]
    if candidate.person:
        rows = [row for row in rows if row.listed or row.population > KNOWN_TOWN]
    if any(row.listed for row in rows):
        rows = [row for row in rows if _rivals(row, candidate)]
    if not rows:
        return None
    outer = following.rows[:4] if following is not None and qualifies(text, candidate, following) else ()
    if candidate.common and not text.startswith(",", candidate.end):  # "the University of Wisconsin"
        outer = ()
    if outer and following is not None and _BEARING.fullmatch(text, candidate.end, following.start):
        rows = [row for row in rows if not _is_far_off(row, outer)] or rows
    largest = max(row.population for row in rows)
    holds = _TOWN_IN.search(text, max(0, candidate.start - 40), candidate.start) is not None

    def fitness(row: Row) -> float:
        held = 3.0 if holds and row.kind == "A" else 0.0
        return _score(row, candidate, outer, context) - _overshadowed(row, largest) + held

    best = max(rows, key=fitness)
    if following is not None and _is_elsewhere(best, candidate, outer) and is_in_country(text, candidate, following):
        return None
    if (candidate.nature in QUARTERS | _BUILDINGS or _is_hamlet(best)) and _is_stranger(best, context):
        return None
    if _is_namesake_abroad(best, context):
        return None
    if following is not None and _is_part_abroad(text, best, candidate, following, context):
        return None
    if following is not None and _is_elsewhere_inside(text, best, candidate, following, outer):
        return None
    if (
        outer
        and following is not None
        and _BEARING.fullmatch(text, candidate.end, following.start)
        and _is_far_off(best, outer)
        and any(context.weight(other.country) > context.weight(best.country) - REGION for other in outer)
    ):
        return None
    return best if _is_plausible(best, candidate, outer, context) else None


def _rivals(row: Row, candidate: Candidate) -> bool:
    """May it be meant though a place of the name is listed by hand? Not if the name is only another of its own."""
    return (
        row.listed
        or (row.good and candidate.key in keys(row.name, arabic=row.country in ARABIC))
        or row.population > _WORLD_CITY
    )


def _is_elsewhere(row: Row, candidate: Candidate, outer: tuple[Row, ...]) -> bool:
    """Is it a small place abroad, or a town abroad that is told of as a village, though the words say in which country
    it should be?
    """
    foreign = bool(outer) and row.country not in {other.country for other in outer}
    small = row.population < _GREAT_TOWN and (not row.listed or row.kind in "TS")
    return foreign and (small or candidate.nature in _BUILDINGS | QUARTERS | {"village", "hamlet", "district"})


def _is_part_abroad(text: str, row: Row, candidate: Candidate, following: Candidate, context: Context) -> bool:
    """Is it told to be a part of a town of another country: in "the Old City of Homs" not Jerusalem's?"""
    towns = {other.country for other in following.rows if other.kind in {"P", "T"} and context.weight(other.country)}
    return text[candidate.end : following.start] == " of " and bool(towns) and row.country not in towns


def _is_namesake_abroad(row: Row, context: Context) -> bool:
    """Is it a town, no great one, in a country that only its own name speaks for, in a story plainly of another?"""
    if row.kind not in {"P", "T", "S"} or row.population >= _GREAT_TOWN or not _is_stranger(row, context):
        return False
    return context.weight(context.main_country()) >= _PLAINLY


_PLAINLY = 12.0
"""What a story of some length weighs for the country that it is about."""


def _is_hamlet(row: Row) -> bool:
    """Is it a small town that nobody listed by hand?"""
    return row.kind in {"P", "T"} and row.population < _MARKET_TOWN and not row.listed


def _is_stranger(row: Row, context: Context) -> bool:
    """Is it in a country that nothing else in the story speaks for?"""
    main = context.main_country()
    return main not in {None, row.country} and context.weight(row.country) <= REGION


def _is_elsewhere_inside(
    text: str, row: Row, candidate: Candidate, following: Candidate, outer: tuple[Row, ...]
) -> bool:
    """Does it lie in another region than the one that the words give it: "Reading, Kansas"?"""
    regions = {other.admin1 for other in outer if other.kind == "A" and other.country == row.country}
    told = is_apposed(text, candidate, following) and row.kind in {"P", "T"}
    return told and len(regions) == 1 and row.admin1 is not None and row.admin1 not in regions


def _is_far_off(row: Row, outer: tuple[Row, ...]) -> bool:
    """Is it further from all of these than anybody tells the way: "Salah al-Din, south of Tripoli"?"""
    return all(abs(row.lat - other.lat) + abs(row.lon - other.lon) > _FAR_DEGREES for other in outer)


def qualifies(text: str, candidate: Candidate, following: Candidate) -> bool:
    """Does the next name say where this one is: "Tripoli, Lebanon", "Tripoli in northern Lebanon"?"""
    if following.demonym or following.start - candidate.end > _FARTHEST:
        return False
    acronym = text[following.start : following.end].replace(".", "").isupper()
    if acronym and not is_apposed(text, candidate, following):  # "In Damascus, US officials said"
        return False
    return _QUALIFIES.fullmatch(text, candidate.end, following.start) is not None


def lies_off(text: str, candidate: Candidate, following: Candidate) -> bool:
    """Does the next name say near which town this one is: "Xyz, 20 km north of Homs"?"""
    return not following.demonym and _BEARING.fullmatch(text, candidate.end, following.start) is not None


def is_apposed(text: str, candidate: Candidate, following: Candidate) -> bool:
    """Does the next name stand between commas, or at an end: "Santa Catalina Island, California," """
    after = text[following.end : following.end + 1]
    return text[candidate.end : following.start] == ", " and after in {"", ",", ".", ";", ")", "\n"}


def is_in_country(text: str, candidate: Candidate, following: Candidate) -> bool:
    """Do the words say outright where it lies: "Nima, Lebanon", "Nima in Lebanon"?"""
    if is_apposed(text, candidate, following):
        return True
    between = text[candidate.end : following.start]
    if following.demonym:
        return False
    if between == " of " and candidate.nature in ADMIN_WORDS | QUARTERS:  # "the Marjah district of Aleppo"
        return True
    if candidate.nature in _BUILDINGS and qualifies(text, candidate, following):
        return True
    if _BEARING.fullmatch(between) or (candidate.nature in SITE_WORDS and _IN_TOWN.fullmatch(between)):
        return True
    region = {row.country for row in following.rows if row.kind in {"A", "R"} and (row.good or row.listed)}
    if (following.country is None and len(region) != 1) or between not in {", ", " in ", ", in "}:
        return False
    return between != ", " or _GOES_ON.match(text, following.end) is not None


def _lies_in(row: Row, owner: Row) -> bool:
    if owner.country is None or row.country not in {owner.country, None}:
        return owner.country is None
    return owner.kind == "C" or owner.admin1 is None or row.admin1 in {owner.admin1, None}


def _score(row: Row, candidate: Candidate, outer: tuple[Row, ...], context: Context) -> float:
    """Better for the populous, the listed, the one in the story's country, and of the nature that the words say."""
    score = 7.0 if row.kind == "C" else math.log10(row.population + 200)
    if context.weight(row.country) > 0:
        score += 2.0 + 3.0 * context.share(row.country)
    elif row.country is None:
        score += 2.0
    if (row.country, row.admin1 or "") in context.regions:
        score += 0.7
    score += (0.0 if row.good else -2.5) + (1.5 if row.listed else 0.0)
    score += {"R": 0.6, "A": -1.3, "B": -2.0}.get(row.kind, 0.0)
    if any(row.country == other.country and _may_hold(other, row) for other in outer):
        score += 4.0
    return score + _fits_nature(row, candidate)


def _overshadowed(row: Row, largest: int) -> float:
    """Off the score of a town whose namesake is a great city: "Donetsk" is hardly ever the one near Rostov."""
    return 2.0 if row.kind in "PT" and largest > _GREAT_TOWN and largest > 10 * row.population else 0.0


def _fits_nature(row: Row, candidate: Candidate) -> float:
    if candidate.nature in ADMIN_WORDS:
        district = candidate.nature.startswith(("district", "county"))
        small = candidate.nature.startswith(("district", "county", "raion"))
        return {"A": 4.0, "R": 4.0, "B": 5.0 if district else 3.0 if small else 1.0}.get(row.kind, 0.0)
    if candidate.nature in TOWN_WORDS:
        return 2.0 if row.kind in {"P", "T"} else 0.0
    return 0.7 if candidate.direction and row.kind in {"A", "R"} else 0.0


def _may_hold(outer: Row, inner: Row) -> bool:
    return outer.kind == "C" or outer.admin1 == inner.admin1 or not inner.admin1


def _is_plausible(row: Row, candidate: Candidate, outer: tuple[Row, ...], context: Context) -> bool:
    """Is the name a place's here at all? A known place always; a small far town only with a word that says so."""
    beside = row.country in {other.country for other in outer}
    told = bool(candidate.nature) or beside
    cued = candidate.cue in LOCATIVE or candidate.cue in _JOINING
    in_story = context.weight(row.country) > 0.6
    if row.kind == "C" or row.listed:
        return (not candidate.common or told or candidate.cue in _SURE) and (
            row.kind in {"C", "A", "R"}
            or in_story
            or beside
            or context.is_empty
            or _stands(row, candidate, cued)
            or (candidate.nature in SITE_WORDS and candidate.nature_follows and len(candidate.key) > _SHORT)
        )
    if candidate.common:
        lies = candidate.nature in ADMIN_WORDS or candidate.nature in TOWN_WORDS or bool(outer)
        return in_story and (lies or (row.population > _GREAT_TOWN and candidate.cue in WHERE))
    if row.kind == "B" and row.country == "US" and candidate.nature not in ADMIN_WORDS:
        return False
    abroad = not (in_story or context.is_empty)
    if abroad and candidate.nature in SITE_WORDS and not beside and row.population < _GREAT_TOWN:
        return False  # "La Carlota air base" in a story of Venezuela is not the Philippine town's
    if told and (in_story or row.population > (KNOWN_TOWN if abroad or candidate.nature in SITE_WORDS else _HAMLET)):
        return True
    if row.population >= _WORLD_CITY or (_is_region(row, candidate) and (in_story or context.is_empty)):
        return row.good or in_story
    if in_story:
        return row.good or cued
    return row.good and cued and row.population >= _MARKET_TOWN and len(candidate.key) >= _SHORT


def _stands(row: Row, candidate: Candidate, cued: bool) -> bool:
    """May a listed town be named in a story of other countries? With a cue, and not if its name is very short."""
    known = row.population >= KNOWN_TOWN or len(candidate.key) > _SHORT
    return cued and (known or (candidate.cue in WHERE and len(candidate.key) == _SHORT))


def _is_region(row: Row, candidate: Candidate) -> bool:
    return row.kind == "A" and row.good and len(candidate.key) >= _SHORT and row.population > 50_000
