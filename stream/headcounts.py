"""How many people: which number of a sentence counts people forced from their homes, and which words it belongs to."""

import re
from collections.abc import Sequence

from stream.lexicon import Hit
from stream.numbers import Quantity
from stream.passages import Passage, is_part
from stream.signals import Figure, Unit
from stream.timing import RECENT_FLOW
from stream.victims import figure_of

FEWEST = 5
"""Fewer persons than these are told by name and deed, not as displaced."""
YEAR = re.compile(r"(?:19|20)\d\d")
ABOARD = re.compile(r" (?:\w{1,15} )?(?:on ?board|aboard)(?!\w)")
FAMILIES_TOO = re.compile(r" and (?:their )?famil")
AGE = re.compile(r"(?i)(?:under|over|below|above) ")
RATIO = re.compile(r"(?<!\w)(?:one|two|three|four|five|six|seven|eight|nine|ten|\d{1,2}) (?:in|out of) (?:every )?\Z")
IN_SO_MANY = re.compile(
    r" (?:in|out of) (?:every )?(?:two|three|four|five|six|seven|eight|nine|ten|\d{1,2})(?! (?:hours|days|weeks))(?!\w)"
)
NUMBERED = re.compile(r" ?[-:|/] ?[a-z]")
SAID_OF_THEM = re.compile(
    r"(?: (?:are|were|is|was|have|has|had|be|been|to|now|also|already|since|reported|reportedly|estimated|believed"
    r"|thought|said|known|feared|internally|newly|forcibly)){1,10} "
)
"""Between a bare number and what became of them: "8,000 are reported to have been"."""
OUT_OF_ALL = re.compile(r" of (?:the|its|their|an?) (?:[\w'-]{1,16} ){0,4}")
"""Between a number and that of which it is a part: "100,000 of the camp's 150,000 residents"."""
IN_BRACKETS = re.compile(r"\([^)]{0,80}\Z")


def eligible(passage: Passage, quantities: Sequence[Quantity]) -> list[Quantity]:
    """Numbers that may count people forced from home: persons, households, homes, or bare; of "310 families (1,600
    people)" the families.
    """
    found: list[Quantity] = []
    for quantity in quantities:
        plain = passage.plain
        if quantity.unit is None and YEAR.fullmatch(quantity.quote.split()[-1]):
            continue
        if quantity.best < FEWEST and quantity.unit != "households":
            continue
        if quantity.unit is None and NUMBERED.match(plain, quantity.end):
            continue
        if quantity.best < 10 and quantity.noun == "displacements":
            continue
        if quantity.unit is None and quantity.best <= 21 and AGE.match(quantity.quote):
            continue
        if RATIO.search(plain[max(0, quantity.start - 24) : quantity.start]) or IN_SO_MANY.match(plain, quantity.end):
            continue
        if is_part(passage, quantity):
            continue
        if passage.phrase("asked_in").search(plain[max(0, quantity.start - 40) : quantity.start]):
            continue
        if (
            quantity.noun in passage.lexicon.words("not_displaced")
            and unit_of(passage, quantity) != "households"
            and not FAMILIES_TOO.match(plain, quantity.noun_end)
        ):
            continue
        if quantity.unit is None and passage.lexicon.words("not_displaced").intersection(
            plain[quantity.end : quantity.noun_end].split()
        ):
            continue
        if ABOARD.match(plain, quantity.noun_end or quantity.end):
            continue
        if not peopled(passage, quantity):
            continue
        if found and IN_BRACKETS.search(plain, found[-1].end, quantity.start):
            continue
        if passage.phrase("harmed").match(plain, quantity.noun_end or quantity.end) or passage.phrase("harming").search(
            plain[max(0, quantity.start - 40) : quantity.start]
        ):
            continue
        if found and OUT_OF_ALL.fullmatch(plain, found[-1].end, quantity.start):
            continue
        if (
            found
            and found[-1].unit == "households"
            and passage.phrase("same_people").fullmatch(plain, found[-1].noun_end, quantity.start)
        ):
            continue
        found.append(quantity)
    wholes: list[Quantity] = []
    part_end = -1
    for q in found:
        of_part = (
            part_end >= 0
            and re.fullmatch(r"(?: [\w-]{1,20}){0,4}(?: and|,)(?: and)? ?", passage.plain[part_end : q.start])
            is not None
        )
        if of_part or passage.phrase("part").search(passage.plain, max(0, q.start - 40), q.start):
            part_end = q.noun_end or q.end
        else:
            wholes.append(q)
    return without_parts(wholes or found)


def without_parts(quantities: list[Quantity]) -> list[Quantity]:
    """A number and those behind it that make it up are one: "241,000 displaced - 127,000 ..., 82,000 ..."."""
    for at, whole in enumerate(quantities[:-2]):
        parts = [q.best for q in quantities[at + 1 :]]
        if abs(sum(parts) - whole.best) * 50 <= whole.best:
            return quantities[: at + 1]
    return quantities


def peopled(passage: Passage, quantity: Quantity) -> bool:
    """May the noun be people: a bare number, persons, homes, displacements, or a name ("Bedouins")?"""
    noun = quantity.noun
    if (
        quantity.unit is not None
        or not noun.endswith("s")
        or noun.endswith(("'s", "’s"))  # "1,000 of the camp's 1,500 residents"
        or noun in passage.lexicon.words("homes")
        or noun in ("displacements", "evacuations", "arrivals")
    ):
        return True
    return passage.text[quantity.noun_end - len(noun)].isupper() or unit_of(passage, quantity) == "households"


def paired(passage: Passage, index: int, hits: Sequence[Hit]) -> list[tuple[Hit, Quantity]]:
    """Each number with the words it belongs to; words of moving win over words of living displaced."""
    if not hits:
        return []
    quantities = eligible(passage, passage.quantities(index))
    best: dict[int, tuple[tuple[bool, int], Hit, Quantity]] = {}
    for hit in hits:
        quantity = number_of(passage, hit, quantities)
        if quantity is None:
            continue
        distance = 0 if overlaps(hit, quantity) else max(hit.start - quantity.end, quantity.start - hit.end)
        rank = (hit.row.measure == "stock", distance)
        if quantity.start not in best or rank < best[quantity.start][0]:
            best[quantity.start] = (rank, hit, quantity)
    return [(hit, quantity) for _, (_, hit, quantity) in sorted(best.items())]


def overlaps(hit: Hit, quantity: Quantity) -> bool:
    return quantity.start < hit.end and hit.start < (quantity.noun_end or quantity.end)


def number_of(passage: Passage, hit: Hit, quantities: Sequence[Quantity]) -> Quantity | None:
    """The number of a trigger: inside its words, or on the side its row says."""
    plain = passage.plain
    inside = [q for q in quantities if overlaps(hit, q)]
    if inside:
        return inside[0]
    reached = number_reached(passage, hit, quantities)
    if reached is not None:
        return reached
    before = next((q for q in reversed(quantities) if q.end <= hit.start), None)
    if (
        before is not None
        and before.unit is None
        and not before.noun
        and passage.words_between(before.end, hit.start) > 4
        and not SAID_OF_THEM.fullmatch(plain, before.end, hit.start)
    ):
        before = None
    if before is not None and (
        passage.words_between(before.noun_end or before.end, hit.start) > 15
        or passage.phrase("other_verb").search(plain, before.noun_end or before.end, hit.start)
    ):
        before = None
    after = next((q for q in quantities if q.start >= hit.end), None)
    if after is not None and (
        passage.words_between(hit.end, after.start) > 5
        or re.search(
            r"[;:]|, (?!about|some|nearly|mostly)|(?<!\w)(?:after|when|as|since|by|where|and|between)(?!\w)",
            plain[hit.end : after.start],
        )
    ):
        after = None
    side = hit.row.number
    if side == "before":
        return before or (after if after is not None and passage.words_between(hit.end, after.start) <= 1 else None)
    if side == "after":
        return after or (None if hit.row.name in ("displaces", "evacuation of", "exodus of") else before)
    if after is not None and (before is None or passage.words_between(hit.end, after.start) <= 2):
        return after
    return before or after


def number_reached(passage: Passage, hit: Hit, quantities: Sequence[Quantity]) -> Quantity | None:
    """The number of "the number of people who have fled ... passes two million": after a verb of reaching."""
    if not passage.phrase("number_of").search(passage.plain, max(0, hit.start - 60), hit.start):
        return None
    for quantity in quantities:
        if not 0 <= quantity.start - hit.end <= 160:
            continue
        before = passage.plain[max(hit.end, quantity.start - 40) : quantity.start]
        own = quantity.quote.lower().split(" ")[0] + " "
        if passage.phrase("reaches").search(before) or passage.phrase("reaches").search(before + own):
            return quantity
    return None


def recent_part(passage: Passage, index: int, whole: Quantity) -> Quantity | None:
    """The part of a total that moved lately: "900,000 since December, 43,000 of them in the last four days"."""
    oldest = passage.published - RECENT_FLOW
    days = [m for m in passage.days(index) if oldest <= m.first <= passage.published and m.kind != "vague_past"]
    for quantity in passage.quantities(index):
        if quantity.start < whole.end or quantity.best >= whole.best:
            continue
        near = any(0 <= m.start - quantity.end <= 40 for m in days)
        of_them = passage.phrase("of_them").match(passage.plain, quantity.end)
        if near and (
            of_them or passage.phrase("part").search(passage.plain[max(0, quantity.start - 40) : quantity.start])
        ):
            return quantity
    return None


def unit_of(passage: Passage, quantity: Quantity) -> Unit:
    """Households when families or homes are counted, also behind an adjective: "14,593 internally displaced
    households".
    """
    if (
        quantity.unit == "households"
        or quantity.noun in passage.lexicon.words("homes")
        or passage.phrase("households_next").match(passage.plain, quantity.end)
    ):
        return "households"
    return "persons"


def figure(passage: Passage, hit: Hit, quantity: Quantity) -> Figure:
    """The number, or half of it where the words say "half of whom"."""
    whole = figure_of(quantity)
    if not re.search(r"half of (?:whom|them)", passage.plain[quantity.end : max(quantity.end, hit.start)]):
        return whole
    halves = {name: None if value is None else value // 2 for name, value in (("low", whole.low), ("high", whole.high))}
    return Figure(
        low=halves["low"],
        best=whole.best // 2,
        high=halves["high"],
        vague=whole.vague,
        quote=passage.text[quantity.start : hit.start][:240].strip(),
    )
