"""Days, periods, months and years that a text names, resolved against its publication day (UTC)."""

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from stream.vocabulary import word_set

DayKind = Literal["day", "period", "since", "month", "year", "vague_past", "ordinal"]


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


_DAYS = list(calendar.day_name)
_MONTHS = list(calendar.month_name)[1:]
NUMBER_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "couple of": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30,
    "several": 3, "few": 3,
}  # fmt: skip
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
    rf"|(?P<weekday>{'|'.join(_DAYS)})(?:s|[’']s)?(?P<night>[ ]night)?"
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
    if a.word.split()[-1].rstrip("s") in _DAYS and 0 < (a.first - b.last).days < 7:
        return replace(a, first=_back(a.first, 7), last=_back(a.last, 7))
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
    resolved = _calendar(match, words, published) or _relative(match, words, published)
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


Resolved = tuple[date, date, bool, DayKind]


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
    if not year and exact > _back(published, -31):
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


def _relative(match: re.Match[str], lead: list[str], published: date) -> Resolved | None:
    """What words like "yesterday", "last week" and "three days ago" mean on the publication day."""
    group = match.groupdict()
    if group["weekday"]:
        return _weekday(group["weekday"], lead[-1] if lead else "", published)
    if group["word"]:
        word = group["word"].lower()
        shift = {"yesterday": -1, "the day before yesterday": -2, "tomorrow": 1, "last night": -1}.get(word, 0)
        day = _back(published, -shift)
        return day, day, word not in {"overnight", "last night"}, "day"
    if group["ago"]:
        return _ago(group["agon"], group["agou"].lower().rstrip("s"), published)
    if group["span"]:
        return _span(group, lead, published)
    if group["unit"]:
        which = group["unitwhich"].lower()
        the = which == "last" and lead[-1:] == ["the"]
        return _unit("past" if the else which, group["unitu"].lower(), published)
    if group["weekend"]:
        return _weekend(published) if lead[:1] and lead[0] in {"over", "during", "at", "on", "in", "since"} else None
    if group["edge"]:
        monday, unit = _back(published, published.weekday()), group["edgeunit"].lower()
        day = {"year": date(published.year, 1, 1), "month": published.replace(day=1)}.get(unit, monday)
        return day, day, True, "day"
    if group["eve"]:
        return _back(published, 1), _back(published, 1), False, "day"
    if group["prior"]:
        day = _back(published, (_number(group["priorn"]) or 1) * _LENGTHS[(group["prioru"] or "day").lower()])
        return day, day, False, "day"
    if group["vague"]:
        recent = "recent" in group["vague"].lower()
        return _back(published, 30 if recent else 365), published, False, "period" if recent else "vague_past"
    return (published, published, False, "ordinal") if group["ordinal"] else None


def _weekday(name: str, which: str, published: date) -> Resolved:
    back = (published.weekday() - _DAYS.index(name)) % 7
    if which == "next":
        back -= 7
    elif which in {"last", "past", "previous"} and back == 0:
        back = 7
    day = _back(published, back)
    return day, day, True, "day"


def _weekend(published: date) -> Resolved:
    sunday = _back(published, (published.weekday() + 1) % 7)
    if published.weekday() == 5:
        return published, published, True, "period"
    return _back(sunday, 1), sunday, True, "period"


def _number(words: str | None) -> int | None:
    if words is None:
        return None
    small = words.lower().removeprefix("a ") if words.lower() not in {"a"} else "a"
    return int(small) if small.isdigit() else NUMBER_WORDS.get(small)


_LENGTHS = {"hour": 0, "day": 1, "night": 1, "week": 7, "fortnight": 14, "month": 30, "year": 365, "decade": 3650}


def _back(published: date, count: int) -> date:
    """`count` days before (after, if negative), within the calendar's ends."""
    return date.fromordinal(min(max(1, published.toordinal() - count), date.max.toordinal()))


def _ago(words: str | None, unit: str, published: date) -> Resolved:
    count = _number(words)
    if count is None:
        return _back(published, max(3, 3 * _LENGTHS[unit])), published, False, "vague_past"
    day = _back(published, count // 24 if unit == "hour" else count * _LENGTHS[unit])
    if unit == "year" and count < 150:
        chosen = max(1, published.year - count)
        return date(chosen, 1, 1), date(chosen, 12, 31), False, "year"
    if unit == "month":
        return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1]), False, "month"
    if unit in {"year", "decade"}:
        return day, day, False, "vague_past"
    return day, day, unit in {"hour", "day", "night"}, "day"


def _span(group: dict[str, str | None], lead: list[str], published: date) -> Resolved | None:
    """ "In the past six days", "in 24 hours": the days up to publication. "For three days" fixes none but the last."""
    count, unit = _number(group["spann"]), (group["spanu"] or "").lower()
    led = bool(lead) and lead[0] in {"in", "over", "during", "within"}
    if count is None or not (group["spanlead"] or led):
        return None
    if lead[:1] == ["in"] and not group["spanlead"] and unit not in {"hour", "day"}:
        return None  # "the worst attack in two years": a length of time, not a time
    length = max(0, -(-count // 24) - 1) if unit == "hour" else count * _LENGTHS[unit]
    return _back(published, length), published, unit in {"hour", "day"}, "period"


def _unit(which: str, unit: str, published: date) -> Resolved:
    now = which == "this"
    if which in {"past", "recent"} and unit in _LENGTHS:
        return _back(published, _LENGTHS[unit]), published, unit == "week", "period"
    monday = _back(published, published.weekday())
    if unit == "week":
        first = monday if now else _back(monday, 7)
        return first, (published if now else _back(first, -6)), False, "period"
    if unit == "weekend":
        return _weekend(published)
    if unit == "month":
        last = published if now else _back(published.replace(day=1), 1)
        return last.replace(day=1), last, False, "month"
    if unit == "year":
        year = published.year if now else published.year - 1
        return date(max(1, year), 1, 1), (published if now else date(max(1, year), 12, 31)), False, "year"
    if unit in {"days", "weeks"}:
        return _back(published, 7 if unit == "days" else 28), published, False, "period"
    return _back(published, 365), published, False, "vague_past"
