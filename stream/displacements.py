"""People forced from their homes, with a number: how many, in which unit, moved or living displaced, why, from
where and to where.
"""

import re
from collections.abc import Sequence

from stream.attacks import evidence, mention
from stream.attribution import attribution
from stream.figures import figure_of
from stream.lexicon import Hit
from stream.locating import SPECIFIC, contains, main_country, most_specific, whereabouts
from stream.numbers import Quantity
from stream.passages import MOST_CANDIDATES, Candidate, Passage
from stream.signals import Cause, Figure, Measure, Mention, Place, Status, Unit
from stream.status import RECENT, RECENT_FLOW, dates_event, day_of, judge

YEAR = re.compile(r"(?:19|20)\d\d")
HARD = re.compile(r";|, (?:while|but|and)\b|(?<!\w)(?:while|but|whereas)(?!\w)")
NEXT_IN_LIST = re.compile(r"(?:,|and|or|to|into|for|neighbou?ring) (?:the )?\Z")
ABOARD = re.compile(r" (?:\w{1,15} )?(?:on ?board|aboard)(?!\w)")
EVACUATED_PLACE = re.compile(r"(?<!\w)(?:the|an?|around|its|their|recently) \Z")
FAMILIES_TOO = re.compile(r" and (?:their )?famil")
IN_BRACKETS = re.compile(r"\([^)]{0,80}\Z")


def find(passage: Passage, kind: str) -> tuple[list[Candidate], list[Mention]]:
    """Candidates in story order, and movements that are none of this kind or have no word of how many."""
    triggers = passage.scan(kind, "trigger")
    nothing = passage.scan(kind, "not_event")
    candidates: list[Candidate] = []
    mentions: list[Mention] = []
    for index in sorted(triggers.keys() | nothing.keys()):
        if len(candidates) >= MOST_CANDIDATES:
            break
        sentence = passage.sentences[index]
        fallen = nothing.get(index, [])
        mentions.extend(mention(passage, kind, hit, index) for hit in fallen[:2])
        home = [h for h in fallen if h.row.name == "repatriated"]
        hits = [h for h in triggers.get(index, []) if not any(n.start < h.end and h.start < n.end for n in fallen)]
        hits = [h for h in hits if h.row.needs is None or passage.has(h.row.needs, sentence.start, sentence.end)]
        pairs = [(h, q) for h, q in paired(passage, index, hits) if not_so(passage, index, h, q) is None]
        mentions.extend(
            Mention(kind=kind, reason="no_displacement", evidence=evidence(passage, h.start, h.end, h.row.name))
            for h, q in paired(passage, index, hits)
            if not_so(passage, index, h, q) is not None
        )
        pairs = [
            (h, q)
            for h, q in pairs
            if not any(not passage.broken(min(h.end, r.end), max(h.start, r.start)) for r in home)
        ]
        pairs = [(h, q) for h, q in pairs if h.row.name != "refugees" or told_of(passage, index, h, q)]
        candidates.extend(candidate(passage, kind, index, hit, quantity) for hit, quantity in pairs)
        if hits and not pairs:
            hit = hits[0]
            mentions.append(
                Mention(kind=kind, reason="no_quantity", evidence=evidence(passage, hit.start, hit.end, hit.row.name))
            )
    return candidates, mentions


def not_so(passage: Passage, index: int, hit: Hit, quantity: Quantity) -> str | None:
    """Why these people are none of this kind: taken off a building or ship, or killed and caught on their way."""
    if "evacuat" in passage.plain[hit.start : hit.end] and quantity.noun in passage.lexicon.words("not_evacuated"):
        return "no_displacement"
    if hit.row.name == "evacuated" and EVACUATED_PLACE.search(passage.plain, max(0, hit.start - 12), hit.start):
        return "no_displacement"
    _, last = passage.clause(index, hit.start, hit.end)
    if hit.row.name in ("fled", "sheltering", "refugees", "crossed into") and passage.phrase("caught").search(
        passage.plain, hit.end, last
    ):
        return "no_displacement"
    return None


def told_of(passage: Passage, index: int, hit: Hit, quantity: Quantity) -> bool:
    """Refugees who are only named count when the clause says that they live displaced or moved, or when they are a
    multitude.
    """
    if quantity.best >= 20_000:
        return True
    first, last = passage.clause(index, min(hit.start, quantity.start), hit.end)
    return any(
        not (h.start < hit.end and hit.start < h.end)
        for role in ("stock", "flow")
        for h in passage.lexicon.scanner("displaced", role).within(passage.plain, first, last)
    )


def eligible(passage: Passage, quantities: Sequence[Quantity]) -> list[Quantity]:
    """Numbers that may count people forced from home: persons, households, homes, or bare; of "310 families (1,600
    people)" the families.
    """
    found: list[Quantity] = []
    for quantity in quantities:
        plain = passage.plain
        if YEAR.fullmatch(quantity.quote) and quantity.unit is None:
            continue
        if quantity.best < 3 and quantity.unit != "households":
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
    return wholes or found


def peopled(passage: Passage, quantity: Quantity) -> bool:
    """May the noun be people: a bare number, persons, homes, displacements, or a name ("Bedouins")?"""
    noun = quantity.noun
    if (
        quantity.unit is not None
        or not noun.endswith("s")
        or noun in passage.lexicon.words("homes")
        or noun in ("displacements", "evacuations")
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
    before = next((q for q in reversed(quantities) if q.end <= hit.start), None)
    if (
        before is not None
        and before.unit is None
        and not before.noun
        and passage.words_between(before.end, hit.start) > 4
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
        return after or (before if before is not None and not hit.row.name.startswith("displaces") else None)
    if after is not None and (before is None or passage.words_between(hit.end, after.start) <= 2):
        return after
    return before or after


def candidate(passage: Passage, kind: str, index: int, hit: Hit, quantity: Quantity) -> Candidate:
    """What one number of displaced people says."""
    start, end = min(hit.start, quantity.start), max(hit.end, quantity.noun_end or quantity.end)
    measure = measure_of(passage, index, hit, quantity)
    status, reason = judge(passage, index, start, end, kind, recent=RECENT_FLOW if measure == "flow" else RECENT)
    if status == "new":
        status, reason = judge(
            passage, index, hit.start, hit.end, kind, recent=RECENT_FLOW if measure == "flow" else RECENT
        )
    if measure == "stock":
        status, reason = stock_status(passage, index, start, end, status, reason)
    if measure == "flow" and status == "new" and war_long(passage, index, quantity):
        status, reason = "background", "cumulative"
    if status == "new" and (going_home := returning(passage, index, end)):
        status, reason = "background", going_home
    if hit.row.status is not None and status == "new":
        status, reason = hit.row.status, hit.row.reason or "reported"
    said = attribution(passage, index, hit.start, hit.end)
    day, day_certain, period = day_of(passage, index, start, end, RECENT_FLOW)
    origin, destination = ends_of(passage, index, hit, quantity, measure)
    where = (
        whereabouts(passage, index, start, end)
        if destination is None and (origin is None or measure == "stock")
        else None
    )
    place = origin or destination or (where.place if where else None)
    living = destination or (where.place if where else None)
    if (
        where is not None
        and where.inferred
        and place is where.place
        and place is not None
        and quantity.best >= 100_000
        and place.precision in ("town", "site")
    ):
        place = passage.known("country", lambda: main_country(passage)) or place
    if measure == "stock" and living is not None and place is not None and contains(place, living):
        place, destination = living, living
    return Candidate(
        kind=kind,
        pattern=hit.row.name,
        start=start,
        end=end,
        sentence=index,
        status=status,
        reason=reason,
        certain=hit.row.certain,
        claim=said.claim,
        uninvolved=said.uninvolved,
        place=place,
        inferred_place=where.inferred if where else False,
        from_=origin or (place if measure == "flow" and destination is None else None),
        to=destination or (place if measure == "stock" and origin is None else None),
        day=day if status == "new" else day if day_certain else None,
        day_certain=day_certain,
        period=period,
        displaced=figure(passage, hit, quantity),
        unit=unit_of(passage, quantity),
        measure=measure,
        cause=cause_of(passage, index, start, end),
        source=said.source,
    )


def war_long(passage: Passage, index: int, quantity: Quantity) -> bool:
    """A toll of the whole war: "millions", or half a million and more "by the war", with no day that says when."""
    if quantity.vague and quantity.best >= 2_000_000:
        return True
    sentence = passage.sentences[index]
    return (
        quantity.best >= 500_000
        and not passage.days(index)
        and passage.phrase("whole_war").search(passage.plain, sentence.start, sentence.end) is not None
    )


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


def returning(passage: Passage, index: int, end: int) -> str | None:
    """Reason `return` when the same clause goes on to say that these people went home."""
    _, last = passage.clause(index, end, end)
    following = passage.lexicon.scanner("displacement", "not_event").within(passage.plain, end, last)
    return "return" if any(h.row.reason == "return" for h in following) else None


def stock_status(passage: Passage, index: int, start: int, end: int, status: Status, reason: str) -> tuple[Status, str]:
    """People who live displaced are told as a fact even inside a plea ("food for two million refugees") or a history.

    They are not as of now when the clause dates them to a year gone by, and not real when it says they may become so.
    """
    if status == "denied" or (status == "hypothetical" and reason in ("conditional", "feared", "ordered")):
        return status, reason
    first, last = passage.clause(index, start, end)
    for m in passage.days(index):
        if (
            first <= m.start < last
            and m.kind in ("year", "month")
            and m.last < passage.published - 6 * RECENT_FLOW
            and dates_event(passage, m)
        ):
            return "background", "past"
    return "new", "stock_as_of_now"


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


def measure_of(passage: Passage, index: int, hit: Hit, quantity: Quantity) -> Measure:
    """Moved, or living displaced: by the row, the words around it, and whether "displaced" is an adjective here."""
    plain = passage.plain
    first, last = passage.clause(index, min(hit.start, quantity.start), max(hit.end, quantity.end))
    if hit.row.measure == "stock":
        flow = passage.lexicon.scanner("displaced", "flow").within(plain, first, last)
        return "flow" if flow and not passage.phrase("living_displaced").search(plain, first, last) else "stock"
    if (
        re.search(r"who (?:have |had )?(?:\w{1,12} )?\Z", plain[max(first, hit.start - 24) : hit.start])
        and "refugee" in plain[quantity.start : hit.start]
    ):
        return "stock"
    if hit.row.name in ("displaced", "homeless"):
        before = plain[max(first, hit.start - 24) : hit.start]
        if hit.row.name == "displaced" and re.search(
            r"(?:remain(?:s|ed|ing)?|still|already|internally)(?: \w{1,12})? ?\Z", before
        ):
            return "stock"
        if (
            hit.row.name == "displaced"
            and quantity.best >= 500_000
            and quantity.end <= hit.start
            and not re.search(r"(?:were|was|been|being)(?: \w{1,12})? \Z", before)
        ):
            return "stock"
        if re.match(
            r" (?:internally|people|persons|families|civilians|households|residents|syrians|iraqis)",
            plain[hit.end : hit.end + 14],
        ) and not re.search(r"newly \Z", plain[: hit.start][-8:]):
            return "stock"
    return "flow"


def cause_of(passage: Passage, index: int, start: int, end: int) -> Cause:
    """Why: by the nearest word of a cause in the sentence, else in the sentences around it, else in the story."""
    sentence = passage.sentences[index]
    spans = [
        (sentence.start, sentence.end),
        (passage.sentences[max(0, index - 1)].start, passage.sentences[min(len(passage.sentences) - 1, index + 1)].end),
        (0, len(passage.plain)),
    ]
    for first, last in spans:
        found = [
            (max(a - end, start - b, 0), cause)
            for a, b, cause in passage.known(("causes", first, last), lambda: causes(passage, first, last))  # noqa: B023
            if not (cause == "conflict" and start <= a < end and passage.plain.startswith("refugee", a))
        ]
        if found:
            return min(found, key=lambda item: item[0])[1]
    return "conflict" if "refugee" in passage.plain[start:end] else "unknown"


CAUSES: tuple[tuple[str, Cause], ...] = (("other_cause", "other"), ("disaster", "disaster"), ("conflict", "conflict"))


def causes(passage: Passage, first: int, last: int) -> list[tuple[int, int, Cause]]:
    """Words of a cause in [first, last): where they stand and which cause they tell."""
    return [
        (match.start(), match.end(), cause)
        for words, cause in CAUSES
        for match in passage.lexicon.word_patterns[words].finditer(passage.plain, first, last)
    ][:200]


def ends_of(
    passage: Passage, index: int, hit: Hit, quantity: Quantity, measure: Measure
) -> tuple[Place | None, Place | None]:
    """Where they came from and where they went, as far as the sentence names it."""
    origin: Place | None = None
    destination: Place | None = None
    sentence = passage.sentences[index]
    mentions = passage.places_in(index)
    named = [m for m in mentions if m.role == "place"]
    for m in mentions:
        if m.role == "demonym" and quantity.start <= m.start < (quantity.noun_end or quantity.end) + 1:
            origin = m.place
    start, end = min(hit.start, quantity.start), max(hit.end, quantity.noun_end or quantity.end)
    near = [m for m in named if not HARD.search(passage.plain, min(end, m.end), max(start, m.start))]
    ranked: list[tuple[tuple[int, int, int], Place]] = []
    for m in near or named:
        before = passage.plain[max(sentence.start, m.start - 60) : m.start]
        if most_specific(passage, named, m) is not m:
            continue
        closeness = -max(m.start - end, start - m.end, 0)
        if passage.phrase("from_place").search(before):
            ranked.append(((2, SPECIFIC[m.place.precision], closeness), m.place))
        elif passage.phrase("to_place").search(before) or (
            measure == "stock"
            and (
                passage.phrase("at_place").search(before)
                or re.match(r" (?:hosts?|is home|houses|shelters|has taken)", passage.plain[m.end : m.end + 16])
            )
        ):
            destination = destination or m.place
        elif (
            passage.phrase("at_place").search(before)
            and not passage.phrase("speaker").match(passage.plain, m.end)
            and m.start > hit.start - 200
        ):
            ranked.append(((1, SPECIFIC[m.place.precision], closeness), m.place))
    best = max(ranked, key=lambda item: item[0], default=None)
    if best is not None and (origin is None or best[0][0] == 2 or best[1].country == origin.country):
        origin = best[1]
    if origin is None and destination is not None and measure == "flow":
        origin = left(passage, index, destination)
    return origin, destination


def left(passage: Passage, index: int, destination: Place) -> Place | None:
    """Where people came from who are only said to have gone abroad: the other country of the sentence, or of the
    one before.
    """
    for at in (index, index - 1):
        mentions = passage.places_in(at) if at >= 0 else []
        others = [
            m.place
            for m in mentions
            if m.place.country not in (None, destination.country)
            and (
                m.role == "demonym"
                or (m.role == "place" and not NEXT_IN_LIST.search(passage.plain[max(0, m.start - 24) : m.start]))
            )
        ]
        if others:
            return max(others, key=lambda place: SPECIFIC[place.precision])
    return None
