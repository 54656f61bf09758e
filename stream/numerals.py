"""One numeral, in digits or in words, to its value."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Numeral:
    """`text[start:end]` and what it says; `low` is null unless the numeral is vague ("dozens": 24, at least 12)."""

    start: int
    end: int
    value: float
    low: float | None = None
    digits: bool = False
    scaled: bool = False
    """A word or letter of scale stands in it: million, dozen, k."""


_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES = {
    "hundred": 100, "dozen": 12, "thousand": 1_000, "lakh": 100_000, "lakhs": 100_000, "million": 1_000_000,
    "crore": 10_000_000, "crores": 10_000_000, "billion": 1_000_000_000, "mln": 1_000_000, "mn": 1_000_000,
    "bn": 1_000_000_000, "k": 1_000, "m": 1_000_000,
}  # fmt: skip
_VAGUE = {
    "several": (3, 3), "few": (3, 3), "handful": (3, 3), "couple": (2, 2), "dozens": (24, 12), "scores": (40, 20),
    "tens": (20, 10), "hundreds": (200, 100), "thousands": (2_000, 1_000), "millions": (2_000_000, 1_000_000),
    "lakhs": (200_000, 100_000), "billions": (2_000_000_000, 1_000_000_000),
}  # fmt: skip
_MULTIPLIERS = {"thousands": 1_000, "millions": 1_000_000, "billions": 1_000_000_000}
STARTERS = sorted(
    {*_WORDS, *_TENS, *_VAGUE, "half", "hundred", "thousand", "million", "dozen", "score", "lakh", "crore"} - {"score"},
    key=len,
    reverse=True,
)
LARGEST = 9_999_999_999

_DIGITS = re.compile(
    r"\d{1,3}(?:,\d{2,3})*,\d{3}(?!\d)(?:\.\d{1,3}(?!\d))?"  # 12,000 and 1,20,000
    r"|\d{1,3}(?:[ \xa0\u202f]\d{3})+(?![\d,.]\d)(?!\d)"  # 12 000
    r"|\d{1,3}(?:\.\d{3}){2,}(?!\d)"  # 1.200.000
    r"|\d+(?:\.\d+)?"
)
_SCALE_AFTER = re.compile(
    r"(?:[ \xa0-]?(hundred|thousand|million|billion|lakhs?|crores?|mln|mn|bn)|(k|m)|[ \xa0](dozen))(?![\w])(?:[ "
    r"\xa0](thousand|million))?",
    re.IGNORECASE,
)
_NEXT = re.compile(r"[ \xa0\n-](?:and[ \xa0])?([A-Za-z]+)(?![\w])")
_HALF = re.compile(
    r"half[ -](?:of )?an?[ ](million|billion|thousand|hundred|dozen)(?!\w)|half-(million)(?!\w)", re.IGNORECASE
)
_AND_A_HALF = re.compile(r" and a half(?!\w)", re.IGNORECASE)
_QUARTER = re.compile(r"(quarter|three[ -]quarters)[ -]of[ -]a (million|billion)(?!\w)", re.IGNORECASE)
_OF_SCALE = re.compile(r" of (thousands|millions|billions|lakhs)(?!\w)", re.IGNORECASE)
_FIRST = re.compile(r"[A-Za-z]+")


def numeral(text: str, start: int, end: int) -> Numeral | None:
    """The longest numeral that begins at `start`, or null. Reads a bounded number of words."""
    if text[start].isdigit():
        return _in_digits(text, start, end)
    quarter = _QUARTER.match(text, start, end)
    if quarter:
        share = 0.25 if quarter.group(1).lower() == "quarter" else 0.75
        return Numeral(start, quarter.end(), share * _SCALES[quarter.group(2).lower()], scaled=True)
    half = _HALF.match(text, start, end)
    if half:
        return Numeral(start, half.end(), _SCALES[(half.group(1) or half.group(2)).lower()] / 2, scaled=True)
    first = _FIRST.match(text, start, end)
    if first is None:
        return None
    word = first.group().lower()
    return _vague(text, first, word, end) if word in _VAGUE else _in_words(text, start, first.end(), word, end)


def _in_digits(text: str, start: int, end: int) -> Numeral | None:
    match = _DIGITS.match(text, start, end)
    if match is None or match.end() - start > 16:
        return None
    written, stop = match.group(), match.end()
    groups = re.split(r"[ \xa0\u202f,]", written)
    if written.count(".") > 1:
        value = float(written.replace(".", ""))
    else:
        value = float("".join(groups))
    scale = _SCALE_AFTER.match(text, stop, end)
    scaled = False
    if scale and not (scale.group(2) and not _letter_is_scale(text, scale, written)):
        value *= _SCALES[(scale.group(1) or scale.group(2) or scale.group(3)).lower()]
        value *= _SCALES[scale.group(4).lower()] if scale.group(4) else 1
        stop, scaled = scale.end(), True
    elif _AND_A_HALF.match(text, stop, end):
        stop, value = stop + len(" and a half"), value + 0.5
        more = _SCALE_AFTER.match(text, stop, end)
        if more and more.group(1):
            stop, value, scaled = more.end(), value * _SCALES[more.group(1).lower()], True
    return Numeral(start, stop, value, digits=True, scaled=scaled)


def _letter_is_scale(text: str, scale: re.Match[str], written: str) -> bool:
    """ "1.2m people" are millions and "30k families" thousands; "500m away" is a distance."""
    if scale.group(2).lower() == "k":
        return True
    following = _PEOPLE_AHEAD.match(text, scale.end(), scale.end() + 60)
    return following is not None and not _DISTANCE_AHEAD.match(text, scale.end(), scale.end() + 20)


_PEOPLE_AHEAD = re.compile(
    r"(?:[ \xa0](?:of|the|its|their|more|other|new|[A-Za-z-]+(?:ly|ed|an|ian|i|ese)))*[ "
    r"\xa0](?:[A-Z][a-z]+(?:ians?|ans|is|ese)\b"
    r"|people|persons|refugees|civilians|displaced|uprooted|homeless|idps|residents|children|inhabitants|citizens"
    r"|evacuees|migrants|women|men|families|households|souls|palestinians|have|were|are|had|fled|living|forced"
    r"|in)(?!\w)",
    re.IGNORECASE,
)
_DISTANCE_AHEAD = re.compile(
    r"[ \xa0-](?:away|from|high|tall|long|wide|deep|below|above|north|south|east|west|in diameter)(?!\w)"
)


def _vague(text: str, first: re.Match[str], word: str, end: int) -> Numeral | None:
    best, low = _VAGUE[word]
    stop = first.end()
    of_scale = _OF_SCALE.match(text, stop, end)
    if of_scale and word in {"tens", "dozens", "scores", "hundreds", "thousands"}:
        factor = _VAGUE[of_scale.group(1).lower()][1]
        return Numeral(first.start(), of_scale.end(), best * factor, low * factor, scaled=True)
    if word in {"several", "few", "couple", "handful"}:
        couple = re.compile(r" of(?= (?:hundred|thousand|million|dozen)\b)", re.IGNORECASE).match(text, stop, end)
        stop = couple.end() if couple else stop
        scale = _NEXT.match(text, stop, end)
        factor = 1
        while scale and scale.group(1).lower() in {"hundred", "thousand", "million", "dozen", "hundreds", "thousands"}:
            factor *= _SCALES[scale.group(1).lower().rstrip("s")]
            stop = scale.end()
            scale = _NEXT.match(text, stop, end)
        if couple and factor == 1:
            stop = first.end()
        return Numeral(first.start(), stop, best * factor, low * factor, scaled=factor > 1)
    if word == "tens":
        return Numeral(first.start(), stop, best, low)
    return Numeral(first.start(), stop, best, low, scaled=True)


def _in_words(text: str, start: int, stop: int, word: str, end: int) -> Numeral | None:
    """Cardinal words: the part below the next scale is summed, a scale multiplies it."""
    total, current, scaled, last = 0.0, 0.0, False, ""
    here = stop
    for _ in range(12):
        if word in _WORDS and last != "unit" and not (last == "tens" and _WORDS[word] > 9):
            current, last = current + _WORDS[word], "unit"
        elif word in _TENS and last not in {"unit", "tens"}:
            current, last = current + _TENS[word], "tens"
        elif word in {"hundred", "dozen"} and last != "scale":
            current, last, scaled = (current or 1) * _SCALES[word], "hundred", True
        elif word in _SCALES and len(word) > 3 and (current or not total):
            total, current, last, scaled = total + (current or 1) * _SCALES[word], 0.0, "scale", True
        else:
            break
        stop = here
        half = _AND_A_HALF.match(text, stop, end)
        if half:
            current, stop, last = current + 0.5, half.end(), "unit"
        following = _NEXT.match(text, stop, end)
        if following is None:
            break
        # "five and six": two numbers, not one; "hundred and six": one
        if last in {"unit", "tens"} and " and " in following.group().lower() and not half:
            break
        word, here = following.group(1).lower(), following.end()
    value = total + current
    return Numeral(start, stop, value, scaled=scaled) if value else None
