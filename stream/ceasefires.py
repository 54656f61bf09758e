"""Truces reported broken: somebody says so, or the story itself sets an attack beside a deal in force."""

import re

from stream.attacks import candidate, mention, sift
from stream.eventday import day_of
from stream.fronts import place_breach
from stream.hindsight import framed_past
from stream.lexicon import Hit
from stream.passages import MOST_CANDIDATES, Candidate, Passage
from stream.signals import Mention, Status
from stream.status import judge
from stream.timing import RECENT, dates_event


def find(passage: Passage, kind: str) -> tuple[list[Candidate], list[Mention]]:
    """Candidates in story order, and the mentions of deals that are not in force.

    A story of business or politics without a word of war tells of other truces: in trade, in politics, between a
    union and an employer.
    """
    if passage.speaks_of("civil") and not passage.speaks_of("war"):
        return [], [mention(passage, kind, h, i) for i, hits in passage.scan(kind, "not_event").items() for h in hits][
            :3
        ]
    triggers = passage.scan(kind, "trigger")
    nothing = passage.scan(kind, "not_event")
    candidates: list[Candidate] = []
    mentions: list[Mention] = []
    for index in sorted(triggers.keys() | nothing.keys()):
        standing, _ = sift(passage, index, triggers.get(index, []), nothing.get(index, []))
        mentions.extend(mention(passage, kind, hit, index) for hit in nothing.get(index, [])[:2] if not standing)
        attacks = [(hit.start, hit.end) for hit in standing]
        for hit in standing if len(candidates) < MOST_CANDIDATES else ():
            found = candidate(passage, kind, index, hit, attacks, ahead=0)
            found.weapon = None
            found.others = []
            by_a_monitor = found.source is not None and found.uninvolved
            if hit.row.claim is not None and found.claim == "observed" and not by_a_monitor:
                found.claim = hit.row.claim
            found.status, found.reason = judged(passage, index, hit, kind)
            attack = attack_beside(passage, index, hit)
            place_breach(passage, index, hit, found, attack)
            if attack is not None and not found.day_certain:
                found.day, found.day_certain, found.period = day_of(passage, index + (hit.row.scope == "next"), *attack)
            if found.status == "new" and found.day is None:
                found.day = passage.published
            candidates.append(found)
    return candidates, mentions[:MOST_CANDIDATES]


A_DEAL = re.compile(r"(?<!\w)(?:agreements?|accords?|deals?|pacts?|memorandum|treaty)\Z")
SOON = re.compile(r"(?<!\w)within (?:a |the |its )?(?:\w{1,10} ){0,2}(?:hours?|days?|weeks?|fortnight|months?)(?!\w)")
"""How long a deal held, told of one whose day is named."""
COUNTED = re.compile(r"\d (?:\w{1,12} )?(?:violations|breaches)(?!\w)")
"""A number of breaches, which of a year is a running total."""
DATED_NEAR = 16
"""So close behind the words a day or month dates the breach itself: "fell apart in early August"."""


def ends_in_verb(passage: Passage, hit: Hit) -> bool:
    """Do the words end in what became of the deal ("fell apart") and not in the deal ("violated the 2003 truce")?"""
    last = max(hit.start, hit.end - 24)
    return not (passage.has("truce", last, hit.end) or A_DEAL.search(passage.plain, last, hit.end))


def attack_beside(passage: Passage, index: int, hit: Hit) -> tuple[int, int] | None:
    """Where the attack stands that a row sets beside the deal: the last before the end of its words; or null."""
    if hit.row.needs is None:
        return None
    words = passage.lexicon.word_patterns[hit.row.needs]
    if hit.row.scope == "next":
        behind = passage.following(index)
        attack = words.search(passage.plain, *behind) if behind is not None else None
        return attack.span() if attack is not None else None
    sentence = passage.sentences[index]
    spans = [m.span() for m in words.finditer(passage.plain, sentence.start, sentence.end)]
    return max((span for span in spans if span[0] < hit.end), default=spans[0]) if spans else None


def judged(passage: Passage, index: int, hit: Hit, kind: str) -> tuple[Status, str]:
    """Status of the breach: of the attack where the row sets one beside the deal, else of the words that say so.

    A day named with the deal ("the ceasefire agreed last month") dates the deal, not the breach.
    """
    start, end = attack_beside(passage, index, hit) or (hit.start, hit.end)
    status, reason = judge(passage, index + (hit.row.scope == "next"), start, end, kind, dated=False)
    if status != "new":
        return status, reason
    counted = COUNTED.search(passage.plain, max(passage.sentences[index].start, hit.start - 12), hit.end)
    if counted and any(m.kind == "year" and m.start > hit.start for m in passage.days(index)):
        return "background", "cumulative"
    if ends_in_verb(passage, hit) and any(
        m.kind in ("month", "year", "day")
        and 0 <= m.start - hit.end <= DATED_NEAR
        and m.last < passage.published - RECENT
        for m in passage.days(index)
    ):
        return "background", "past"
    if framed_past(passage, index, hit.start, hit.end, RECENT):
        return "background", "past"
    counted_since = "since" in passage.plain[hit.start : hit.end]
    if any(
        m.kind in (("day",) if counted_since else ("day", "month", "year"))
        and dates_event(passage, m)
        and m.start > hit.end
        and m.last < passage.published - RECENT
        and passage.has("attacks", hit.end, m.start)
        and not passage.has("truce", hit.end, m.start)
        for m in passage.days(index)
    ):
        return "background", "past"
    before = [
        m
        for m in passage.days(index)
        if m.end <= hit.start
        and m.last < passage.published - RECENT
        and m.kind != "since"
        and dates_event(passage, m)
        and not passage.has("truce", max(passage.sentences[index].start, m.start - 40), m.start)
    ]
    soon = SOON.search(passage.plain, hit.end, passage.sentences[index].end)
    fresh = any(
        m.last >= passage.published - RECENT
        for m in passage.days(index)
        if m.kind not in ("ordinal", "since") and not (soon and m.start < soon.end() and soon.start() < m.end)
    )
    named = any(m.kind in ("month", "year", "day") and dates_event(passage, m) for m in passage.days(index))
    old_deal = any(
        m.kind in ("month", "year") and hit.start <= m.start < hit.end and m.last < passage.published - RECENT
        for m in passage.days(index)
    )
    if soon and (named or old_deal) and not fresh:
        return "background", "past"
    if before and not (fresh and passage.broken(before[-1].end, start)):
        return "background", "past"
    return status, reason
