"""What words like "yesterday", "last week" and "three days ago" mean on the day a text was published."""

import calendar
import re
from datetime import date
from typing import Literal

DayKind = Literal["day", "period", "since", "month", "year", "vague_past", "ordinal"]
Resolved = tuple[date, date, bool, DayKind]
"""The first and the last day, whether the words fix these very days, and the kind of mention."""
WEEKDAYS = list(calendar.day_name)
NUMBER_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "couple of": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30,
    "several": 3, "few": 3,
}  # fmt: skip


def relative(match: re.Match[str], lead: list[str], published: date) -> Resolved | None:
    """What the words of a match (named groups of `stream.dates`) mean, with the small words before them; or null."""
    group = match.groupdict()
    if group["weekday"]:
        return _weekday(group["weekday"], lead[-1] if lead else "", published)
    if group["word"]:
        word = group["word"].lower()
        shift = {"yesterday": -1, "the day before yesterday": -2, "tomorrow": 1, "last night": -1}.get(word, 0)
        day = days_back(published, -shift)
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
        monday, unit = days_back(published, published.weekday()), group["edgeunit"].lower()
        day = {"year": date(published.year, 1, 1), "month": published.replace(day=1)}.get(unit, monday)
        return day, day, True, "day"
    if group["eve"]:
        return days_back(published, 1), days_back(published, 1), False, "day"
    if group["prior"]:
        day = days_back(published, (_number(group["priorn"]) or 1) * _LENGTHS[(group["prioru"] or "day").lower()])
        return day, day, False, "day"
    if group["vague"]:
        recent = "recent" in group["vague"].lower()
        return days_back(published, 30 if recent else 365), published, False, "period" if recent else "vague_past"
    return (published, published, False, "ordinal") if group["ordinal"] else None


def _weekday(name: str, which: str, published: date) -> Resolved:
    back = (published.weekday() - WEEKDAYS.index(name)) % 7
    if which == "next":
        back -= 7
    elif which in {"last", "past", "previous"} and back == 0:
        back = 7
    day = days_back(published, back)
    return day, day, True, "day"


def _weekend(published: date) -> Resolved:
    sunday = days_back(published, (published.weekday() + 1) % 7)
    if published.weekday() == 5:
        return published, published, True, "period"
    return days_back(sunday, 1), sunday, True, "period"


def _number(words: str | None) -> int | None:
    if words is None:
        return None
    small = words.lower().removeprefix("a ") if words.lower() not in {"a"} else "a"
    return int(small) if small.isdigit() else NUMBER_WORDS.get(small)


_LENGTHS = {"hour": 0, "day": 1, "night": 1, "week": 7, "fortnight": 14, "month": 30, "year": 365, "decade": 3650}


def days_back(published: date, count: int) -> date:
    """`count` days before (after, if negative), within the calendar's ends."""
    return date.fromordinal(min(max(1, published.toordinal() - count), date.max.toordinal()))


def _ago(words: str | None, unit: str, published: date) -> Resolved:
    count = _number(words)
    if count is None:
        return days_back(published, max(3, 3 * _LENGTHS[unit])), published, False, "vague_past"
    day = days_back(published, count // 24 if unit == "hour" else count * _LENGTHS[unit])
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
    return days_back(published, length), published, unit in {"hour", "day"}, "period"


def _unit(which: str, unit: str, published: date) -> Resolved:
    now = which == "this"
    if which in {"past", "recent"} and unit in _LENGTHS:
        return days_back(published, _LENGTHS[unit]), published, unit == "week", "period"
    monday = days_back(published, published.weekday())
    if unit == "week":
        first = monday if now else days_back(monday, 7)
        return first, (published if now else days_back(first, -6)), False, "period"
    if unit == "weekend":
        return _weekend(published)
    if unit == "month":
        last = published if now else days_back(published.replace(day=1), 1)
        return last.replace(day=1), last, False, "month"
    if unit == "year":
        year = published.year if now else published.year - 1
        return date(max(1, year), 1, 1), (published if now else date(max(1, year), 12, 31)), False, "year"
    if unit in {"days", "weeks"}:
        return days_back(published, 7 if unit == "days" else 28), published, False, "period"
    return days_back(published, 365), published, False, "vague_past"
