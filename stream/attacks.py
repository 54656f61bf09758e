"""Attacks that rows alone can tell: air strikes, and any plain kind an operator adds to the lexicon.

A kind's rows have the roles `trigger` (it happened), `not_event` (words that look alike: no attack) and `other_event`
(an attack of another kind). What a trigger says is then placed, dated, and given its numbers.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from stream.attribution import actors, attribution
from stream.echoes import echoes, overflights
from stream.eventday import day_of, night_of
from stream.figures import count_before, tied
from stream.hindsight import told_far_down
from stream.lexicon import Hit
from stream.locating import nearer, only_near, whereabouts
from stream.passages import MOST_CANDIDATES, Candidate, Passage, holds
from stream.shares import shared_out
from stream.signals import Evidence, Mention, Weapon
from stream.status import judge
from stream.surroundings import LONGEST_HEADING

LONGEST_QUOTE = 240
MOST_WORDS_OF_HEADING = 8
DEFINITE = re.compile(r"(?<!\w)(?:the|this|those|these)(?: (?:late|early|overnight))?(?: \w{1,12})? ?(?:\w{1,4})?\Z")
THAT_ATTACK = re.compile(r"(?<!\w)that (?:\w{1,12} )?(?:air ?)?(?:strike|raid|attack|bombing|bombardment)(?!\w)")
"""Of one attack, where "said that jets hit" of none."""
OF_A_DAY = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day's (?:[\w-]{1,12} )?"
    r"(?:strike|raid|airstrike|attack|bombing|bombardment)(?!\w)"
)
ON_A_PLACE = re.compile(r" (?:on|in|at|against|near|of|over|across|around|targeting|that (?:hit|struck|killed))(?!\w)")
ADDITIONAL = (" also ", " another ", " separate", " elsewhere", " second ", " meanwhile", " in addition")


def find(passage: Passage, kind: str) -> tuple[list[Candidate], list[Mention]]:
    """Candidates of a kind in story order, and the words that look like one and are none."""
    if kind == "air_strike" and passage.speaks_of("civil") and not passage.speaks_of("war"):
        return [], []
    triggers = passage.scan(kind, "trigger")
    nothing = passage.scan(kind, "not_event")
    others = passage.scan(kind, "other_event")
    candidates: list[Candidate] = []
    mentions: list[Mention] = []
    kept: dict[int, list[Hit]] = {}
    for index, hits in triggers.items():
        apart = [h for h in hits if not any(covers(other, h) for other in others.get(index, []))]
        standing, dropped = sift(passage, index, apart, nothing.get(index, []))
        mentions.extend(mention(passage, kind, hit, index) for hit in dropped)
        if standing:
            kept[index] = standing
    for index, hits in others.items():
        apart = [h for h in hits if not any(k.start < h.end and h.start < k.end for k in kept.get(index, []))]
        mentions.extend(mention(passage, kind, hit, index) for hit in outermost(apart)[:3])
    if any(not in_heading(passage, h.end) for hits in (*kept.values(), *others.values()) for h in hits):
        kept = {index: apart for index in kept if (apart := [h for h in kept[index] if not in_heading(passage, h.end)])}
    attacks = sorted({(h.start, h.end) for hits in (*kept.values(), *others.values()) for h in hits})
    attacks = [span for span in attacks if not in_heading(passage, span[1])] or attacks
    for index in sorted(kept):
        if len(candidates) < MOST_CANDIDATES:
            told = placed_together([candidate(passage, kind, index, hit, attacks) for hit in kept[index]])
            candidates.extend(shared_out(passage, told, attacks))

    def say(index: int, hit: Hit) -> Candidate:
        return candidate(passage, kind, index, hit, attacks)

    candidates.extend(overflights(passage, kind, candidates, say))
    candidates.extend(echoes(passage, kind, candidates, say))
    return candidates, mentions[:MOST_CANDIDATES]


def in_heading(passage: Passage, end: int) -> bool:
    """Do words that end here stand in a heading before a colon: "Battle of Marawi: ..."?"""
    colon = passage.plain.find(": ", 0, LONGEST_HEADING)
    return 0 <= end <= colon and passage.words_between(0, colon) <= MOST_WORDS_OF_HEADING


def covers(other: Hit, trigger: Hit) -> bool:
    """Do words of another attack begin where the trigger does or before, and say at least as much?"""
    return other.start <= trigger.start < other.end and other.end - other.start >= trigger.end - trigger.start - 4


def sift(passage: Passage, index: int, hits: Sequence[Hit], nothing: Sequence[Hit]) -> tuple[list[Hit], list[Hit]]:
    """Triggers that stand, one for each place in the text, and the look-alikes that fell."""
    sentence = passage.sentences[index]
    able = [h for h in hits if holds(passage, h, sentence.start, sentence.end)]
    fallen = {n for h in able for n in nothing if n.start < h.end and h.start < n.end and not h.row.wins}
    standing = [h for h in able if h.row.wins or not any(n.start < h.end and h.start < n.end for n in fallen)]
    return outermost(standing), outermost(list(fallen))


def outermost(hits: Sequence[Hit]) -> list[Hit]:
    """Of hits that overlap, the surest, then the longest, then the first; in order."""
    chosen: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (not h.row.certain, h.start - h.end, h.start)):
        if all(hit.end <= c.start or c.end <= hit.start for c in chosen):
            chosen.append(hit)
    return sorted(chosen, key=lambda h: h.start)


def evidence(passage: Passage, start: int, end: int, pattern: str) -> Evidence:
    """The words as they stand in the story, at most 240 characters of them."""
    end = min(end, start + 240)
    return Evidence(quote=passage.text[start:end], start=start, end=end, pattern=pattern)


def asserting(passage: Passage, index: int, start: int, end: int, pattern: str) -> Evidence:
    """The clause that asserts the fact, with its number and place: the words [start, end) and what stands around
    them, at most 240.
    """
    first, last = passage.clause(index, start, end)
    if last - first > LONGEST_QUOTE:
        first = max(first, min(start, end - LONGEST_QUOTE + 60) - 60)
        first = (
            passage.plain.find(" ", first, start) + 1 if first < start and passage.plain[first - 1] != " " else first
        )
        last = min(last, first + LONGEST_QUOTE)
        last = (
            passage.plain.rfind(" ", end, last)
            if last < passage.sentences[index].end and passage.plain.rfind(" ", end, last) > 0
            else last
        )
    words = passage.text[first:last]
    first += len(words) - len(words.lstrip(" ,;:)-\n"))
    last -= len(words) - len(words.rstrip(" ,;:(-\n"))
    return Evidence(quote=passage.text[first:last], start=first, end=last, pattern=pattern)


def mention(passage: Passage, kind: str, hit: Hit, index: int) -> Mention:
    """Words that are no signal of the kind, with the reason their row gives."""
    return Mention(
        kind=kind, reason=hit.row.reason or "no_attack", evidence=evidence(passage, hit.start, hit.end, hit.row.name)
    )


def follows_up(passage: Passage, index: int, end: int) -> bool:
    """Does a sentence tell, up to the words that end here or right behind them, of a reaction to the attack or of its
    new toll?
    """
    sentence = passage.sentences[index]
    last = min(sentence.end, end + 60)
    return passage.phrase("follow_up").search(passage.plain, sentence.start, last) is not None


def placed_together(told: list[Candidate]) -> list[Candidate]:
    """The attacks of one sentence: one that names no place of its own was where another of them was, "20 were killed
    in a raid after jets bombed a bus near Taiz".
    """
    named = next((c for c in told if c.place is not None and not c.inferred_place and c.status == "new"), None)
    if named is None:
        return told
    return [
        replace(c, place=named.place, inferred_place=False) if c.inferred_place and c.status == "new" else c
        for c in told
    ]


def refers_back(passage: Passage, hit: Hit) -> bool:
    """Do the words speak of an attack as of one told before: "the strike", "Wednesday's raid"?"""
    if OF_A_DAY.match(passage.plain, hit.start, hit.end) or THAT_ATTACK.search(
        passage.plain, max(0, hit.start - 18), hit.end
    ):
        return True
    return DEFINITE.search(passage.plain[max(0, hit.start - 24) : hit.start + 4]) is not None


FLIES: tuple[tuple[Weapon, str], ...] = (
    ("aircraft", "aircraft"),
    ("drone", "drones"),
    ("aircraft", "by_air"),
    ("missile", "barrage"),
)
"""Weapons with the words that tell them, those first that tell most."""


def weapon_of_story(passage: Passage) -> Weapon:
    """What flies in the story: the first of FLIES that it names."""
    whole = len(passage.plain)
    return next((weapon for weapon, words in FLIES if passage.has(words, 0, whole)), "aircraft")


def candidate(
    passage: Passage, kind: str, index: int, hit: Hit, attacks: Sequence[tuple[int, int]], ahead: int = 2
) -> Candidate:
    """What one trigger says."""
    status, reason = judge(passage, index, hit.start, hit.end, kind)
    if status == "new" and hit.row.scope == "story" and told_far_down(passage, index):
        status, reason = "background", "past"
    said = attribution(passage, index, hit.start, hit.end)
    day, day_certain, period = day_of(passage, index, hit.start, hit.end)
    where = nearer(passage, index, whereabouts(passage, index, hit.start, hit.end), victims_too=ahead > 0)
    killed, injured = (
        tied(passage, index, hit.start, hit.end, attacks, ahead) if status != "hypothetical" else (None, None)
    )
    if reason == "denied" and said.source is not None and (killed or injured):
        status, reason = "new", "reported"
    first, _ = passage.clause(index, hit.start, hit.end)
    from_the_air = passage.has("planes_context", first, passage.sentences[index].end)
    certain = hit.row.certain or (hit.row.weapon != "missile" and from_the_air)
    weapon = hit.row.weapon
    if weapon == "aircraft" and passage.has("drones", hit.start, hit.end):
        weapon = "drone"
    elif weapon == "aircraft" and hit.row.scope == "story":
        weapon = passage.known("weapon", lambda: weapon_of_story(passage))
    return Candidate(
        kind=kind,
        pattern=hit.row.name,
        start=hit.start,
        end=hit.end,
        sentence=index,
        status=status,
        reason=reason,
        certain=certain,
        claim=said.claim,
        uninvolved=said.uninvolved,
        weapon=weapon,
        place=where.place,
        inferred_place=where.inferred,
        others=list(where.others),
        within=where.within,
        day=day if status == "new" else day if day_certain else None,
        day_certain=day_certain,
        period=period or night_of(passage, index, day),
        killed=killed,
        injured=injured,
        count=count_before(passage, index, hit.start, hit.end),
        actors=actors(passage, index, hit.start, hit.end),
        source=said.source,
        nearby=where.place is not None and only_near(passage, index, where.place),
        definite=refers_back(passage, hit),
        again=refers_back(passage, hit) and ON_A_PLACE.match(passage.plain, hit.end) is None,
        follow_up=status == "new" and follows_up(passage, index, hit.end),
        additional=any(word in f" {passage.plain[max(first - 8, 0) : hit.end]}" for word in ADDITIONAL),
    )
