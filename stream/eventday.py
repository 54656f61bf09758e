"""The day of an event: what its own words name, else what the sentences around tell."""

import re
from datetime import date, timedelta

from stream.dates import DayMention
from stream.passages import Passage
from stream.relative_days import NUMBER_WORDS, days_back
from stream.timing import RECENT, dates_event, provoking


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
    gone = days_before(passage, index, start)
    if not inside and gone is not None and gone >= oldest:
        return gone, True, None
    inside = inside or [m for m in mentions if not provoking(passage, index, m)]
    if not inside:
        told = passage.known("day", lambda: only_day(passage, oldest)) if recent == RECENT else None
        told = told or (day_around(passage, index, oldest) if recent == RECENT else None)
        return told or passage.published, False, None
    mention = min(inside, key=lambda m: max(m.start - end, start - m.end))
    if (before := counted_back(passage, index, mention, oldest)) is not None:
        return before, True, None
    if (
        mention.kind == "day"
        and mention.start > end
        and re.search(r"(?<!\w)since(?!\w)", passage.plain[end : mention.start])
    ):
        return passage.published, False, (mention.first, passage.published)
    period = (mention.first, mention.last) if mention.first != mention.last or mention.kind == "since" else None
    return mention.last, mention.certain and mention.kind == "day", period


COUNTED_BACK = re.compile(
    r"(?P<count>\w{1,8}) (?P<unit>day|night|week)s? (?:before|earlier)|the (?:day before|previous day)", re.IGNORECASE
)


def counted_back(passage: Passage, index: int, mention: DayMention, oldest: date) -> date | None:
    """The day of "a day earlier", told after a day that one of the sentences before names; or null."""
    said = COUNTED_BACK.fullmatch(mention.word)
    told = [day for at in range(max(0, index - FURTHEST_BACK), index) for day in event_days(passage, at, oldest)]
    if said is None or not told:
        return None
    count = NUMBER_WORDS.get((said["count"] or "one").lower()) or int(said["count"])
    day = days_back(told[-1], count * (7 if said["unit"] == "week" else 1))
    return day if day >= oldest else None


LATE = re.compile(r"(?<!\w)(?:late|evening of|night of)(?: on)? \Z")
EARLY = re.compile(
    r"(?<!\w)(?:early|overnight|before dawn|pre-dawn|at dawn|early hours of|small hours of)(?: on| of)? \Z"
)
NIGHT = re.compile(r"(?:'s)? (?:night|evening)(?!\w)")
MORNING = re.compile(r" (?:before dawn|at dawn)(?!\w)")


def night_of(passage: Passage, index: int, day: date) -> tuple[date, date] | None:
    """The two days of the night in which it was, as the sentence tells: from late on the one to early on the other.

    One teller dates it "late on Tuesday", another "early on Wednesday", and in UTC it may be either. Null by day.
    """
    for mention in passage.days(index):
        if mention.kind != "day" or mention.last != day:
            continue
        before = passage.plain[max(0, mention.start - 24) : mention.start]
        word = mention.word.lower()
        if LATE.search(before) or word.endswith(" night") or NIGHT.match(passage.plain, mention.end):
            return day, day + timedelta(days=1)
        if word == "overnight" or EARLY.search(before) or MORNING.match(passage.plain, mention.end):
            return day - timedelta(days=1), day
    return None


def only_day(passage: Passage, oldest: date) -> date | None:
    """The one recent day that a story of some length names for what happened, or null: then an event for which its own
    sentence names none was on that day.
    """
    if len(passage.sentences) < SOME_LENGTH:
        return None
    whole = range(min(40, len(passage.sentences)))
    found = {day for index in whole for day in event_days(passage, index, oldest)}
    return found.pop() if len(found) == 1 else None


def day_around(passage: Passage, index: int, oldest: date) -> date | None:
    """The day that the sentences before name for what happened, in the same paragraph, the last first; of a lead, the
    first day that the sentences behind it name; or null. A brief speaks of several things.
    """
    if len(passage.sentences) < SOME_LENGTH:
        return None
    sentence = passage.sentences[index]
    same = passage.phrase("same_day").search(passage.plain, sentence.start, sentence.end) is not None
    for at in range(index - 1, max(-1, index - 1 - FURTHEST_BACK), -1):
        beside = sentence.paragraph - passage.sentences[at].paragraph <= (at <= LEAD)
        if not (same or beside):
            break
        if named := event_days(passage, at, oldest):
            return named[-1]
    behind = range(index + 1, min(index + 1 + FURTHEST_AHEAD, len(passage.sentences))) if index <= LEAD else ()
    ahead = [day for at in behind for day in event_days(passage, at, oldest)]
    return next((day for day in ahead if day >= passage.published - STILL_NEWS), ahead[0] if ahead else None)


LEAD = 1
"""The last sentence of a heading and lead, which leave the day to what follows."""
FURTHEST_AHEAD = 4
FURTHEST_BACK = 3
"""Sentences back to the one that tells the day of all that follows it in a paragraph."""


def event_days(passage: Passage, index: int, oldest: date) -> list[date]:
    """The recent days that a sentence names for what happened, in order."""
    sentence = passage.sentences[index]
    if TO_COME.search(passage.plain, sentence.start, sentence.end):
        return []
    return [
        m.last
        for m in passage.days(index)
        if m.kind == "day" and m.first == m.last and oldest <= m.last <= passage.published
        if dates_event(passage, m) and not provoking(passage, index, m) and not of_before(passage, m)
    ]


OF_AN_ATTACK = re.compile(
    r"(?:'s)? (?:[\w-]{1,12} )?(?:strikes?|raids?|airstrikes?|attacks?|bombing|bombardment|blasts?)(?!\w)"
)
STILL_NEWS = timedelta(days=3)


def of_before(passage: Passage, mention: DayMention) -> bool:
    """Is it the day of an attack told of by its day some days later, "Saturday's bombing", and of nothing else?"""
    told = mention.last < passage.published - STILL_NEWS and mention.word.endswith("'s")
    return told and OF_AN_ATTACK.match(passage.plain, mention.end) is not None


TO_COME = re.compile(r"(?<!\w)(?:would|will|plans? to|threaten\w{0,3}|vow\w{0,3})(?!\w)")
SOME_LENGTH = 4
"""Sentences: a brief of fewer speaks of several things."""
DAYS_AFTER = re.compile(
    r"(?<!\w)(?P<count>\d{1,2}|an?|one|two|three|four|five|six|seven) (?P<unit>days?|weeks?) after "
    r"(?:[\w'-]{1,20} ){0,7}\Z"
)


def days_before(passage: Passage, index: int, start: int) -> date | None:
    """The day of what is told as gone by: "six days after their leader was killed", told on the day itself."""
    said = DAYS_AFTER.search(passage.plain, max(passage.sentences[index].start, start - 120), start)
    if said is None:
        return None
    count = NUMBER_WORDS.get(said["count"]) or int(said["count"])
    return days_back(passage.published, count * (7 if said["unit"].startswith("week") else 1))
