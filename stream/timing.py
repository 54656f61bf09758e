"""Which times date an event, and whether they make it news.

News is of 7 days before publication, a flow of displaced people of 30 (codebook).
"""

import re
from datetime import timedelta

from stream.dates import DayMention
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
    if KNOWN_FOR.search(passage.plain, max(0, mention.start - 80), mention.start):
        return False
    if mention.kind == "since" and OF_A_TRUCE.search(passage.plain, max(0, mention.start - 24), mention.start):
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


KNOWN_FOR = re.compile(
    r"(?<!\w)(?:(?:best|well|widely|better|mostly) (?:known|remembered)|notorious|famous) (?:for|as)"
    r" (?:[\w'-]{1,20} ){0,8}\Z"
)
"""Before a time that only tells what a place is known for: "a town best known for the attack of 2017"."""
OF_A_TRUCE = re.compile(r"(?<!\w)(?:truce|cease-?fire|agreement|deal|blockade|siege) \Z")
"""Before "since": so long has there been a truce."""
COMPARED = re.compile(
    r"(?<!\w)(?:(?:largest|biggest|highest|heaviest|worst|deadliest|fastest|greatest|bloodiest)"
    r"(?: (?!was |were |is |came |took |happened |occurred )[\w'-]{1,20}){0,8}"
    r"|(?:up|down|r[io]sen?|compared) (?:from|with|to) (?:about |some |around |just |nearly )?[\d,.]{1,12}"
    r"(?: [\w'-]{1,20}){0,3})"
    r" (?:in |at |since |so far )?(?:the )?\Z"
)
"""Before a time that only says how much this is: "the largest exodus this year", "up from 37,000 in March"."""
SAID = re.compile(
    r"(?<!\w)(?:said|says|told (?:(?!that )[\w'.-]{1,16} ){1,3}|announced|confirmed|acknowledged|admitted|conceded"
    r"|claimed|stated|disclosed|published (?:[\w'-]{1,16} ){0,4}"
    r"|(?:r[io]sen?|climbed|stood|reached|gone up|went up) (?:to |at )?(?:[\w,'-]{1,12} ){0,5})"
    r"(?: in a statement(?: issued)?| by (?:tele)?phone)? ?(?:on |late |early |late on )?\Z"
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


def provoking(passage: Passage, index: int, mention: DayMention) -> bool:
    """Does it date what came before: "bombed X after rockets were fired on Sunday"?"""
    first, _ = passage.clause(index, mention.start, mention.end)
    return PROVOKED.search(passage.plain, max(passage.sentences[index].start, first - 24), first) is not None
