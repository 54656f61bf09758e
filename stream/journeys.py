"""Journeys that are no displacement: of too few, of tourists, off a ship, by people caught or killed on their way."""

import re

from stream.lexicon import Hit
from stream.numbers import Quantity
from stream.passages import Passage

EVACUATED_PLACE = re.compile(r"(?<!\w)(?:the|an?|around|its|their|recently) \Z")
BUILDING = re.compile(
    r" from (?:an?|the|its|their|two|three|several) (?:[\w-]{1,16} ){0,4}(?:rigs?|platforms?|ships?|ferry|vessel"
    r"|planes?|aircraft|trains?|tunnel|stadium|airport|mall|station|theatre|theater|cinema|university|nightclub|embassy|mine)(?!\w)"
)
"""After "evacuated": nobody's home."""
FAMILIES = frozenset({"families", "family", "household", "households", "fami-lies"})
DETAINED = re.compile(r"(?<!\w)(?:detention|detained|detainees|held at|inmates)(?!\w)")
TOURISTS = re.compile(
    r"(?:stranded|foreign|holidaying|british|german) (?:tourists|holidaymakers|visitors)"
    r"|(?:all|most|many) of them (?:foreign )?(?:tourists|holidaymakers|visitors|foreigners)"
    r"|(?:their|its) own (?:and other )?(?:foreign )?(?:citizens|nationals)"
)
"""People who do not live there."""
WHERE_HIT = re.compile(r"(?<!\w)(?:in which|where|when) (?:[\w'-]{1,20} ){0,5}\Z")
"""Before people who were inside what an attack hit."""
PART_OF_A_FLIGHT = ("crossed into", "sheltering", "in evacuation centres", "sleeping rough", "refugees")
"""Rows that only say where people went on: "several thousand of them have reached the border" tells no new flight."""


def not_so(passage: Passage, index: int, hit: Hit, quantity: Quantity) -> str | None:
    """Why these people are none of this kind: taken off a building or ship, or killed and caught on their way."""
    if hit.row.needs is not None and too_few(passage, index, hit, hit.row.needs, quantity):
        return "no_displacement"
    if hit.row.name == "in evacuation centres" and quantity.noun in passage.lexicon.words("homes") - FAMILIES:
        return "no_displacement"
    if passage.phrase("kept_from").search(passage.plain[max(0, quantity.start - 30) : quantity.start]) and re.search(
        r"(?<!\w)from(?!\w)", passage.plain[quantity.end : max(quantity.end, hit.end)]
    ):
        return "no_displacement"
    if hit.row.name == "in evacuation centres" and DETAINED.search(
        passage.plain, passage.sentences[max(0, index - 1)].start, passage.sentences[index].end
    ):
        return "no_displacement"
    stop = min(passage.sentences[index].end, max(hit.end, quantity.end) + 40)
    if TOURISTS.search(passage.plain, quantity.start, stop):
        return "no_displacement"
    if (
        hit.row.name in ("sheltering", "sought refuge")
        and WHERE_HIT.search(passage.plain, max(0, quantity.start - 60), quantity.start)
        and passage.has("attacks", passage.sentences[index].start, passage.sentences[index].end)
    ):
        return "no_displacement"
    of_them = passage.plain.startswith((" of them", " of whom", " of these"), quantity.end)
    if of_them and hit.row.name in PART_OF_A_FLIGHT:
        return "no_displacement"
    if "evacuat" in passage.plain[hit.start : hit.end] and (
        quantity.noun in passage.lexicon.words("not_evacuated") or abroad(passage, index, quantity)
    ):
        return "no_displacement"
    if hit.row.name == "evacuated" and BUILDING.match(passage.plain, hit.end):
        return "no_displacement"
    if hit.row.name == "evacuated" and EVACUATED_PLACE.search(passage.plain, max(0, hit.start - 12), hit.start):
        return "no_displacement"
    _, last = passage.clause(index, hit.start, hit.end)
    if hit.row.name in ("fled", "sheltering", "refugees", "crossed into") and passage.phrase("caught").search(
        passage.plain, hit.end, last
    ):
        return "no_displacement"
    return None


INCLUDED = re.compile(r"(?<!\w)(?:includ(?:ed|es|ing)|among (?:them|these)(?: (?:are|were))?)(?: [\w']{1,10})? \Z")
"""Before some of the people told of before."""
VEHICLES = re.compile(r"(?<!\w)(?:jets|planes|buses|trucks|lorries|boats|ships|cars|flights|helicopters|convoys)(?!\w)")
"""Between a number and "families": what is counted."""
FEW, CROWD = 10, 100
"""Fewer people who come or go are no displacement, or only where their sentence tells of flight."""


def too_few(passage: Passage, index: int, hit: Hit, needs: str, quantity: Quantity) -> bool:
    """Are they too few to be a displacement, by words that a trip is told in, too?"""
    anywhere = hit.row.scope == "story" and hit.row.object is None
    if anywhere and INCLUDED.search(passage.plain, max(0, quantity.start - 24), quantity.start):
        return True
    if quantity.unit == "households":
        ends = quantity.noun_end or quantity.end
        return (anywhere and quantity.best < FEW) or VEHICLES.search(passage.plain, quantity.start, ends) is not None
    here = passage.sentences[index]
    told = not anywhere and any(passage.has(words, here.start, here.end) for words in (needs, "flight_words"))
    return quantity.best < (FEW if told else CROWD)


def abroad(passage: Passage, index: int, quantity: Quantity) -> bool:
    """Are they people of one country who are taken out of another: "3,000 Chinese citizens are evacuated from"?"""
    if quantity.noun not in ("citizens", "nationals"):
        return False
    return any(m.role == "demonym" and quantity.end <= m.start < quantity.noun_end for m in passage.places_in(index))
