"""Where the words beside a name say that it lies: in whose country, in which place, beside which town."""

import re
from collections import Counter

from stream.places.candidate import Candidate
from stream.places.choose import is_apposed, lies_off, qualifies
from stream.places.containers import OWNED
from stream.places.context import Context
from stream.places.gazetteer import Gazetteer, Row
from stream.vocabulary import one_of


def owner_of(text: str, found: list[Candidate], index: int, names: Gazetteer) -> Row | None:
    """The place whose part this one is: "Kherson's Dniprovskyi district", "the Nigerien town of Abadam"."""
    before = found[index - 1] if index else None
    if before is not None and before.country and _TOWN_OF.fullmatch(text, before.end, found[index].start):
        return names.countries[before.country].row
    if before is None or before.chosen is None:
        return None
    owned = OWNED.search(text[before.name_end : found[index].name_start])
    return before.chosen if owned else None


_TOWN_OF = re.compile(
    r" (?:(?!(?:the|an?|in|on|at|near|its|their) )[a-z-]+ ){0,3}"
    + one_of(
        """
        town; towns; village; villages; city; cities; province; provinces; district; region; area; port; suburb;
        island; camp; settlement; resort; state; county; enclave; commune; hamlet; neighbou?rhood; governorate; oblast
        """
    )
    + r" of (?:the )?"
)


def stated_in(text: str, found: list[Candidate], index: int) -> str | None:
    """The country that the words beside a name give it: "the Sudanese town of Xyz", "Xyz in Aleppo province"."""
    here = found[index]
    before = found[index - 1] if index else None
    if before is not None and before.country and _TOWN_OF.fullmatch(text, before.end, here.start):
        return before.country
    following = found[index + 1] if index + 1 < len(found) else None
    if following is None or not (qualifies(text, here, following) or lies_off(text, here, following)):
        return None
    holders = {row.country for row in following.rows if row.listed or row.kind in {"A", "C"}}
    if not holders and (text[here.end : following.start] != ", " or is_apposed(text, here, following)):  # no list
        holders = {row.country for row in following.rows if row.kind in "PT"}
    return following.country or (holders.pop() if len(holders) == 1 else None)


_BOMBED = re.compile(
    r" (?:[a-z-]+ ){0,3}(?:air ?craft|air force|army|military|warplanes?|jets?|planes|helicopters?|gunships?|Antonovs?"
    r"|MiGs?|forces|troops) (?:[a-z-]+ ){0,3}(?:bomb|shell|pound|strik|struck|hit|attack|raid|strafe)[a-z]* (?:the )?"
    r"(?:(?:town|village|city) of )?"
)


def bombed_by(text: str, found: list[Candidate], index: int, names: Gazetteer) -> str | None:
    """The country of those who bomb their own: "Sudanese government aircraft bombed Xyz"; or null."""
    before = found[index - 1] if index else None
    if before is None or not before.demonym or before.country is None or before.country in names.words.strike_abroad:
        return None
    return before.country if _BOMBED.fullmatch(text, before.end, found[index].start) else None


MOST_BEFORE = 40
"""Names before another of which the countries are counted."""


def spoken_of(found: list[Candidate], index: int, context: Context, names: Gazetteer) -> str | None:
    """The country that the story speaks of most; where that only strikes abroad in it, the one of most of its towns
    told before, else the next that it speaks of.
    """
    main = context.main_country()
    before = found[max(0, index - MOST_BEFORE) : index]
    towns = Counter(c.chosen.country for c in before if c.chosen and not c.acting and c.chosen.kind != "C")
    if main not in names.words.strike_abroad:
        return main
    if towns:
        return towns.most_common(1)[0][0]
    return context.next_country(names.words.strike_abroad) or main


_BACK = 300
"""Characters back to a town that a name which the gazetteer lacks is told beside."""


def beside(text: str, found: list[Candidate], index: int, names: Gazetteer) -> str | None:
    """The country of the last town or region named before, in the same paragraph; or null."""
    here = found[index]
    for before in reversed(found[max(0, index - 6) : index]):
        if here.start - before.end > _BACK or "\n" in text[before.end : here.start]:
            return None
        filed = text.startswith(":", before.end)  # "Nairobi: At least 51 people ..."
        if before.acting or (before.chosen is not None and before.chosen.country in names.words.seats):
            continue
        if before.chosen is not None and before.chosen.kind != "C" and before.country is None and not filed:
            return before.chosen.country
    return None


_TOWN_WIDTH = 0.2
"""Degrees from the middle of a town within which its quarters lie."""


def town_before(found: list[Candidate], index: int) -> Row | None:
    """The last town that the story names before; null where there is none."""
    towns = (c.chosen for c in reversed(found[:index]) if c.chosen is not None and c.chosen.kind in "PT")
    return next(towns, None)


def is_apart(row: Row, town: Row | None) -> bool:
    """Is it in the same country as a town, and no part of that?"""
    if town is None or town.country != row.country:
        return False
    return max(abs(row.lat - town.lat), abs(row.lon - town.lon)) > _TOWN_WIDTH
