"""Days, periods, months and years that a text names, resolved against its publication day (UTC)."""

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date

from stream.relative_days import NUMBER_WORDS, WEEKDAYS, DayKind, Resolved, days_back, relative
from stream.vocabulary import word_set


@dataclass(frozen=True, slots=True)
class DayMention:
    """`text[start:end] == word` names the days from `first` to `last`, both inside.

    `certain` says that the words fix these very days. Kinds: `day` one day; `period` several days up to the last;
    `since` from `first` to the publication day; `month` and `year` calendar units; `vague_past` "years ago",
    "recently"; `ordinal` an anniversary or "for a third day", which fixes no day (`first` and `last` are publication).
    """

    start: int
    end: int
    first: date
    last: date
    certain: bool
    word: str
    kind: DayKind


_MONTHS = list(calendar.month_name)[1:]
_COUNT = rf"(?:\d{{1,3}}|{'|'.join(sorted(NUMBER_WORDS, key=len, reverse=True))}|a (?:few|couple of))"
_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?"
    r"|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_D = r"(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_Y = r"(?:19|20)\d\d"
_TO = r"[ ]?(?:and|to|until|till|through|or|&|-|–|—|/)[ ]?"
_UNIT = r"(?:hour|day|night|week|fortnight|month|year|decade)s?"
_ATOM = re.compile(
    rf"(?:(?<![\w-])|(?<=[ (][Mm]id-)|(?<=[ (][Ll]ate-)|(?<=[ (][Ee]arly-))(?:"
    rf"(?P<iso>{_Y}-(?:0[1-9]|1[0-2])-(?:3[01]|[12]\d|0[1-9]))"
    rf"|(?:the[ ])?(?P<d1>{_D})(?:{_TO}(?P<d2>{_D}))?[ ](?:of[ ])?(?P<dm>{_MONTH})(?:,?[ ](?P<dy>{_Y}))?"
    rf"|(?P<mm>{_MONTH})[ ](?P<m1>{_D})(?:{_TO}(?P<m2>{_D})(?![ ](?:{_MONTH}|people|killed)))?(?:,?[ ](?P<my>{_Y}))?"
    rf"|(?P<lonemonth>{_MONTH})(?:,?[ ](?P<loneyear>{_Y}))?(?![ ]?\d)"
    rf"|(?P<weekday>{'|'.join(WEEKDAYS)})(?:s|[’']s)?(?P<night>[ ]night)?"
    rf"|(?P<word>(?i:the day before yesterday|yesterday|today|tonight|overnight|tomorrow|last night|this "
    rf"(?:morning|afternoon|evening)|earlier today))"
    rf"|(?P<prior>(?i:(?P<priorn>{_COUNT}) (?P<prioru>day|night|week)s? (?:before(?=[.,;:]|\Z)|earlier(?! than))))"
    rf"|(?P<ago>(?i:(?:(?P<agon>{_COUNT})[ ])?(?P<agou>{_UNIT})[ ]ago))"
    rf"|(?P<span>(?i:(?:(?P<spanlead>past|last|previous|preceding|recent)[ ])?(?P<spann>{_COUNT})[ "
    rf"-](?P<spanu>hour|day|night|week|month|year)s?))(?![\w-])"
    rf"|(?P<unit>(?i:(?P<unitwhich>last|this|past|previous|recent)[ ](?P<unitu>weekend|week|months?|years?"
    rf"|summer|winter|spring|autumn|fall|days|weeks|decades?|century)))"
    rf"|(?P<weekend>(?i:the weekend))"
    rf"|(?P<edge>(?i:(?:start|beginning|turn) of (?:the|this) (?P<edgeunit>year|month|week)))"
    rf"|(?P<eve>(?i:the (?:day before|previous day))(?=[.,;:]|\Z))"
    rf"|(?P<vague>(?i:recently|(?:several|many|some) (?:months|years|decades) (?:ago|earlier)|(?:weeks|months"
    rf"|years|decades) (?:ago|earlier|before)|previously|historically|long ago))"
    rf"|(?P<ordinal>(?i:(?:\d{{1,3}}(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth"
    rf"|tenth)(?:-year)?[ ](?:anniversary|(?:straight|consecutive|successive)?[ ]?day\b)|anniversary))"
    rf"|(?P<decade>(?:19|20)\d0)s"
    rf"|(?P<year>{_Y})(?![\d,.]\d|[ ]?(?:%|km|people|troops|soldiers|refugees|civilians|families|metres|meters"
    rf"|miles|[a-z]+[ians]ans\b)|[-–]\d{{3}})"
    rf")(?!\w)"
)
_SINCE = re.compile(
    r"(?:since|ever since|(?<!was )(?<!were )(?:starting|beginning)(?: on)?)[ ]"
    r"(?:at least[ ]|about[ ]|around[ ]|on[ ]|the[ ]|then[ ])?\Z",
    re.IGNORECASE,
)
_PAIR = re.compile(r",?[ ]?(?:and|to|until|till|through|up to|-|–|—)[ ]?(?:on[ ]|the[ ]|late[ ]|early[ ])?\Z")
_PAIR_LEAD = re.compile(r"(?:between|from)[ ](?:late[ ]|early[ ]|mid-?)?\Z", re.IGNORECASE)


def days(text: str, published: date, start: int = 0, end: int | None = None) -> list[DayMention]:
    """The mentions of time in `text[start:end]`, in order and apart; offsets count in `text`.

    A weekday is the last one up to the publication day; a day or month without a year is the last one up to then, a day
    within a month ahead excepted. "From ... to" and "between ... and" make one period.
    """
    end = len(text) if end is None else min(end, len(text))
    found: list[DayMention] = []
    for match in _ATOM.finditer(text, start, end):
        mention = _resolve(text, match, published)
        if mention is None:
            continue
        mention = _since(text, mention, published, start)
        before = found[-1] if found else None
        beside = before is not None and text[before.end : mention.start] == " "
        if before is not None and beside and before.kind == "month" and mention.word.lower() == "this year":
            continue  # "in March this year" is March
        if before is not None and _PAIR.fullmatch(text[before.end : mention.start]) and before.first > mention.last:
            before = _week_before(before, mention)
        if before is not None and _makes_period(text, before, mention, start):
            found[-1] = _period(text, before, mention)
        else:
            found.append(mention)
    return found


def _makes_period(text: str, a: DayMention, b: DayMention, floor: int) -> bool:
    if b.start - a.end > 12 or a.kind in {"since", "ordinal"} or b.kind not in {"day", "month", "year"}:
        return False
    joint = text[a.end : b.start]
    if not _PAIR.fullmatch(joint):
        return False
    led = _PAIR_LEAD.search(text[max(floor, a.start - 16) : a.start]) is not None
    return a.first <= b.last and ("and" not in joint or led) and (led or a.kind == b.kind)


def _week_before(a: DayMention, b: DayMention) -> DayMention:
    """ "From Friday to Monday", said on a Tuesday: the Friday before that Monday."""
    if a.word.split()[-1].rstrip("s") in WEEKDAYS and 0 < (a.first - b.last).days < 7:
        return replace(a, first=days_back(a.first, 7), last=days_back(a.last, 7))
    return a


def _period(text: str, a: DayMention, b: DayMention) -> DayMention:
    return DayMention(a.start, b.end, a.first, b.last, a.certain and b.certain, text[a.start : b.end], "period")


def _since(text: str, mention: DayMention, published: date, floor: int) -> DayMention:
    lead = _SINCE.search(text[max(floor, mention.start - 24) : mention.start])
    begins = mention.word.lower().startswith("since ")
    if (lead is None and not begins) or mention.kind == "ordinal":
        return mention
    start = mention.start if lead is None else mention.start - len(lead.group())
    last = max(published, mention.first)
    return replace(mention, start=start, word=text[start : mention.end], last=last, kind="since")


def _resolve(text: str, match: re.Match[str], published: date) -> DayMention | None:
    lead = _LEAD.search(text, max(0, match.start() - _LEAD_LENGTH), match.start())
    words = lead.group().lower().split() if lead else []
    if lead and words and words[-1].endswith("-"):
        words[-1] = words[-1][:-1]
    resolved = _calendar(match, words, published) or relative(match, words, published)
    if resolved is None:
        return None
    first, last, certain, kind = resolved
    start = match.start()
    if lead and match.group("lonemonth") and _part(words) in _EDGES.values():
        start = lead.start()  # "since the end of August"
    elif lead and (match.group("span") or match.group("unit") or match.group("weekend") or words[-1] in _KEPT):
        start = lead.start() if words[-1] != "the" or words[0] in _KEPT or match.group("span") else start
    return DayMention(start, match.end(), first, last, certain, text[start : match.end()], kind)


_LEAD = re.compile(
    r"(?<![\w-])(?:(?:in|over|during|within|for|of|since|from|until|by|through|to|between|and|a|the|every|each"
    r"|before|after|at|on)(?: the)?|(?:(?:the )?(?:end|beginning|start) of)"
    r"|(?:(?:in|since|from|until|by) )?(?:the )?(?:late|early|mid|earlier|later|last|this|next|past|previous))[ -]\Z",
    re.IGNORECASE,
)
"""The small words before a mention that say how it is meant."""
_LEAD_LENGTH = 24
_KEPT = word_set("late early mid earlier later last this next past previous")


_EDGES = {"end": "late", "beginning": "early", "start": "early"}


def _part(lead: list[str]) -> str:
    """Which part of a month the words before it tell: "late", or "the end of"."""
    if lead[-1:] == ["of"] and len(lead) > 1:
        return _EDGES.get(lead[-2], "of")
    return lead[-1] if lead else ""


def _calendar(match: re.Match[str], lead: list[str], published: date) -> Resolved | None:
    """What a date, a month or a year fixes."""
    group = match.groupdict()
    if group["iso"]:
        exact = _safe(int(group["iso"][:4]), int(group["iso"][5:7]), int(group["iso"][8:]))
        return None if exact is None else (exact, exact, True, "day")
    for one, two, month, year in (("d1", "d2", "dm", "dy"), ("m1", "m2", "mm", "my")):
        if group[one]:
            return _month_days(group[one], group[two], group[month], group[year], published)
    if group["lonemonth"]:
        if not lead and not group["loneyear"]:
            return None  # "May" and "March" are words, too
        return _month(group["lonemonth"], group["loneyear"], _part(lead), published)
    if group["decade"]:
        decade = int(group["decade"])
        return date(decade, 1, 1), date(decade + 9, 12, 31), False, "year"
    if group["year"]:
        year_number = int(group["year"])
        return date(year_number, 1, 1), date(year_number, 12, 31), False, "year"
    return None


def _month_number(word: str) -> int:
    return next(number for number, name in enumerate(_MONTHS, 1) if name.startswith(word.rstrip(".")[:3]))


def _safe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month_days(one: str, two: str | None, month: str, year: str | None, published: date) -> Resolved | None:
    number = _month_number(month)
    day = int(re.sub(r"\D", "", one))
    until = int(re.sub(r"\D", "", two)) if two else day
    exact = _safe(int(year) if year else published.year, number, until)
    first = _safe(int(year) if year else published.year, number, day)
    if exact is None or first is None:
        return None
    if not year and exact > days_back(published, -31):
        exact, first = _safe(published.year - 1, number, until), _safe(published.year - 1, number, day)
        if exact is None or first is None:
            return None
    if first > exact:
        return exact, exact, True, "day"
    return first, exact, True, "day" if first == exact else "period"


def _month(word: str, year: str | None, part: str, published: date) -> Resolved:
    number = _month_number(word)
    chosen = int(year) if year else max(1, published.year - (number > published.month))
    if not year and part == "next":
        chosen = min(9999, published.year + (number <= published.month))
    elif not year and part == "last" and number == published.month:
        chosen = max(1, published.year - 1)
    length = calendar.monthrange(chosen, number)[1]
    first, last = {"early": (1, 10), "mid": (11, 20), "late": (21, length)}.get(part, (1, length))
    return date(chosen, number, first), date(chosen, number, last), False, "month"
