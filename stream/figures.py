"""Which number belongs to which event: killed and injured, and how many strikes or violations.

A number belongs to an event only when the story ties it to that event: it stands in the same sentence, with no other
attack between, or in the next sentence, which speaks of no attack of its own.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from datetime import timedelta

from stream.nesting import beside
from stream.passages import Passage
from stream.signals import Figure
from stream.victims import Victims, counts_people, number_of, victims

PARTICIPLE = re.compile(r"(?:killing|wounding|injuring|leaving)(?!\w)")
"""These words look back on the attack before them: "bomb the port, killing six, a day after a drone hits X"."""
ANSWERED = re.compile(
    r"(?:response to|retaliation for|responding to|reply to|after|following|despite)(?: [\w'-]{1,20}){0,4} \Z"
)
LATER = re.compile(r"(?<!\w)(?:hours|days|weeks|minutes|a day|a week) after(?!\w)")
"""Between people who were harmed and an attack: they were harmed in something later."""
PROVOKED = re.compile(
    r"(?<!hours)(?<!days)(?<!minutes)(?<!soon)(?<!shortly)"
    r" (?:after|following|in (?:response to|retaliation for|revenge for)) (?:(?!resulting in)[^,;.]){0,160}\Z"
)
"""Between an attack and people who were harmed before it: "an air raid after eight marines were killed"."""
BY_IT = re.compile(r"blast|explosion|strike|raid|hit|struck|bomb")
"""In such words: they speak of the attack itself, "after the strike"."""
ALIKE = re.compile(
    r"(?:,|and|or|barrel|bombs?|bombing|artillery|rockets?|missiles?|shells?|shelling|mortars?|drones?|strikes?|attacks?|fire"
    r"|raids?| ){1,12}"
)
"""Between two attacks that did harm together: "air strikes, barrel bombs and artillery fire kill"."""
AND_GUNS = re.compile(r" and (?:[\w-]{2,14} ){1,2}")
"""Between two attacks by different arms: "air strikes and Afghan army gunfire kill"."""
SINCE_THEN = timedelta(days=1)
"""A toll counted since an earlier day is that of several attacks."""
TOLL_OF_A_WAR = 5_000
"""No attack of one day has killed or hurt so many since 1945: such a number is that of a campaign."""
WITHIN = re.compile(r"(?<!\w)(?:in|by|during|after|from)(?!\w)")
"""Between a number and attacks: "injured 48 in the air strikes" counts people."""
HARMED = re.compile(r"[,;:]|(?<!\w)(?:killed|injured|wounded|dead|died|hurt)(?!\w)")


def tied(
    passage: Passage, index: int, start: int, end: int, attacks: Sequence[tuple[int, int]], ahead: int = 2
) -> tuple[Figure | None, Figure | None]:
    """Killed and injured of the event that the words [start, end) of sentence `index` report.

    `ahead`: how many sentences without an attack of their own may follow with the numbers. `attacks`: spans of all
    words of attack in the story, in order; a number nearer to another of its sentence belongs to that one.
    """
    sentence = passage.sentences[index]
    within = attacks[bisect_left(attacks, (sentence.start, 0)) : bisect_left(attacks, (sentence.end, 0))]
    rivals = [(a, b) for a, b in within if not ANSWERED.search(passage.plain[max(0, a - 40) : a])]
    own = [v for v in victims(passage, index) if belongs(passage, v, start, end, rivals)]
    if ahead:
        own = [v for v in own if not harmed_before(passage, end, v)]
    if any(
        (a >= end and not passage.broken(end, a))
        or (b <= start and not ANSWERED.search(passage.plain[max(0, a - 40) : a]))
        for a, b in within
    ):
        ahead = 0
    if not own and index > 0:
        own = told_before(passage, index, attacks)
    for later in range(index + 1, min(index + ahead + 1, len(passage.sentences))):
        following = passage.sentences[later]
        first = bisect_left(attacks, (following.start, 0))
        if any(m.kind == "since" and m.first < passage.published - SINCE_THEN for m in passage.days(later)):
            break
        if (
            (own and any(m.role == "place" for m in passage.places_in(later)))
            or (first < len(attacks) and attacks[first][0] < following.end)
            or following.paragraph > passage.sentences[index].paragraph + later - index
        ):
            break
        own = [*own, *(v for v in victims(passage, later) if v.role not in {o.role for o in own})]
    own = [v for v in own if v.figure.best < TOLL_OF_A_WAR]
    return pick(own, "killed", start, end), pick(own, "injured", start, end)


def harmed_before(passage: Passage, end: int, victim: Victims) -> bool:
    """Were people harmed before an attack whose words end here, in what provoked it?"""
    if victim.start <= end:
        return False
    provoked = PROVOKED.search(passage.plain, end, victim.start)
    return provoked is not None and BY_IT.search(provoked.group()) is None


def told_before(passage: Passage, index: int, attacks: Sequence[tuple[int, int]]) -> list[Victims]:
    """The numbers of the sentence before, when it tells of dead or hurt people, of no other place and of no attack, and
    none stands before it: "28 cadets are killed. The school was bombed by aircraft".
    """
    before = passage.sentences[index - 1]
    start = passage.sentences[max(0, index - 2)].start
    if before.paragraph != passage.sentences[index].paragraph or any(start <= a < before.end for a, _ in attacks):
        return []
    here, there = ([m.place for m in passage.places_in(at) if m.role == "place"] for at in (index, index - 1))
    if here and there and not any(beside(one, other) for one in here for other in there):
        return []
    return victims(passage, index - 1)


def belongs(passage: Passage, victim: Victims, start: int, end: int, attacks: Sequence[tuple[int, int]]) -> bool:
    """Is this number nearer to the words [start, end) than to any other attack of the sentence?"""

    def distance(a: int, b: int) -> tuple[bool, int]:
        gap = (b, victim.start) if b <= victim.start else (victim.end, a)
        return gap[0] < gap[1] and passage.broken(*gap), max(victim.start - b, a - victim.end, 0)

    if LATER.search(passage.plain, victim.end, max(victim.end, start)):
        return False
    if PARTICIPLE.match(passage.plain, victim.start):
        before = [b for _, b in attacks if b <= victim.start]
        if before and end <= victim.start:
            return max(before) <= end
    mine = distance(start, end)
    rivals = [(a, b) for a, b in attacks if not (a < end and start < b) and abs(a - start) < 600]
    joints = [(min(b, end), max(a, start)) for a, b in rivals]
    rivals = [
        rival
        for rival, joint in zip(rivals, joints, strict=True)
        if not (ALIKE.fullmatch(passage.plain, *joint) or AND_GUNS.fullmatch(passage.plain, *joint))
    ]
    return all(mine <= distance(a, b) for a, b in rivals)


def untied(passage: Passage, index: int) -> list[tuple[str, int, int]]:
    """Numbers of killed or injured in a sentence as (reason, start, end): `cumulative` tolls, and `untied` ones."""
    reason = "cumulative" if passage.hits("victims", "cumulative", index) else "untied"
    quantities = [q for q in passage.quantities(index) if counts_people(passage, q)]
    found = []
    for role in ("joint", "killed", "injured"):
        for hit in passage.hits("victims", role, index):
            numbered = number_of(passage, index, hit, quantities, set())
            if numbered is not None:
                found.append((reason, min(hit.start, numbered[1]), max(hit.end, numbered[2])))
    return found


def pick(found: Sequence[Victims], role: str, start: int, end: int) -> Figure | None:
    """The figure of a role nearest to the words."""
    chosen = min((v for v in found if v.role == role), key=lambda v: max(v.start - end, start - v.end, 0), default=None)
    return chosen.figure if chosen else None


def count_before(passage: Passage, index: int, start: int, end: int) -> int | None:
    """How many: the number right before words in the plural ("100 air strikes"), else None."""
    counted = passage.phrase("many_attacks").search(passage.plain, start, end)
    if counted is None:
        return None
    for quantity in passage.quantities(index):
        gap = passage.words_between(quantity.end, start)
        if (
            quantity.end <= start
            and gap <= 3
            and quantity.unit is None
            and not quantity.vague
            and not HARMED.search(passage.plain[quantity.end : counted.start()])
            and not WITHIN.search(passage.plain[quantity.end : start])
        ):
            return quantity.best
        if (
            quantity.start < end
            and quantity.end > start
            and passage.phrase("many_attacks").search(quantity.noun)
            and not quantity.vague
        ):
            return quantity.best
    return None
