"""Factuality: did it happen, is it long ago, may it happen, did it not happen?

Cues are rows of config/lexicon/status.yaml. A cue governs the words that follow it within its reach in the same clause
(scope `before`), those that precede it (`after`), its clause, or its sentence. Days that are named in the clause of
the words
decide between new and background: 7 days before publication, 30 for a flow of displaced people (codebook).
"""

import re
from datetime import date, timedelta

from stream.dates import DayMention
from stream.lexicon import Hit
from stream.passages import Passage
from stream.signals import Status

RECENT = timedelta(days=7)
RECENT_FLOW = timedelta(days=30)
PRIORITY: dict[Status, int] = {"denied": 0, "hypothetical": 1, "background": 2, "new": 3}
REASONS = (
    "reported", "negated", "denied", "modal", "threat", "plan", "call", "feared", "conditional", "purpose", "exercise",
    "principle", "ordered", "anniversary", "trial", "inquiry", "halted", "past", "cumulative", "future", "generic",
    "stock_as_of_now", "no_quantity", "no_attack", "other_attack", "no_deal", "no_displacement", "return",
    "homes_destroyed", "untied",
)  # fmt: skip
"""Every reason a signal or a mention can have: the words of metric labels and explanations."""
INSIDE = frozenset({"modal"})
"""Reasons that hold also where their words stand inside the trigger: "jets that can hit"."""
OVERRULED = frozenset({"generic", "trial", "inquiry", "anniversary", "halted"})
PARTICIPLE = re.compile(r", \w{3,15}ing\b")
GATHERING = re.compile(
    r"(?<!\w)(?:concert|ceremony|parade|rally|gathering|party|festival|event|celebrations?|crowd|meeting|service|feast)"
    r"(?!\w)"
)
"""What was struck is held on an anniversary, the strike is not."""
SHORT = 5
"""A cue of this reach or less does not reach over a comma."""
ONE = re.compile(r"(?<!\w)(?:an?|the|this|that|another)(?: [\w.'-]{1,20}){0,3} \Z")
FURTHEST_DATE = 14
"""Words between an event and a day that dates it."""
FIRST_SINCE = ("first", "worst", "deadliest", "latest", "biggest", "largest", "heaviest", "bloodiest", "most ")


def judge(
    passage: Passage, index: int, start: int, end: int, kind: str, *, recent: timedelta = RECENT, dated: bool = True
) -> tuple[Status, str]:
    """Status and reason of the words [start, end) of sentence `index`: the strongest cue that governs them, then
    the days if `dated`.
    """
    cues = [cue for cue in passage.hits("status", "cue", index) if governs(passage, index, cue, start, end, kind)]
    cues = [
        cue
        for cue in cues
        if not (cue.row.reason in OVERRULED and told_as_event(passage, index, start, end, recent, cue.row.reason))
    ]
    if cues:
        strongest = min(cues, key=lambda cue: (PRIORITY[cue.row.status or "new"], abs(cue.start - start)))
        return strongest.row.status or "new", strongest.row.reason or "reported"
    status, reason = by_days(passage, index, start, end, recent=recent) if dated else ("new", "reported")
    if status == "new" and dated and framed_past(passage, index, start, end, recent):
        return "background", "past"
    if status == "new" and passage.known("anniversary", lambda: looks_back(passage)) and not fresh(passage, index):
        return "background", "anniversary"
    return status, reason


LONG_STORY = 8
"""Sentences from which on a story tells history in paragraphs of its own."""
BEFORE_THAT = re.compile(
    r"(?<!\w)(?:had (?:\w{1,12} ){0,2}(?:been|\w{3,12}ed|hit|struck|fled|left|sent|shot|begun)"
    r"|(?:days?|weeks?|months?|hours?) (?:later|earlier)|the (?:next|same) (?:day|night|week)"
    r"|that (?:day|night|week|month|year|summer|winter|spring|autumn)|by the (?:time|end)"
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
    return len(passage.plain[passage.sentences[index].start : mention.start].split()) <= 4


def looks_back(passage: Passage) -> bool:
    """Is this story told on an anniversary: do its headline or first sentences say so?"""
    return any(
        cue.row.reason == "anniversary" and cue.row.name == "anniversary"
        for index in range(min(3, len(passage.sentences)))
        for cue in passage.hits("status", "cue", index)
    )


def fresh(passage: Passage, index: int) -> bool:
    """Does the sentence name a day of the week before publication?"""
    oldest = passage.published - RECENT
    return any(m.kind == "day" and oldest <= m.last <= passage.published for m in passage.days(index))


def told_as_event(passage: Passage, index: int, start: int, end: int, recent: timedelta, reason: str | None) -> bool:
    """Is one recent event told, although the story speaks of it in court, in protest or on an anniversary?

    Its clause names a recent day, or those who protest speak of one attack ("the strike") and not of attacks.
    """
    if (
        reason == "generic"
        and not passage.plain[start:end].endswith("s")
        and ONE.search(passage.plain[max(0, start - 32) : start])
    ):
        return True
    first, last = passage.clause(index, start, end)
    oldest = passage.published - min(recent, RECENT)
    return any(
        m.kind == "day" and first <= m.start < last and oldest <= m.last <= passage.published
        for m in passage.days(index)
    )


def governs(passage: Passage, index: int, cue: Hit, start: int, end: int, kind: str) -> bool:
    """Does this cue speak of the words [start, end) of the same sentence?"""
    row = cue.row
    if row.kinds and kind not in row.kinds:
        return False
    if row.name == "anniversary" and cue.start > end and GATHERING.search(passage.plain, end, cue.start):
        return False
    inside = start < cue.start and cue.end < end
    if inside and (row.reason in INSIDE or passage.plain[cue.start : cue.end].endswith("not")):
        return True
    if row.scope == "before":
        if (
            not 0 <= start - cue.end <= 24 * row.reach + 24
            or passage.words_between(cue.end, start) > row.reach
            or PARTICIPLE.match(passage.plain, start - 2)
        ):
            return False
        if row.reach <= SHORT and "," in passage.plain[cue.end : start]:
            return False
        if kind != "ceasefire_violation" and passage.has("truce", cue.end, start):
            return False
        return not passage.broken(cue.end, start)
    if row.scope == "after":
        return (
            0 <= cue.start - end <= 24 * row.reach + 24
            and passage.words_between(end, cue.start) <= row.reach
            and not passage.broken(end, cue.start)
        )
    if row.scope == "clause":
        return not passage.broken(min(cue.end, start), start) and not passage.broken(end, max(end, cue.start))
    return True


def by_days(passage: Passage, index: int, start: int, end: int, *, recent: timedelta) -> tuple[Status, str]:
    """New or background by the days named in the clause."""
    first, last = passage.clause(index, start, end)
    mentions = [
        m
        for m in passage.days(index)
        if (first <= m.start < last or follows_since(passage, last, m.start))
        and dates_event(passage, m)
        and max(passage.words_between(end, m.start), passage.words_between(m.end, start)) <= FURTHEST_DATE
        and not (
            m.kind in ("month", "year")
            and passage.phrase("named_thing").match(passage.plain, m.end)
            and not m.end <= start <= m.end + 24
        )
    ]
    if not mentions:
        mentions = [m for m in passage.days(index)[:1] if opens(passage, index, m) and dates_event(passage, m)]
    if not mentions and (relative := RELATIVE.search(passage.plain, max(0, first - 10), first)):
        opening, _ = passage.clause(index, relative.start() - 1, relative.start() - 1)
        mentions = [
            m
            for m in passage.days(index)
            if opening <= m.start < relative.start()
            and (m.first if m.kind == "since" else m.last) < passage.published - recent
            and dates_event(passage, m)
        ]
    if not mentions:
        return "new", "reported"
    mention = min(mentions, key=lambda m: (m.start < start and m.kind == "day", max(m.start - end, start - m.end)))
    oldest = passage.published - recent
    if mention.kind == "vague_past":
        word = mention.word.lower()
        return ("new", "reported") if "recent" in word or "days" in word else ("background", "past")
    if mention.kind == "since" or (mention.start > last and passage.plain.startswith("since ", last)):
        before = passage.plain[first:start]
        if (
            mention.first >= oldest
            or any(word in before for word in FIRST_SINCE)
            or passage.words_between(end, mention.start) > 14
        ):
            return "new", "reported"
        return "background", "cumulative"
    if mention.last < oldest:
        return "background", "past"
    if mention.first > passage.published + timedelta(days=1):
        return "hypothetical", "future"
    if mention.kind == "year" and mention.first < oldest:
        return "background", "cumulative"
    return "new", "reported"


RELATIVE = re.compile(r"(?<!\w)(?:in |during )?(?:which|whose|where|who|when) ?\Z")
"""A clause that goes on about what the one before it dates."""
SINCE_LENGTH = 64


def follows_since(passage: Passage, last: int, start: int) -> bool:
    """ "displaced 800,000 since 2017", "since he took office in 2017": the clause ends at "since", and the day behind
    it still dates it.
    """
    return (
        last <= start <= last + SINCE_LENGTH
        and passage.plain.startswith("since ", last)
        and not passage.broken(last + len("since "), start)
    )


def opens(passage: Passage, index: int, mention: DayMention) -> bool:
    """Does the mention open its sentence ("In July 2017, ..."), and so date all of it? A heading ("2011 uprising:
    ...") does not.
    """
    before = passage.plain[passage.sentences[index].start : mention.start]
    return len(before.split()) <= 4 and passage.plain[mention.end : mention.end + 1] == "," and ":" not in before


def dates_event(passage: Passage, mention: DayMention) -> bool:
    """A mention of time that dates what its clause says: not an ordinal, not the year in a name ("the 2011
    uprising").
    """
    if mention.kind == "ordinal" or awaited(passage, mention):
        return False
    if mention.kind == "year" and mention.word.strip().isdigit():
        return (
            passage.phrase("dating_year").search(passage.plain, max(0, mention.start - 32), mention.start) is not None
        )
    return True


AWAITED = re.compile(
    r"(?<!\w)(?:expected|forecast|predicted|due|scheduled|ahead of) "
    r"(?:(?!and|but|when|after|killed|said)[\w-]{1,15} ){0,4}(?:on |for |by )?\Z"
)
"""Before a day on which something else is to come: "ahead of its expected arrival on Tuesday"."""


def awaited(passage: Passage, mention: DayMention) -> bool:
    """Is it the day of what is still expected, and so no day of what happened?"""
    if mention.kind != "day" or mention.word.lower() in ("today", "yesterday"):
        return False
    return AWAITED.search(passage.plain, max(0, mention.start - 60), mention.start) is not None


PROVOKED = re.compile(r"(?<!hours )(?<!minutes )(?:after|following|in (?:response to|retaliation for|revenge for)) ?\Z")


def provoking(passage: Passage, index: int, mention: DayMention) -> bool:
    """Does it date what came before: "bombed X after rockets were fired on Sunday"?"""
    first, _ = passage.clause(index, mention.start, mention.end)
    return PROVOKED.search(passage.plain, max(passage.sentences[index].start, first - 24), first) is not None


def day_of(
    passage: Passage, index: int, start: int, end: int, recent: timedelta = RECENT
) -> tuple[date, bool, tuple[date, date] | None]:
    """Day, whether the words fix it, and the period if one is given; the publication day when nothing is said.

    A period's day is its last (codebook: "A campaign of several days: its last stated day").
    """
    first, last = passage.clause(index, start, end)
    oldest = passage.published - recent
    mentions = [
        m
        for m in passage.days(index)
        if m.kind in ("day", "period", "since") and oldest <= m.last <= passage.published and dates_event(passage, m)
    ]
    inside = [m for m in mentions if first <= m.start < last]
    inside = inside or [m for m in mentions if not provoking(passage, index, m)]
    if not inside:
        return passage.published, False, None
    mention = min(inside, key=lambda m: max(m.start - end, start - m.end))
    if (
        mention.kind == "day"
        and mention.start > end
        and re.search(r"(?<!\w)since(?!\w)", passage.plain[end : mention.start])
    ):
        return passage.published, False, (mention.first, passage.published)
    period = (mention.first, mention.last) if mention.first != mention.last or mention.kind == "since" else None
    return mention.last, mention.certain and mention.kind == "day", period
