"""The dateline: where and when copy was filed, in the styles of the agencies."""

import re
from dataclasses import dataclass

from stream.vocabulary import word_set


@dataclass(frozen=True, slots=True)
class Dateline:
    """Weak evidence of place, since it may be the writer's desk.

    `text[start:end]` is the whole dateline with its separator; `place_words` (which begin at `place_start`), `agency`
    and `day` are as written, null when the dateline has none (`April 14 (Reuters) -`).
    """

    start: int
    end: int
    place_words: str | None
    place_start: int | None
    agency: str | None
    day: str | None


_GAP = r"[ \xa0]"
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|janv|févr|avr|juin|juil|août|déc)\b\.?"
)
_DAY = (
    rf"(?:(?:\d{{1,2}}{_GAP}{_MONTH}|{_MONTH}{_GAP}\d{{1,2}})(?:,?{_GAP}\d{{4}})?"
    rf"|\d{{1,2}}[-./]\d{{1,2}}[-./]\d{{4}})"
)
_AGENCY = r"\((?P<agency>[A-ZÀ-Þa-z&][\w.&/ -]{1,40}?)\)"
_SEPARATOR = r"\s{0,2}(?:\.-|--|[-–—_:])(?=\s|[A-ZÀ-Þ\"“])"
_REGIONS = (
    rf"(?:,{_GAP}(?!{_MONTH})[A-ZÀ-Þ][\w'’.-]*(?:{_GAP}[A-ZÀ-Þ][\w'’.-]*){{0,3}}){{0,2}}"
    rf"(?:{_GAP}\((?=[A-ZÀ-Þ][a-zà-ÿ]{{2}})(?!Reuters|Xinhua|Kyodo|Interfax|Anadolu)[\w '’-]{{3,30}}\))?"
)
_CAPITALS = re.compile(rf"[A-ZÀ-Þ'’.]{{2,}}(?:[ \xa0/-]{{1,2}}[A-ZÀ-Þ'’.]{{2,}})*{_REGIONS}")
_NAMES = re.compile(
    rf"(?!{_MONTH})[A-ZÀ-Þ][\w'’-]*(?:[ \xa0/-](?:[A-ZÀ-Þ][\w'’-]*|de|del|la|al|el|of|the|and)){{0,5}}{_REGIONS}"
)
_TAIL = re.compile(rf"(?:,?{_GAP}?(?P<day>{_DAY}),?)?(?:,?{_GAP}?{_AGENCY})?(?P<separator>{_SEPARATOR})?\s*")
_LEADING_AGENCY = re.compile(rf"{_AGENCY}\s?[-–—_]\s?(?P<place>[A-ZÀ-Þ][\w'’ /-]{{1,40}}?)\s*(?:[,–—_\n]|\s-\s|\Z)\s*")
_IN_BRACKETS = re.compile(
    rf"\((?P<place>[A-ZÀ-Þ][a-zà-ÿ][\w'’ -]{{1,24}}(?:/[A-ZÀ-Þ][\w'’ -]{{2,24}})?)\){_GAP}(?=[A-ZÀ-Þ\"“])"
)
"""A dateline all in brackets: "(Yangon/Jakarta) Myanmar's ..."."""
_KNOWN = word_set(
    "ap afp reuters upi dpa efe ansa tass itar-tass interfax xinhua kyodo anadolu aa sana irna wafa petra mena "
    "ria ukrinform unian bbc cnn pti ani ians app irin ocha un tca nna spa qna kuna yonhap kcna"
)
_HEAD_LINES = 4
_HEAD_LENGTH = 140


def dateline(text: str) -> Dateline | None:
    """The dateline in the first lines of `text`, or null.

    `place[, region][ (country)][, date] [(AGENCY[/AGENCY])] separator`, the place in capitals or with an agency or a
    date beside it, so that "Israeli-Palestinian conflict: ..." is none; `(ANSA) - NAPOLI`; a date and agency alone.
    """
    start = 0
    for _ in range(_HEAD_LINES):
        stop = text.find("\n", start)
        stop = len(text) if stop < 0 else stop
        found = _at(text, start, min(stop + 1, len(text), start + _HEAD_LENGTH))
        if found is not None or stop >= len(text):
            return found
        start = stop + 1
    return None


def _at(text: str, start: int, end: int) -> Dateline | None:
    while start < end and text[start].isspace():
        start += 1
    leading = _LEADING_AGENCY.match(text, start, end)
    if leading:
        place = leading.group("place")
        return Dateline(start, leading.end(), place, leading.start("place"), leading.group("agency"), None)
    bracketed = _IN_BRACKETS.match(text, start, end)
    if bracketed and bracketed.group("place").lower() not in _KNOWN:
        place_words = bracketed.group("place")
        return Dateline(start, bracketed.end(), place_words, bracketed.start("place"), None, None)
    for pattern in (_CAPITALS, _NAMES):
        place = pattern.match(text, start, end)
        tail = _TAIL.match(text, place.end(), end) if place else None
        if place and tail and _is_dateline(tail, capitals=pattern is _CAPITALS):
            if place.group().lower() in _KNOWN:  # "AP - It was ..."
                return Dateline(start, tail.end(), None, None, place.group(), tail.group("day"))
            return Dateline(start, tail.end(), place.group(), start, tail.group("agency"), tail.group("day"))
    tail = _TAIL.match(text, start, end)
    if tail and tail.group("day") and tail.group("agency"):
        return Dateline(start, tail.end(), None, None, tail.group("agency"), tail.group("day"))
    return None


def _is_dateline(tail: re.Match[str], *, capitals: bool) -> bool:
    """Is what follows the place the rest of a dateline?"""
    separator, agency = tail.group("separator"), tail.group("agency")
    following = tail.string[tail.end() : tail.end() + 1]
    if agency is not None and not (agency[0].islower() and _KNOWN.isdisjoint(agency.lower().split("/"))):
        known = agency.split("/")[0].strip().lower() in _KNOWN
        return separator is not None or (known and not following.islower())
    if separator is None and capitals and tail.group("day") is not None:  # "SANAA, Sept 21 At least": the dash was lost
        return following.isupper()
    if separator is None or not tail.group()[-1].isspace():  # "ODM-Kenya"
        return False
    return capitals or (tail.group("day") is not None and ":" not in separator)
