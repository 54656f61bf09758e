"""The numbers of killed and injured that a sentence tells.

A cumulative toll is none; a joint "killed or wounded" fills neither.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from stream.lexicon import Hit
from stream.numbers import Quantity
from stream.passages import Passage, is_part
from stream.signals import Figure

ONE_PASSIVE = re.compile(r"(?:was|is|has been)\s(?:also\s|reportedly\s|later\s)?\Z")
ANOTHER = re.compile(r"(?<!\w)another \Z")
"""Before "injured": one person, in "left one dead and another injured"."""
NAME = re.compile(
    r"\s(?!in |at |on |by |near |during |after |when |and |along |with |inside |off |over )(?:the |a |an |its "
    r"|his )?(?:(?!in |at |on |near |during |after |as |and |when |people |civilians |villagers )"
    r"[a-z][\w-]{1,20} ){0,4}?(?:(?!January|February|March|April|May|June|July|August|September|October"
    r"|November|December)[A-Z][\w'’-]{1,30})"
)
LISTED = re.compile(r",? (?:and )?|, and |,")
NOBODY = re.compile(r"(?<!\w)(?:nobody|no one|no-one|none|no [\w-]{3,20}|not)(?: \w{1,15}){0,3} \Z")
THE_KILLING = re.compile(r"(?:the|reply to|for|over|after|revenge for) \Z")
"""Before "killing of": the death of another day, that the story speaks of."""
ALONG_WITH = re.compile(r"(?:along|together) with |as well as ")
NO_CASUALTY = re.compile(r"(?:nobody|no one|none|zero|0|no)(?: \w+)?")
GENERAL = re.compile(r"people|persons|others|dead")
OF_THEM = re.compile(r" (?:of (?:them|whom|those)|from)(?!\w)")
OF_THE_DEAD = re.compile(
    r" of (?:those|the people|the) (?:killed|dead|victims)(?: (?:on )?\w{2,6}day| yesterday)?(?: were)? "
)
"""Between a part of the dead and how they died: "eight of those killed on Sunday died in"."""
SOME_OF_THEM = re.compile(r" of them (?:were|was|are|have been|had been|were reported) ")
"""Between a number and what became of it: of people who are told of, not of the dead."""
OTHERS = re.compile(r"(?:and|along with|together with) (?:at least |about )?\Z")
RAISED = re.compile(r"(?<!\w)(?:r[io]s|raised|climb|increas|reach|pass|went up|gone up)")
THE_HURT = re.compile(r"(?<!\w)(?:the|around|for) \Z")
"""Before "wounded" and "injured": those who were, as of before."""
FURTHEST = 16
"""Words that may stand between a number and its victim word."""


@dataclass(frozen=True, slots=True)
class Victims:
    """Killed, injured, or a joint number that fills neither, and where it stands."""

    role: Literal["killed", "injured", "joint"]
    figure: Figure
    start: int
    end: int
    raised: bool = False
    """The words tell a new toll: "the toll rose to 22"."""


def figure_of(quantity: Quantity) -> Figure:
    """The figure with the words it came from."""
    return Figure(
        low=quantity.low, best=quantity.best, high=quantity.high, vague=quantity.vague, quote=quantity.quote[:240]
    )


def victims(passage: Passage, index: int) -> list[Victims]:
    """The numbers of killed and injured in a sentence, in order; none when they are a cumulative toll."""
    return passage.known(("victims", index), lambda: read_victims(passage, index))


def read_victims(passage: Passage, index: int) -> list[Victims]:
    if passage.hits("victims", "cumulative", index):
        return []
    quantities = [q for q in passage.quantities(index) if counts_people(passage, q)]
    hits: list[tuple[Literal["killed", "injured", "joint"], Hit]] = []
    joint = passage.hits("victims", "joint", index)
    hits.extend(("joint", hit) for hit in joint)
    roles: tuple[Literal["killed", "injured"], ...] = ("killed", "injured")
    for role in roles:
        apart = passage.hits("victims", role, index)
        hits.extend((role, hit) for hit in apart if not any(j.start < hit.end and hit.start < j.end for j in joint))
    found: list[Victims] = []
    used: set[int] = set()
    sentence = passage.sentences[index]
    toll = passage.phrase("toll_now").search(passage.plain, sentence.start, sentence.end)
    now = next((q for q in quantities if toll is not None and q.start - 2 <= toll.end() < q.end), None)
    if toll is not None and now is not None:
        found.append(
            Victims("killed", figure_of(now), toll.start(), now.end, raised=RAISED.search(toll.group()) is not None)
        )
        used.add(now.start)
        hits = [(role, hit) for role, hit in hits if role == "injured"]
    for kind, hit in sorted(hits, key=lambda item: item[1].start):
        figure = number_of(passage, index, hit, quantities, used)
        if figure is not None:
            found.append(Victims(kind, figure[0], min(hit.start, figure[1]), max(hit.end, figure[2])))
    return found


def counts_people(passage: Passage, quantity: Quantity) -> bool:
    """A number of persons, or a bare number, that is no part of another ("including three children")."""
    if passage.plain.startswith("not ", max(0, quantity.start - 4)):
        return False
    if quantity.unit == "households" or quantity.noun in passage.lexicon.words("not_victims"):
        return False
    if is_part(passage, quantity):
        return False
    return passage.phrase("part").search(passage.plain, max(0, quantity.start - 40), quantity.start) is None


Numbered = tuple[Figure, int, int]
"""A figure with the span of its words."""


def number_of(
    passage: Passage, index: int, hit: Hit, quantities: Sequence[Quantity], used: set[int]
) -> Numbered | None:
    """The number that a victim word takes, with its span; what it takes is put into `used`."""
    plain, sentence = passage.plain, passage.sentences[index]
    after = number_after(passage, hit, quantities, used)
    before = number_before(passage, hit, quantities, used)
    passive = passage.phrase("passive").search(plain, max(sentence.start, hit.start - 24), hit.start) is not None
    side = hit.row.number
    if side == "either":
        behind = after is not None or (not passive and before is None)
        side = "after" if behind and not (passive and before is not None) else "before"
    if after is None and ANOTHER.search(plain, max(sentence.start, hit.start - 8), hit.start):
        return Figure(low=1, best=1, high=1, quote=f"another {passage.text[hit.start : hit.end]}"), hit.start, hit.end
    chosen = after if side == "after" else before
    if chosen is not None and side == "before" and (named := named_before(passage, sentence.start, chosen)):
        used.add(chosen.start)
        best = chosen.best + named
        quote = passage.text[max(sentence.start, chosen.start - 24) : chosen.noun_end or chosen.end]
        return Figure(low=best, best=best, high=best, quote=quote.strip()), chosen.start, chosen.end
    if chosen is not None and not NO_CASUALTY.fullmatch(chosen.quote.lower()):
        used.add(chosen.start)
        chain = chained(passage, chosen, quantities, used) if side == "before" else []
        if chain:
            used.update(q.start for q in chain)
            return total(passage, [*chain, chosen]), chain[0].start, chosen.end
        return figure_of(chosen), chosen.start, chosen.end
    if side == "before" and (one := one_before(passage, index, hit, quantities)):
        return one
    active = hit.row.name in ("kills", "injures") or (hit.row.name == "killed" and not passive)
    return one_after(passage, index, hit, quantities, used, told=side == "after", free=after is None, active=active)


def number_after(passage: Passage, hit: Hit, quantities: Sequence[Quantity], used: set[int]) -> Quantity | None:
    """The next number, if it stands close behind the word: "kills at least five"."""
    after = next((q for q in quantities if q.start >= hit.end and q.start not in used), None)
    return after if after is not None and close(passage.plain[hit.end : after.start]) else None


def number_before(passage: Passage, hit: Hit, quantities: Sequence[Quantity], used: set[int]) -> Quantity | None:
    """The last number before the word, no other verb between: "five people are killed"."""
    plain = passage.plain
    if hit.row.name == "injured" and THE_HURT.search(plain, max(0, hit.start - 8), hit.start):
        return None
    for quantity in reversed(quantities):
        if quantity.end <= hit.start and OF_THE_DEAD.fullmatch(plain, quantity.end, hit.start):
            return quantity
        if quantity.end <= hit.start and SOME_OF_THEM.fullmatch(plain, quantity.end, hit.start):
            earlier = any(part.end <= quantity.start for part in quantities if part.unit == "persons")
            if not earlier:
                return quantity
        if quantity.end > hit.start or quantity.start in used or OF_THEM.match(plain, quantity.end):
            continue
        if passage.phrase("group_of").search(plain, max(0, quantity.start - 16), quantity.start):
            continue
        far = len(plain[quantity.end : hit.start].split()) > FURTHEST
        return None if far or passage.phrase("victim_stop").search(plain, quantity.end, hit.start) else quantity
    return None


def one_before(passage: Passage, index: int, hit: Hit, quantities: Sequence[Quantity]) -> Numbered | None:
    """One person without a number: "the commander was killed along with three aides"."""
    plain, sentence = passage.plain, passage.sentences[index]
    lead = plain[max(sentence.start, hit.start - 48) : hit.start]
    if not ONE_PASSIVE.search(lead) or NOBODY.search(lead):
        return None
    quote = passage.text[max(sentence.start, hit.start - 8) : hit.end].strip()
    also = next((q for q in quantities if q.start > hit.end and ALONG_WITH.search(plain, hit.end, q.start)), None)
    best = 1 if also is None else 1 + also.best
    return Figure(low=best, best=best, high=best, quote=quote), hit.start, hit.end


def one_after(
    passage: Passage,
    index: int,
    hit: Hit,
    quantities: Sequence[Quantity],
    used: set[int],
    *,
    told: bool,
    free: bool,
    active: bool,
) -> Numbered | None:
    """One person behind the word: "killing a farmer", "killed the group's leader", "kills Abu X and five others".

    `told`: the word's number stands behind it; `free`: none does; `active`: it is a verb whose object follows.
    """
    plain, stop = passage.plain, passage.sentences[index].end
    if told and (one := passage.phrase("one_person").match(plain, hit.end, stop)):
        best = 2 if one.group().endswith(("couple", "pair")) else 1
        return with_others(passage, hit, one.end(), best, quantities, used)
    if told and free and (the_one := passage.phrase("the_one").match(plain, hit.end, stop)):
        return with_others(passage, hit, the_one.end(), 1, quantities, used)
    if plain.startswith(" of", hit.end) and THE_KILLING.search(plain, max(0, hit.start - 24), hit.start):
        return None
    if active and free and (name := NAME.match(passage.text, hit.end, stop)):
        return with_others(passage, hit, name.end(), 1, quantities, used)
    return None


def further_names(passage: Passage, start: int, end: int) -> int:
    """Persons named between the first and "and five others"; what begins with an article tells who the first was."""
    parts = re.split(r", (?:and )?| and ", passage.text[start:end])[1:-1]
    return sum(
        not re.match(r"(?:a|an|the|one|who|which|his|her|its) ", part) and re.search(r"[A-Z][a-z]", part) is not None
        for part in parts
    )


def named_before(passage: Passage, floor: int, others: Quantity) -> int:
    """How many persons are named before "and four others": 0 or 1."""
    if others.noun != "others" and " other " not in passage.plain[others.start : (others.noun_end or others.end) + 1]:
        return 0
    before = passage.text[max(floor, others.start - 60) : others.start]
    joined = OTHERS.search(before)
    return int(joined is not None and re.search(r"[A-Z][\w'’-]+,? \Z", before[: joined.start()]) is not None)


def with_others(
    passage: Passage, hit: Hit, end: int, best: int, quantities: Sequence[Quantity], used: set[int]
) -> tuple[Figure, int, int]:
    """One person who is named, and those killed with that one: "kills X and six members of his family", "and five
    others".
    """
    if kin := passage.phrase("kin").match(passage.plain, end):
        best, end = best + 1, kin.end()
    also = next((q for q in quantities if q.start >= end and q.start not in used), None)
    if also is not None and also.unit in ("persons", None):
        between = passage.plain[end : also.start]
        near = re.fullmatch(
            r"(?: [\w'-]{1,20}){0,5},? (?:and|along with|together with) (?:at least |about |his |her |their )?", between
        )
        others = also.noun == "others" or " other " in passage.plain[also.end : also.noun_end + 1]
        joined = re.search(r"(?:and|along with|together with) (?:at least |about )?\Z", between)
        if (near or (others and joined)) and not passage.phrase("victim_stop").search(between):
            used.add(also.start)
            best, end = best + also.best + further_names(passage, end, also.start), also.noun_end or also.end
    return Figure(low=best, best=best, high=best, quote=passage.text[hit.start : end][:240]), hit.start, end


def chained(passage: Passage, last: Quantity, quantities: Sequence[Quantity], used: set[int]) -> list[Quantity]:
    """The persons listed before the last: "Five soldiers, an officer and an interpreter"; none when it is no plain
    list.
    """
    chain: list[Quantity] = []
    if not re.search(r" and \Z", passage.plain[max(0, last.start - 5) : last.start]):
        return chain
    for quantity in reversed([q for q in quantities if q.end <= last.start]):
        after = chain[0] if chain else last
        if quantity.start in used or quantity.unit != "persons" or quantity.vague or quantity.parts or last.parts:
            break
        if not LISTED.fullmatch(passage.plain, quantity.noun_end, after.start) or GENERAL.search(quantity.noun):
            break
        chain.insert(0, quantity)
    return chain


def total(passage: Passage, parts: Sequence[Quantity]) -> Figure:
    """The sum of a list of persons, with the words of the whole list."""
    return Figure(
        low=sum(q.low if q.low is not None else q.best for q in parts),
        best=sum(q.best for q in parts),
        high=None if any(q.high is None for q in parts) else sum(q.high or 0 for q in parts),
        quote=passage.text[parts[0].start : parts[-1].noun_end][:240],
    )


def close(between: str) -> bool:
    """At most a few plain words between a verb and its number: no comma, no other verb."""
    return len(between.split()) <= 4 and not re.search(
        r"[,;:(]|(?<!\w)(?:and|or|in|at|on|by|when|after|as|near|were|was|who|the|along|with|together)(?!\w)", between
    )
