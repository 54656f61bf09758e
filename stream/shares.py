"""Numbers that a list deals out over places: "nine die in Kyiv, six in Dnipro and four in Odesa".

Each named place is an event with its own number; a total over them stays with the words that give it (codebook: "A
regional total over named places").
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from stream.lexicon import Hit
from stream.nesting import contains
from stream.numbers import Quantity
from stream.passages import Candidate, Passage
from stream.places import PlaceMention
from stream.quantity import one_person
from stream.victims import counts_people, figure_of

FEWEST = 2
"""So many places with a number of their own make a list."""
_TO_PLACE = re.compile(
    r"(?: (?!and\b|but\b|after\b|when\b|while\b|who\b)[\w'-]{1,20}){0,4}?"
    r" (?:in|at|near)(?: the)?(?: (?!and\b|but\b|after\b|when\b|while\b|who\b|where\b|by\b)[\w-]{1,16}){0,5}? ?"
)
"""From a number to its place: " people were killed in the village of "."""
_NEXT = re.compile(
    r"(?:,? where [^,;]{1,60})?,?;?(?: and| while| with| plus| as well as)?(?: at least| another| up to)? "
)
_WHERE = re.compile(r",? where (?:at least |about |another )?")
_ONE = re.compile(r"(?<![\w-])one in (?:the )?\Z")
_AFTER_WHERE = re.compile(r"[^;]{0,90}[;,](?: and)? ")
_ENDS = re.compile(
    r"(?: of (?:them|whom)| others| people| more)?(?: have| had)?(?: fled| gone| crossed| been)?"
    r" (?P<way>into|to|from) (?:the |neighbouring )?"
)
_JOINED = re.compile(r"(?:,? and|,|;|:|,? including)(?: (?:at least|some|about|another|nearly|more than|around))? \Z")

_PART = re.compile(r"(?<!\w)including (?:at least |about |some )?\Z")
_THERE = re.compile(r"(?: people| of them)? (?:in|at|near) (?:the )?(?:[\w-]{1,16} (?:of )?){0,3}?")
_LEAD = 32
"""Characters before a number in which it is joined to the one before."""


@dataclass(frozen=True, slots=True)
class Share:
    """One place and its number."""

    place: PlaceMention
    quantity: Quantity


def dealt(passage: Passage, index: int) -> list[Share]:
    """The longest run of places in a sentence that follow each on a number of people; empty when it is no list."""
    best: list[Share] = []
    run: list[Share] = []
    for mention in passage.places_in(index):
        if mention.role != "place" or mention.place.precision == "country":
            continue
        quantity = number_before(passage, index, mention) or number_behind(passage, index, mention)
        if quantity is None:
            continue
        if run and not follows(passage, run[-1], quantity):
            run = []
        run.append(Share(mention, quantity))
        best = max(best, run, key=len)
        best = list(best)
    return best if len(best) >= FEWEST else []


def follows(passage: Passage, before: Share, quantity: Quantity) -> bool:
    """Does nothing but a comma, "and" or what was hit stand between one share and the next?"""
    start = max(before.place.end, before.quantity.noun_end or before.quantity.end)
    if start >= quantity.start:
        return False
    return _NEXT.fullmatch(passage.plain, start, quantity.start) is not None or (
        before.quantity.start > before.place.end
        and _AFTER_WHERE.fullmatch(passage.plain, start, quantity.start) is not None
    )


def number_before(passage: Passage, index: int, mention: PlaceMention) -> Quantity | None:
    """The number of people that is told of a place, right before it."""
    start = max(passage.sentences[index].start, mention.start - 80)
    if one := _ONE.search(passage.plain, start, mention.start):
        return one_person(passage.text, one.start(), one.start() + 3, "person")
    for quantity in reversed(passage.quantities(index)):
        if start <= quantity.start and quantity.end <= mention.start and is_share(passage, quantity):
            return quantity if _TO_PLACE.fullmatch(passage.plain, quantity.end, mention.start) else None
    return None


def is_share(passage: Passage, quantity: Quantity) -> bool:
    """A number of persons that may be one place's: "including 14 in Taiz" is, "including three children" is not."""
    bare = quantity.noun in ("", "people") and passage.plain.endswith("including ", 0, quantity.start)
    return bare or counts_people(passage, quantity)


def shared_out(passage: Passage, told: list[Candidate], attacks: Sequence[tuple[int, int]]) -> list[Candidate]:
    """The candidates of a sentence, and one for each place of a list that deals out the last one's number.

    A whole told of one of these places keeps no number: its total is that of all.
    """
    whole = told[-1]
    shares = share_out(passage, whole, attacks) or only_there(passage, whole) or part_there(passage, whole)
    shares = shares or and_more(passage, whole)
    if any(share.place in (whole.place, *whole.others) for share in shares):
        told = [*told[:-1], replace(whole, killed=None, injured=None)]
    return [*told, *shares]


def only_there(passage: Passage, whole: Candidate) -> list[Candidate]:
    """The one place of several that a number belongs to: "bombed Homs and Hama, killing four in Hama"."""
    role = role_of(passage, whole.sentence) if whole.others else None
    for quantity in passage.quantities(whole.sentence) if role is not None else ():
        for mention in passage.places_in(whole.sentence):
            between = passage.plain[quantity.noun_end or quantity.end : mention.start]
            there = between in (" in ", " people in ", " at ", " near ") and counts_people(passage, quantity)
            if there and mention.place in (whole.place, *whole.others):
                return [one_share(whole, whole.sentence, Share(mention, quantity), str(role))]
    return []


def part_there(passage: Passage, whole: Candidate) -> list[Candidate]:
    """The part of a region's total that a place in it has: "killed 400 across Gaza, including 44 in Khan Younis"."""
    if whole.status != "new" or whole.killed is None or whole.place is None or whole.others:
        return []
    for quantity in passage.quantities(whole.sentence):
        lead = passage.plain[max(0, quantity.start - 32) : quantity.start]
        if quantity.best >= whole.killed.best or not _PART.search(lead):
            continue
        for mention in passage.places_in(whole.sentence):
            there = _THERE.fullmatch(passage.plain, quantity.end, mention.start) is not None
            if there and mention.role == "place" and contains(whole.place, mention.place):
                return [one_share(whole, whole.sentence, Share(mention, quantity), "killed")]
    return []


_AND_MORE = re.compile(r"(?:, [^,;]{1,40},)?,? (?:and|plus) (?:another |a further |at least )?")
"""Between a place that was hit and the number of the dead of the next: "a house in Haris, and six in Talousa"."""


def and_more(passage: Passage, whole: Candidate) -> list[Candidate]:
    """The place behind that of an attack which a number of its own is told of: "and six in Talousa"."""
    index = whole.sentence
    role = role_of(passage, index) if whole.status == "new" and not whole.others else None
    hit = [m for m in passage.places_in(index) if m.place == whole.place]
    for mention in passage.places_in(index) if role is not None and hit else ():
        quantity = number_before(passage, index, mention) if mention.role == "place" else None
        if quantity is None or mention.place == whole.place or mention.place.precision == "country":
            continue
        if any(_AND_MORE.fullmatch(passage.plain, m.end, quantity.start) for m in hit):
            return [one_share(whole, index, Share(mention, quantity), str(role))]
    return []


def number_behind(passage: Passage, index: int, mention: PlaceMention) -> Quantity | None:
    """The number in "Kyiv, where 33 of them die"."""
    for quantity in passage.quantities(index):
        between = passage.plain[mention.end : quantity.start] if 0 <= quantity.start - mention.end <= 24 else ""
        if _WHERE.fullmatch(between) and counts_people(passage, quantity):
            return quantity
    return None


def share_out(passage: Passage, whole: Candidate, attacks: Sequence[tuple[int, int]]) -> list[Candidate]:
    """The events of a list behind or around the words of `whole`: in its sentence, or in the next when that tells of
    no attack of its own.
    """
    if whole.status != "new":
        return []
    at = whole.sentence
    shares = dealt(passage, at)
    if not shares and at + 1 < len(passage.sentences):
        following = passage.sentences[at + 1]
        if not any(following.start <= a < following.end for a, _ in attacks):
            at, shares = at + 1, dealt(passage, at + 1)
    role = role_of(passage, at) if shares else None
    return [] if role is None else [one_share(whole, at, share, role) for share in shares]


def role_of(passage: Passage, index: int) -> str | None:
    """Are the numbers of a sentence those of the killed or of the injured? Null when it does not say."""
    roles = [(hit.start, role) for role in ("killed", "injured") for hit in passage.hits("victims", role, index)]
    return min(roles)[1] if roles else None


def one_share(whole: Candidate, index: int, share: Share, role: str) -> Candidate:
    """The event of one place of a list."""
    figure = figure_of(share.quantity)
    return replace(
        whole,
        start=share.quantity.start,
        end=share.place.end,
        sentence=index,
        place=share.place.place,
        inferred_place=False,
        others=[],
        killed=figure if role == "killed" else None,
        injured=figure if role == "injured" else None,
        count=None,
        additional=False,
        definite=False,
        again=False,
    )


def also_moved(passage: Passage, index: int, whole: Candidate, hit: Hit, first: Quantity) -> list[Candidate]:
    """Further numbers of one movement, each with its own end: "50,000 to Chad and 9,000 into Cameroon"."""
    found: list[Candidate] = []
    if whole.status != "new" or whole.measure != "flow":
        return found
    for quantity in passage.quantities(index):
        if quantity.start <= max(first.end, hit.end) or quantity.unit == "households" or quantity.best < 100:
            continue
        if not _JOINED.search(passage.plain, max(0, quantity.start - _LEAD), quantity.start):
            continue
        ends = _ENDS.match(passage.plain, quantity.end)
        mention = next((m for m in passage.places_in(index) if ends is not None and m.start == ends.end()), None)
        if ends is None or mention is None or mention.role not in ("place", "actor"):
            continue
        moved = replace(whole, start=quantity.start, end=mention.end, displaced=figure_of(quantity))
        if ends["way"] == "from":
            moved = replace(moved, place=mention.place, from_=mention.place)
        else:
            moved = replace(moved, to=mention.place)
        found.append(moved)
    return found
