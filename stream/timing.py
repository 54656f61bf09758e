"""When it was: the day that the words of an event name, and whether it makes them news.

News is of 7 days before publication, a flow of displaced people of 30 (codebook).
"""

import re
from datetime import date, timedelta

from stream.dates import NUMBER_WORDS, DayMention
from stream.passages import Passage
from stream.signals import Status

RECENT = timedelta(days=7)
RECENT_FLOW = timedelta(days=30)


FURTHEST_DATE = 14
"""Words between an event and a day that dates it."""


FIRST_SINCE = ("first", "worst", "deadliest", "latest", "biggest", "largest", "heaviest", "bloodiest", "most ")


def by_days(passage: Passage, index: int, start: int, end: int, *, recent: timedelta) -> tuple[Status, str]:
    """New or background by the days named in the clause."""
    first, last = passage.clause(index, start, end)
    mentions = [
        m
        for m in passage.days(index)
        if (first <= m.start < last or m.start < first <= m.end or follows_since(passage, last, m.start))
        and (dates_event(passage, m) or named_year(passage, m, start))
        and max(passage.words_between(end, m.start), passage.words_between(m.end, start)) <= FURTHEST_DATE
        and not (
            m.kind in ("month", "year")
            and not m.word.lower().endswith("ago")
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
        return ("background", "past") if long_after(passage, index, recent) else ("new", "reported")
    mention = min(mentions, key=lambda m: (m.start < start and m.kind == "day", max(m.start - end, start - m.end)))
    oldest = passage.published - recent
    if mention.kind == "vague_past":
        word = mention.word.lower()
        return ("new", "reported") if "recent" in word or "days" in word else ("background", "past")
    if mention.kind == "since" or (mention.start > last and passage.plain.startswith("since ", last)):
        before = passage.plain[first:start] + passage.plain[end : mention.start]
        if (
            mention.first >= oldest
            or any(word in before for word in FIRST_SINCE)
            or passage.words_between(end, mention.start) > 14
        ):
            return "new", "reported"
        return "background", "cumulative"
    if mention.last < oldest:
        return "background", "past"
    if mention.kind == "period" and recent > RECENT and mention.first < oldest - timedelta(days=14):
        return "background", "cumulative"
    if mention.first > passage.published + timedelta(days=1):
        return "hypothetical", "future"
    if mention.kind == "year" and mention.first < oldest:
        return "background", "cumulative"
    return "new", "reported"


RELATIVE = re.compile(r"(?<!\w)(?:in |during )?(?:which|whose|where|who|when) ?\Z")
"""A clause that goes on about what the one before it dates."""


SINCE_LENGTH = 64


def named_year(passage: Passage, mention: DayMention, start: int) -> bool:
    """Is it the year of the words themselves: "a 2019 airstrike"?"""
    return (
        mention.kind == "year"
        and 0 <= start - mention.end <= 1
        and passage.plain.endswith((" a ", " an ", " the "), 0, mention.start)
    )


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
    if mention.kind == "ordinal" or awaited(passage, mention) or of_saying(passage, mention):
        return False
    if mention.kind != "day" and COMPARED.search(passage.plain, max(0, mention.start - 120), mention.start):
        return False
    if mention.kind == "day" and OF_A_DEAL.search(passage.plain, max(0, mention.start - 120), mention.start):
        return False
    if mention.kind == "year" and mention.word.strip().isdigit():
        return (
            passage.phrase("dating_year").search(passage.plain, max(0, mention.start - 32), mention.start) is not None
        )
    return True


COMPARED = re.compile(
    r"(?<!\w)(?:(?:largest|biggest|highest|heaviest|worst|deadliest|fastest|greatest|bloodiest)"
    r"(?: (?!was |were |is |came |took |happened |occurred )[\w'-]{1,20}){0,8}"
    r"|(?:up|down|r[io]sen?|compared) (?:from|with|to) (?:about |some |around |just |nearly )?[\d,.]{1,12}"
    r"(?: [\w'-]{1,20}){0,3})"
    r" (?:in |at |since |so far )?(?:the )?\Z"
)
"""Before a time that only says how much this is: "the largest exodus this year", "up from 37,000 in March"."""
SAID = re.compile(
    r"(?<!\w)(?:said|says|told (?:[\w'.-]{1,16} ){1,3}|announced|confirmed|acknowledged|admitted|conceded|claimed"
    r"|stated|disclosed|published (?:[\w'-]{1,16} ){0,4}"
    r"|(?:r[io]sen?|climbed|stood|reached|gone up|went up) (?:to |at )?(?:[\w,'-]{1,12} ){0,5})"
    r"(?: in a statement(?: issued)?)? ?(?:on |late |early |late on )?\Z"
)
"""Before the day of the saying: "officials said Thursday"."""


def of_saying(passage: Passage, mention: DayMention) -> bool:
    """Is it the day on which somebody tells of what happened?"""
    if mention.kind != "day" or mention.word.lower() in ("today", "yesterday"):
        return False
    return SAID.search(passage.plain, max(0, mention.start - 40), mention.start) is not None


OF_A_DEAL = re.compile(
    r"(?<!\w)(?:cease-?fire|truce|agreement|accord|deal|cessation)(?!\w)[^.;:]{0,50}?(?<!\w)"
    r"(?:(?:went|gone|came|come|go) into (?:effect|force)|t(?:ook|aken?) effect"
    r"|(?:was |were )?(?:signed|agreed|brokered|reached|declared|announced|concluded|mediated)|beg[au]n|started)"
    r"(?: (?!and|but|when|after)[\w.:-]{1,12}){0,4} ?\Z"
)
"""Before a day: the day of the deal that was broken, and not of the breach."""
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


LONG_AFTER = timedelta(days=90)


def long_after(passage: Passage, index: int, recent: timedelta) -> bool:
    """Does the sentence name only long past days, of what provoked it: "jets bombed camps after an attack in 2015"?"""
    dated = [m for m in passage.days(index) if m.kind in ("day", "month", "year", "period") and dates_event(passage, m)]
    long = min(LONG_AFTER, recent) if recent > RECENT else LONG_AFTER
    return bool(dated) and all(m.last < passage.published - long and provoking(passage, index, m) for m in dated)


def only_day(passage: Passage, oldest: date) -> date | None:
    """The one recent day that a story of some length names for what happened, or null: then an event for which its own
    sentence names none was on that day.
    """
    if len(passage.sentences) < SOME_LENGTH:
        return None
    found = {
        m.last
        for index, sentence in enumerate(passage.sentences[:40])
        if not TO_COME.search(passage.plain, sentence.start, sentence.end)
        for m in passage.days(index)
        if m.kind == "day" and m.first == m.last and oldest <= m.last <= passage.published
        if dates_event(passage, m) and not provoking(passage, index, m) and not of_before(passage, m)
    }
    return found.pop() if len(found) == 1 else None


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
    return passage.published - timedelta(days=count * (7 if said["unit"].startswith("week") else 1))


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
    gone = days_before(passage, index, start)
    if not inside and gone is not None and gone >= oldest:
        return gone, True, None
    inside = inside or [m for m in mentions if not provoking(passage, index, m)]
    if not inside:
        told = passage.known("day", lambda: only_day(passage, oldest)) if recent == RECENT else None
        return told or passage.published, False, None
    mention = min(inside, key=lambda m: max(m.start - end, start - m.end))
    if (
        mention.kind == "day"
        and mention.start > end
        and re.search(r"(?<!\w)since(?!\w)", passage.plain[end : mention.start])
    ):
        return passage.published, False, (mention.first, passage.published)
    period = (mention.first, mention.last) if mention.first != mention.last or mention.kind == "since" else None
    return mention.last, mention.certain and mention.kind == "day", period


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
