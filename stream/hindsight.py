"""Old times told again in a longer story: paragraphs of history, and stories told on an anniversary."""

import re
from datetime import timedelta

from stream.dates import DayMention
from stream.passages import Passage
from stream.timing import RECENT, RECENT_FLOW, dates_event

LONG_STORY = 8
"""Sentences from which on a story tells history in paragraphs of its own."""


BEFORE_THAT = re.compile(
    r"(?<!\w)(?:had (?:\w{1,12} ){0,2}(?:been|\w{3,12}ed|hit|struck|fled|left|sent|shot|begun)"
    r"|(?:days?|weeks?|months?|hours?) (?:later|earlier)|the (?:next|same) (?:day|night|week)"
    r"|that (?:day|night|week|month|year|summer|winter|spring|autumn|conflict|war|offensive|campaign)"
    r"|by the (?:time|end)"
    r"|within (?:a |the )?(?:\w{1,10} )?(?:hours|days|weeks|week|fortnight|month)"
    r"|in (?:its|the) (?:first|early|opening|final|last) (?:hours|days|weeks|months)"
    r"(?! of the (?:war|offensive|campaign|assault)))(?!\w)"
)
"""Words by which a sentence goes on about a time that was named before."""


def framed_past(passage: Passage, index: int, start: int, end: int, recent: timedelta) -> bool:
    """Does a longer story go on here about a time gone by: a day long past in the two sentences before it or earlier
    in its own, in the same paragraph, and words that refer to it?
    """
    if len(passage.sentences) <= LONG_STORY:
        return False
    first, last = passage.clause(index, start, end)
    if told_of_then(passage, index):
        return True
    if not BEFORE_THAT.search(passage.plain, first, max(last, min(last + 40, passage.sentences[index].end))):
        return False
    if any(counts_to_now(passage, m, recent) and m.start >= start for m in passage.days(index)):
        return False  # "had left in the past two weeks"
    for at in (index, index - 1, index - 2):
        if at < 0 or passage.sentences[at].paragraph != passage.sentences[index].paragraph:
            return False
        named = [
            m for m in passage.days(at) if m.kind in ("day", "month", "year", "period") and dates_event(passage, m)
        ]
        named = [m for m in named if at < index or m.start < start]
        if named:
            return max(m.last for m in named) < passage.published - recent
    return False


def counts_to_now(passage: Passage, mention: DayMention, recent: timedelta) -> bool:
    """Is it a recent time that goes on until publication: "in the past week", "since Saturday"?"""
    lately = mention.first >= passage.published - recent
    return mention.kind in ("period", "since") and lately and mention.last >= passage.published


OLD_TIMES = 3
"""Paragraphs from the first on that tell news: a sentence there goes on about no old time."""


def told_of_then(passage: Passage, index: int) -> bool:
    """Does a sentence that names no time follow, in a later paragraph, on one that opens with a time gone by: "In
    September it became something else. Aircraft killed ..."?
    """
    here = passage.sentences[index]
    if here.paragraph < OLD_TIMES or passage.days(index):
        return False
    for at in range(index - 1, max(-1, index - 4), -1):
        if passage.sentences[at].paragraph != here.paragraph:
            return False
        dated = [
            m for m in passage.days(at) if m.kind in ("day", "month", "period", "since") and dates_event(passage, m)
        ]
        if dated:
            old = all(m.last < passage.published - RECENT_FLOW for m in dated)
            return old and any(begins_with(passage, at, m) for m in dated)
    return False


def begins_with(passage: Passage, index: int, mention: DayMention) -> bool:
    """Does a sentence begin with this time: "In September this year it became ..."?"""
    return len(passage.plain[passage.sentences[index].start : mention.start].split()) <= 5


GATHERING = re.compile(
    r"(?<!\w)(?:concert|ceremony|parade|rally|gathering|party|festival|event|celebrations?|crowd|meeting|service|feast)"
    r"(?!\w)"
)
"""What was struck is held on an anniversary, the strike is not."""


def looks_back(passage: Passage) -> bool:
    """Is this story told on an anniversary: do its headline or first sentences say so?"""
    return any(
        cue.row.reason == "anniversary"
        and cue.row.name == "anniversary"
        and not GATHERING.search(passage.plain, passage.sentences[index].start, cue.start)
        for index in range(min(3, len(passage.sentences)))
        for cue in passage.hits("status", "cue", index)
    )


def fresh(passage: Passage, index: int) -> bool:
    """Does the sentence name a day of the week before publication?"""
    oldest = passage.published - RECENT
    return any(m.kind in ("day", "period") and oldest <= m.last <= passage.published for m in passage.days(index))


def told_far_down(passage: Passage, index: int) -> bool:
    """Does a sentence that names no recent day stand in the second half of a longer story, where history is told?"""
    if len(passage.sentences) <= LONG_STORY or fresh(passage, index):
        return False
    return passage.sentences[index].paragraph > passage.sentences[-1].paragraph / 2
