"""Places of a story: each name in the text resolved by what the rest of the story says."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from stream.places.acting import is_actor, leans_little
from stream.places.bare import TOWNS, is_alone
from stream.places.belonging import beside, bombed_by, is_apart, owner_of, spoken_of, stated_in, town_before
from stream.places.candidate import Candidate
from stream.places.choose import QUARTERS, choose, is_in_country, qualifies
from stream.places.containers import IN_IT, OF_IT, OWNED, QUARTER, TOLD_IN, holds
from stream.places.context import Context
from stream.places.credits import credit_spans
from stream.places.gazetteer import Gazetteer, Row, gazetteer
from stream.places.placing import place_as, resolved, towards
from stream.places.scan import candidates, named_again
from stream.places.tokens import tokens
from stream.places.wording import ADMIN_WORDS, SITE_WORDS, TOWN_WORDS
from stream.signals import Place, Precision
from stream.text import Dateline, Sentence, dateline
from stream.vocabulary import one_of

Role = Literal["place", "dateline", "demonym", "actor", "container"]
"""`place` where things happen; `actor` a state or its capital that does or says something; `container` a place that
only tells where the one beside it is ("Tripoli, Lebanon"); `demonym` an adjective, a people or an army, weak evidence
of the country; `dateline` where the copy was filed."""


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """`text[start:end] == place.as_written` names a place in a `role`; `cue` is the preposition or verb before it."""

    start: int
    end: int
    place: Place
    role: Role
    cue: str = ""


def find(story_text: str, *, located: str | None = None, sentences: Sequence[Sentence] = ()) -> list[PlaceMention]:
    """The places that `story_text` names, in order and apart, each resolved over the whole story.

    `located` is where the sender says the story is located: weak evidence for choosing between places of one name.
    `sentences` is taken from callers that have them, and is not needed.
    """
    names = gazetteer()
    head = dateline(story_text)
    words = tokens(story_text)
    found = candidates(story_text, words, names, head.end if head else 0)
    if not found:
        return []
    _remember_persons(found)
    found = named_again(story_text, words, found, names)
    _bar_credits(story_text, found)
    context = Context.of(found, head, located, {id(c) for c in found if leans_little(story_text, c)})
    mentions: list[PlaceMention] = []
    for index in range(len(found)):
        mention = _mention(story_text, found, index, head, context, names)
        if mention is not None:
            mentions.append(mention)
    mentions = _alike(mentions, context)
    return _actors_together(story_text, _containers(story_text, mentions))


def _alike(mentions: list[PlaceMention], context: Context) -> list[PlaceMention]:
    """A name that the gazetteer lacks is one place throughout a story: where its last mention lies, for by then the
    most is known of the story's country; but in none that only a town's name speaks for, if another mention has a
    better one.
    """
    last: dict[str, str | None] = {}
    for mention in mentions:
        name, here = mention.place.name, mention.place.country
        if mention.place.lat is None and (name not in last or context.weight(here) > _BY_A_TOWN):
            last[name] = here
    return [
        replace(mention, place=mention.place.model_copy(update={"country": last[mention.place.name]}))
        if mention.place.lat is None
        else mention
        for mention in mentions
    ]


_BY_A_TOWN = 2.0
"""What a country weighs of which a story names one town."""


def _remember_persons(found: list[Candidate]) -> None:
    """A name that was a person's once is that person's again, unless a word of place stands before it."""
    persons = {candidate.key for candidate in found if candidate.person and not candidate.demonym}
    for candidate in found:
        if candidate.key in persons and candidate.country is None and candidate.cue not in {"in", "near", "at"}:
            candidate.person = True


def _bar_credits(text: str, found: list[Candidate]) -> None:
    spans = credit_spans(text)
    for candidate in found if spans else ():
        candidate.barred = candidate.barred or any(start <= candidate.start < stop for start, stop in spans)


def _mention(
    text: str, found: list[Candidate], index: int, head: Dateline | None, context: Context, names: Gazetteer
) -> PlaceMention | None:
    candidate = found[index]
    if candidate.barred:
        return None
    if candidate.country is not None and candidate.possessive and not candidate.demonym:
        owned = text[candidate.name_end : candidate.name_end + 2] in {"'s", "’s"}
        capital = (
            names.capital_of(candidate.country) if owned and _CAPITAL.match(text, candidate.name_end + 2) else None
        )
        if capital is not None:
            end = candidate.name_end
            return PlaceMention(
                candidate.name_start, end, place_as(text, candidate.name_start, end, capital), "place", ""
            )
    if candidate.demonym and candidate.country is not None:
        return _demonym(text, candidate, names.countries[candidate.country].row, names.capital_of(candidate.country))
    following = found[index + 1] if index + 1 < len(found) else None
    row = choose(text, candidate, following, owner_of(text, found, index, names), context)
    if row is not None and candidate.nature in QUARTERS and is_apart(row, town_before(found, index)):
        row, candidate.unknown = None, True  # a quarter of the town named before, and no town of that name
    if row is not None and is_namesake(text, found, index, row, context):
        row, candidate.unknown = None, True
    if row is None:
        stated = stated_in(text, found, index)
        told = stated is not None and following is not None and is_in_country(text, candidate, following)
        if stated is None and following is not None and text[candidate.end : following.start] == " and ":
            stated, after = stated_in(text, found, index + 1), found[index + 2 : index + 3]
            told = stated is not None and bool(after) and is_in_country(text, following, after[0])
        if (
            not candidate.person
            and (not candidate.common or (told and candidate.nature in TOWN_WORDS))
            and (candidate.nature in TOWNS or told or is_alone(text, candidate))
        ):
            candidate.unknown = True  # a town, and none of those that bear its name abroad
        stated = stated or bombed_by(text, found, index, names) or beside(text, found, index, names)
        if stated is None and candidate.nature in QUARTERS and (town := town_before(found, index)) is not None:
            stated = town.country
        owner = owner_of(text, found, index, names)
        stated = stated or (owner.country if owner is not None else None) or spoken_of(found, index, context, names)
        return _unknown(text, candidate, names, stated, owner)
    if row.country is None and following is not None and qualifies(text, candidate, following):
        row = replace(row, country=following.country)
    candidate.chosen = row
    context.learn(row)
    role: Role = "place"
    if head is not None and head.place_words is not None and candidate.start < head.end:
        role = "dateline"
    elif is_actor(text, candidate, row, names):
        role, candidate.acting = "actor", True
    place = resolved(text, candidate, row, names, whole=role != "actor")
    start = candidate.name_start if role == "actor" else candidate.start
    return PlaceMention(start, start + len(place.as_written), place, role, candidate.cue)


def is_namesake(text: str, found: list[Candidate], index: int, row: Row, context: Context) -> bool:
    """Is it a town of a country that the story does not speak of, joined to one of the story's: in "between Naqoura and
    Chama" no town of Zambia?
    """
    before = found[index - 1] if index else None
    if before is None or before.chosen is None or before.chosen.kind not in "PT" or row.listed or row.kind not in "PT":
        return False
    joined = text[before.end : found[index].start] in {" and ", ", and ", " or "}
    return joined and row.country != before.chosen.country and context.weight(row.country) == 0


_ITS_PLACES = re.compile(
    r" (?:[a-z-]+ ){0,2}?"
    + one_of(
        """
        towns?; city; cities; villages?; communities; community; territory; territories; soil; provinces?; islands?;
        coasts?; archipelago; mainland
        """
    )
    + r"(?!\w)"
)
"""After a demonym: the words name a part of the country, "southern Israeli communities"."""


_CAPITAL = re.compile(
    r" capital(?!\w| of|'s| [A-Z]|, [A-Z]| (?:punishment|markets?|gains|controls?|flight|offen[cs]e))"
)
"""After a demonym or a country's: "the Libyan capital", "Libya's capital", where the name does not follow."""


def _demonym(text: str, candidate: Candidate, row: Row, capital: Row | None) -> PlaceMention:
    """A people or an adjective; the capital, or with towns or villages behind it the part of the country."""
    start, end = candidate.name_start, candidate.name_end
    if capital is not None and _CAPITAL.match(text, end):
        return PlaceMention(start, end, place_as(text, start, end, capital), "place", candidate.cue)
    if not _ITS_PLACES.match(text, end) or candidate.possessive:
        return PlaceMention(start, end, place_as(text, start, end, row), "demonym", candidate.cue)
    if not candidate.direction:
        return PlaceMention(start, end, place_as(text, start, end, row), "place", candidate.cue)
    lat, lon = towards(row, candidate.direction)
    part = replace(row, geonameid=None, lat=round(lat, 4), lon=round(lon, 4))
    place = place_as(text, candidate.start, end, part, f"{candidate.direction} {row.name}", "region")
    return PlaceMention(candidate.start, end, place, "place", candidate.cue)


def _unknown(
    text: str, candidate: Candidate, names: Gazetteer, country: str | None, owner: Row | None
) -> PlaceMention | None:
    """A name after "the town of" that the gazetteer lacks, or spells with other vowels in the story's country.

    It lies in `country`: the one that is stated, else its owner's ("Tehran's Xyz district"), else the one that the
    story speaks of.
    """
    quarter = owner is not None and owner.kind in {"P", "T"}
    if not candidate.unknown or (country is None and not candidate.nature):
        return None
    start, end = candidate.start, candidate.end
    near = names.similar(candidate.key, country) if country else None
    if near is not None:
        candidate.chosen = near
        return PlaceMention(start, end, place_as(text, start, end, near), "place", candidate.cue)
    precision: Precision = "town"
    if (candidate.nature in ADMIN_WORDS and not quarter) or candidate.direction:
        precision = "region"
    elif candidate.nature in SITE_WORDS:
        precision = "site"
    name = text[candidate.name_start : candidate.name_end]
    admin1 = owner.admin1 if owner is not None and quarter else None
    place = Place(name=name, as_written=text[start:end], country=country, admin1=admin1, precision=precision)
    return PlaceMention(start, end, place, "place", candidate.cue)


_APART = 48
"""Characters beyond which two places are not beside each other."""


def _containers(text: str, mentions: list[PlaceMention]) -> list[PlaceMention]:
    """Marks the places that only say where another one beside them is."""
    result = list(mentions)
    for index in range(len(result) - 1):
        one, two = result[index], result[index + 1]
        between = text[one.end : two.start]
        if "demonym" in {one.role, two.role} or len(between) > _APART or "\n" in between:
            continue
        if _is_outer(text, one, two, between):
            result[index + 1] = replace(two, role="container")
            result[index] = _of_region(one, two)
        elif one.role == "place" and one.place.country == two.place.country and TOLD_IN.fullmatch(between):
            result[index + 1] = replace(two, role="container")  # "Haris, a village near Tibnin"
            result[index] = _of_region(one, two)
        elif between == " of " and one.place.country == two.place.country and is_quarter(one.place, two.place):
            result[index + 1] = replace(two, role="container")  # "the Xyz neighbourhood of Amran"
            result[index] = _of_region(one, two)
        elif _is_owner(text, one, two, between):
            result[index] = replace(one, role="container")
            result[index + 1] = _of_region(two, one)
    return result


def is_quarter(one: Place, two: Place) -> bool:
    """Is the first a part of the town behind it: "the Xyz neighbourhood of Amran"?"""
    return one.lat is None or (two.precision == "town" and QUARTER.search(one.as_written) is not None)


def _of_region(one: PlaceMention, outer: PlaceMention) -> PlaceMention:
    """A name that the gazetteer lacks lies in the region of the place that it is told to be in; in a town, where that
    town is.
    """
    if one.place.lat is not None:
        return one
    here: dict[str, object] = {} if one.place.admin1 is not None else {"admin1": outer.place.admin1}
    if outer.place.precision == "town" and outer.place.country == one.place.country:
        here |= {"lat": outer.place.lat, "lon": outer.place.lon}
    return replace(one, place=one.place.model_copy(update=here))


def _actors_together(text: str, mentions: list[PlaceMention]) -> list[PlaceMention]:
    """States in one list act together: in "Britain, Germany and France called" all three do."""
    result = list(mentions)
    for index in range(len(result) - 2, -1, -1):
        one, two = result[index], result[index + 1]
        bare = one.role == "place" and one.place.precision == "country" and one.cue in {"", "and"}
        if bare and two.role == "actor" and text[one.end : two.start] in {", ", " and ", ", and "}:
            result[index] = replace(one, role="actor")
    return result


_ONE_MORE = re.compile(r",? and (?:the )?[A-Z]")
"""After the second name of a list: the third."""


def _is_outer(text: str, one: PlaceMention, two: PlaceMention, between: str) -> bool:
    """Is the second the outer place: "Tripoli, Lebanon", but not "Idlib, Syria's army said"?"""
    apposed = two.role == "actor" and between == ", " and text[two.end : two.end + 1] not in {"'", "’"}
    if not holds(two.place, one.place) or one.role not in {"place", "container"}:
        return False
    if two.place.precision != "country" and between == ", " and _ONE_MORE.match(text, two.end):
        return False  # "in the areas of Zap, Avashin and Basyan"
    return (two.role == "place" or apposed) and IN_IT.fullmatch(between) is not None


def _is_owner(text: str, one: PlaceMention, two: PlaceMention, between: str) -> bool:
    """Is the first the outer place: "Syria's Idlib", "the Gaza Strip town of Rafah"?"""
    owned = OWNED.search(text[max(0, one.end - 1) : two.start]) is not None
    quarter = two.place.precision in {"town", "site"} and two.place.admin1 in {one.place.admin1, None}
    if one.role == "place" and one.place.precision == "town" and one.place.country == two.place.country and quarter:
        return owned
    if not holds(one.place, two.place) or one.role == "dateline":
        return False
    if two.place.precision == "region" and two.place.admin1 is None and one.place.admin1 is not None:
        return False  # "the Catatumbo region of northeastern Colombia"
    of_it = one.role in {"place", "actor"} and OF_IT.fullmatch(between) is not None
    return of_it or owned
