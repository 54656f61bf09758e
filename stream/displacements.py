"""People forced from their homes, with a number: how many, in which unit, moved or living displaced, why, from
where and to where.
"""

import re
from dataclasses import replace

from stream.attacks import evidence, mention
from stream.attribution import attribution
from stream.eventday import day_of
from stream.headcounts import figure, paired, recent_part, unit_of
from stream.journeys import not_so
from stream.lexicon import Hit
from stream.locating import Whereabouts, whereabouts
from stream.movements import cause_of, measure_of, status_of
from stream.nesting import contains, same_place
from stream.numbers import Quantity
from stream.origins import ends_of
from stream.passages import MOST_CANDIDATES, Candidate, Passage
from stream.shares import also_moved, dealt
from stream.signals import Mention, Place
from stream.surroundings import LONG, elsewhere, main_country
from stream.timing import RECENT_FLOW
from stream.victims import figure_of

OF_THEM = re.compile(r" of (?:them|whom|these|those)(?!\w)")
"""After a number that is a part of the one told before it."""
EVACUEES = re.compile(r"evacuees (?:in|from|at|on|housed|sheltered)(?!\w)")


def find(passage: Passage, kind: str) -> tuple[list[Candidate], list[Mention]]:
    """Candidates in story order, and movements that are none of this kind or have no word of how many."""
    triggers = passage.scan(kind, "trigger")
    nothing = passage.scan(kind, "not_event")
    candidates: list[Candidate] = []
    mentions: list[Mention] = []
    for index in sorted(triggers.keys() | nothing.keys()):
        if len(candidates) >= MOST_CANDIDATES:
            break
        fallen = nothing.get(index, [])
        mentions.extend(mention(passage, kind, hit, index) for hit in fallen[:2])
        home = [h for h in fallen if h.row.name == "repatriated"]
        hits = [h for h in triggers.get(index, []) if not any(n.start < h.end and h.start < n.end for n in fallen)]
        hits = [h for h in hits if in_flight(passage, index, h) and has_object(passage, index, h)]
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
        war_long = False
        for hit, quantity in pairs:
            whole = candidate(passage, kind, index, hit, quantity)
            if war_long and whole.reason == "reported" and not whole.day_certain and whole.period is None:
                whole = replace(whole, status="background", reason="cumulative", day=None)
            war_long = war_long or whole.reason == "cumulative"
            part = recent_part(passage, index, quantity) if whole.reason == "cumulative" else None
            last = candidates[-1] if candidates and candidates[-1].sentence == index else None
            if last is not None and part_of(last, whole) and OF_THEM.match(passage.plain, quantity.end):
                candidates[-1] = with_part(last, whole)
                continue
            moved = also_moved(passage, index, whole, hit, quantity)
            parts = [m for m in moved if part_of(whole, m) and OF_THEM.search(passage.plain, m.start, m.end)]
            for more in parts:
                whole = with_part(whole, more)
            dealt_out = by_town(passage, index, whole, quantity)
            if dealt_out:
                candidates.extend(dealt_out)
                break
            candidates.extend([whole] if part is None else [whole, lately(whole, part)])
            candidates.extend(more for more in moved if more not in parts)
        if hits and not pairs:
            hit = hits[0]
            mentions.append(
                Mention(kind=kind, reason="no_quantity", evidence=evidence(passage, hit.start, hit.end, hit.row.name))
            )
    largest = max((c.displaced.best for c in candidates if c.status == "new" and c.displaced), default=0)
    candidates = [c for c in candidates if not (c.pattern == "new arrivals" and told_as_part(c, largest))]
    real = {c.displaced.best for c in candidates if c.status == "new" and c.displaced}
    kept = [c for c in candidates if c.reason != "cumulative" or c.displaced is None or c.displaced.best not in real]
    return kept, mentions


def by_town(passage: Passage, index: int, whole: Candidate, first: Quantity) -> list[Candidate]:
    """The flows of a sentence that deals its numbers out over towns: "4,200 people in Malakal and 1,700 in Fangak".

    A total over them stands on the region that holds them, as an umbrella, and adds nothing.
    """
    shares = dealt(passage, index) if whole.status == "new" and whole.measure == "flow" else []
    shares = [share for share in shares if share.quantity.start >= first.start]
    if not shares:
        return []
    flows = [
        replace(
            whole,
            start=share.quantity.start,
            end=share.place.end,
            place=share.place.place,
            from_=share.place.place,
            to=None,
            inferred_place=False,
            displaced=figure_of(share.quantity),
        )
        for share in shares
    ]
    if shares[0].quantity.start == first.start:
        return flows
    holding = next(
        (m.place for m in passage.places_in(index) if all(contains(m.place, share.place.place) for share in shares)),
        None,
    )
    country = passage.known("country", lambda: main_country(passage))
    return [replace(whole, place=holding or country, from_=holding or country, to=None, umbrella=True), *flows]


def told_as_part(found: Candidate, largest: int) -> bool:
    """Are these new arrivals, told in words ("tens of thousands"), some of a flow that the story gives in figures?"""
    return found.displaced is not None and found.displaced.vague and found.displaced.best < largest


def part_of(whole: Candidate, part: Candidate) -> bool:
    """May one number be a part of another: of one measure, and from the same place? Those from a town of their own are
    told for themselves, as the codebook wants it.
    """
    return whole.measure == part.measure and same_place(whole.place, part.place)


def with_part(whole: Candidate, part: Candidate) -> Candidate:
    """A total, of which a part is told: one in words ("thousands") that is smaller than its part takes its figure."""
    if whole.displaced is None or part.displaced is None:
        return whole
    if not whole.displaced.vague or whole.displaced.best >= part.displaced.best:
        return whole
    return replace(whole, displaced=part.displaced, unit=part.unit, to=whole.to or part.to)


def lately(whole: Candidate, part: Quantity) -> Candidate:
    """The part of a total that moved lately, as a candidate of its own."""
    return replace(whole, end=part.end, status="new", reason="reported", displaced=figure_of(part), period=None)


def in_flight(passage: Passage, index: int, hit: Hit) -> bool:
    """Does a row that needs certain words stand with them: in its sentence, or in a story of flight?"""
    sentence = passage.sentences[index]
    if hit.row.needs is None or passage.has(hit.row.needs, sentence.start, sentence.end):
        return True
    if hit.row.scope == "story":
        return passage.speaks_of(hit.row.needs)
    if hit.row.needs not in ("flight_words", "refugee_words", "ruin_words"):
        return False
    return tells_of_flight(passage)


TO_ITS_OBJECT = re.compile(
    r"(?: (?!and |but |who |which |that |where |when |as )[\w',.-]{1,20}){0,7} \"?(?:the |al-)?", re.IGNORECASE
)
"""Between "left" or "from" and the name of a place."""


def has_object(passage: Passage, index: int, hit: Hit) -> bool:
    """Does the name of a place follow the words of a row that wants one?"""
    if hit.row.object is None:
        return True
    return any(
        m.role != "actor" and m.start > hit.end - 1 and TO_ITS_OBJECT.fullmatch(passage.plain, hit.end, m.start)
        for m in passage.places_in(index)
    )


def tells_of_flight(passage: Passage) -> bool:
    """Does the story speak of war, of a disaster, or of flight?"""
    return any(passage.speaks_of(words) for words in ("conflict", "disaster", "flight_words"))


def told_of(passage: Passage, index: int, hit: Hit, quantity: Quantity) -> bool:
    """Refugees who are only named count when the clause says that they live displaced or moved, or when they are a
    multitude.
    """
    if quantity.best >= 20_000 or EVACUEES.match(passage.plain, hit.start):
        return True
    first, last = passage.clause(index, min(hit.start, quantity.start), hit.end)
    return any(
        not (h.start < hit.end and hit.start < h.end)
        for role in ("stock", "flow")
        for h in passage.lexicon.scanner("displaced", role).within(passage.plain, first, last)
    )


def of_a_nation(passage: Passage, index: int, quantity: Quantity) -> bool:
    """Is it a whole people that is counted, "4.8 million Syrians"?"""
    ends = quantity.noun_end or quantity.end
    return any(m.role == "demonym" and m.end == ends for m in passage.places_in(index))


def by_their_state(passage: Passage, index: int, hit: Hit) -> Place | None:
    """The state that evacuates people, and so the country where they live: "Vietnam has begun evacuating"; or null."""
    if not passage.plain.startswith("evacuat", hit.start):
        return None
    for m in passage.places_in(index):
        if m.role == "actor" and m.end <= hit.start and passage.words_between(m.end, hit.start) <= 3:
            return m.place
    return None


def left_as_told(passage: Passage, index: int, start: int, end: int) -> bool:
    """Does the clause tell what people left by a word for it ("left the town for Goma"), and name no such place?"""
    first, last = passage.clause(index, start, end)
    if passage.phrase("left_it").search(passage.plain, first, last) is None:
        return False
    return not any(
        m.role == "place" and passage.phrase("from_place").search(passage.plain[max(first, m.start - 60) : m.start])
        for m in passage.places_in(index)
        if first <= m.start < last
    )


def candidate(passage: Passage, kind: str, index: int, hit: Hit, quantity: Quantity) -> Candidate:
    """What one number of displaced people says."""
    start, end = min(hit.start, quantity.start), max(hit.end, quantity.noun_end or quantity.end)
    measure = measure_of(passage, index, hit, quantity)
    status, reason = status_of(passage, index, hit, quantity, measure)
    said = attribution(passage, index, hit.start, hit.end)
    day, day_certain, period = day_of(passage, index, start, end, RECENT_FLOW)
    origin, destination = ends_of(passage, index, hit, quantity, measure)
    where = (
        whereabouts(passage, index, start, end)
        if destination is None and (origin is None or measure == "stock")
        else None
    )
    if where is not None and where.inferred and (own := by_their_state(passage, index, hit)):
        where = Whereabouts(own, inferred=True)
    place = origin or destination or (where.place if where else None)
    place = place or passage.known("country", lambda: main_country(passage))
    far = where is not None and where.inferred and of_a_nation(passage, index, quantity)
    living = destination or (where.place if where and not far else None)
    anaphora = elsewhere(passage, index, start, end)
    if anaphora is not None and (
        (origin is not None and contains(origin, anaphora)) or left_as_told(passage, index, start, end)
    ):
        place = origin = anaphora
    if (
        where is not None
        and where.inferred
        and place is where.place
        and place is not None
        and quantity.best >= (100_000 if len(passage.sentences) > LONG else 1_000_000)
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
