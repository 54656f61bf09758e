"""Quantities of people and things, with the low, best and high that the codebook gives to their wording."""

import re

from stream.counted import noun_after, single_persons
from stream.numerals import STARTERS, Numeral, numeral
from stream.quantity import Quantity
from stream.sums import sums
from stream.uncounted import OR_MORE, is_glued, is_label, is_measure, is_no_count
from stream.vocabulary import one_of

__all__ = ["Quantity", "quantities"]

Counted = tuple[str, int, str | None]
"""The noun, where it ends, its unit."""

_START = re.compile(
    r"(?<=[a-z]{4})(?=\d{1,3},\d{3}|\d[\d.]{0,4} million)\d"  # "least140,000": a space was lost
    rf"|(?<![\w.,/:’'-])(?:\d|(?:{'|'.join(STARTERS)})(?![\w’'])|quarter of a|three[ -]quarters of a)",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"[\d.,]*")
_TO = re.compile(
    r"(?:[ \xa0]?[-–—][ \xa0]?|[ \xa0](?:to|or|and)[ \xa0]"
    rf"(?:{one_of('about; around; nearly; some; even; as many as')}[ ])?)(?=[^\W_])"
)
_NOT_OVER = one_of("no more than; not more than")
_AT_LEAST = one_of(
    """
    at least; no fewer than; not less than; no less than; more than; in excess of; upwards? of; over; above;
    exceeding; exceeds; exceeded; topped; surpassed; surpassing; passed; past; beyond; minimum of; at the very least;
    greater than
    """
)
_AT_MOST = one_of(
    "up to; as many as; as much as; as high as; at most; fewer than; less than; under; below; a? ?maximum of"
)
_ABOUT = one_of(
    """
    about; some; around; nearly; almost; roughly; approximately; approx\\.?; an estimated; estimated; close to; circa;
    just; only; perhaps; probably; possibly; reportedly; another; a further; a total of; total of; an additional; well
    """
)
_ARTICLE = one_of("a; the; all")
_BEFORE = re.compile(
    rf"(?<![\w-])(?:(?P<most>{_NOT_OVER}|{_AT_MOST})|(?P<least>{_AT_LEAST})|(?P<about>{_ABOUT})"
    rf"|(?P<article>{_ARTICLE}))[ \xa0\n]\Z",
    re.IGNORECASE,
)
_MOST_WORDS_BEFORE = 3
_BETWEEN = re.compile(r"(?<!\w)between[ \xa0](?:about |around |roughly |an estimated )?\Z", re.IGNORECASE)
_FROM = re.compile(r"(?<!\w)from[ \xa0](?:about |around |roughly |at least |some |more than )?\Z", re.IGNORECASE)
_CHANGE = re.compile(
    r"\b"
    + one_of(
        """
        ris(?:e|es|en|ing); rose; rais(?:e|es|ed|ing); increas\\w+; grow\\w*; grew; climb\\w*; jump\\w*; revis\\w+;
        up; went; go(?:es|ne); lower\\w*; cut; drop\\w*; f[ae]ll\\w*; down; reduc\\w+; chang\\w+
        """
    )
    + r"\b",
    re.IGNORECASE,
)
_A_VAGUE = re.compile(r"a (?:few|couple|handful|dozen|hundred|thousand|million)", re.IGNORECASE)
_LOOK_BACK = 32


def quantities(text: str, start: int = 0, end: int | None = None) -> list[Quantity]:
    """The quantities in `text[start:end]`, in order and apart; offsets count in `text`.

    Persons told one by one ("a woman") count as 1, and persons joined by "and" are one sum with its parts.
    """
    end = len(text) if end is None else min(end, len(text))
    found = _numbers(text, start, end)
    singles = single_persons(text, start, end, found)
    if singles:
        found = sorted([*found, *singles], key=lambda quantity: quantity.start)
    return sums(text, found, end)


def _numbers(text: str, start: int, end: int) -> list[Quantity]:
    found: list[Quantity] = []
    reached = start
    for match in _START.finditer(text, start, end):
        if match.start() < reached:
            continue
        number = numeral(text, match.start(), end)
        if number is None:
            run = _DIGITS.match(text, match.start(), end)
            reached = run.end() if run else match.end()
            continue
        quantity, reached = _quantity(text, number, max(start, reached), end)
        if quantity is not None:
            found.append(quantity)
    return found


def _quantity(text: str, number: Numeral, floor: int, end: int) -> tuple[Quantity | None, int]:
    """The quantity that begins with `number`, or null, and where to go on reading."""
    before = text[max(floor, number.start - _LOOK_BACK) : number.start]
    second = _second(text, number, before, end)
    last = second or number
    if is_glued(text, last.end) or is_measure(text, last) or is_label(text, number, last, before):
        return None, last.end
    more = OR_MORE.match(text, last.end)
    counted = noun_after(text, more.end() if more else last.end, end)
    if is_no_count(text, number, last, before, counted[2]):
        return None, last.end
    if second is not None:
        return _range(text, number, second, before, counted), last.end
    return _single(text, number, floor, more is not None, counted), last.end


def _second(text: str, number: Numeral, before: str, end: int) -> Numeral | None:
    """The upper end of a range that `number` begins: "30 to 40", "30-40", "two or three", "between 30 and 40"."""
    joint = _TO.match(text, number.end, end)
    if joint is None or (" and " in joint.group() and not _BETWEEN.search(before)):
        return None
    second = numeral(text, joint.end(), end)
    if second is None or is_glued(text, second.end) or _low_end(number, second) >= second.value:
        return None
    return second


def _low_end(first: Numeral, second: Numeral) -> float:
    """The lower end of a range: in "2 to 3 million" two million."""
    if second.scaled and not first.scaled and first.value < 1_000 and second.value / 1_000 >= first.value:
        return first.value * (1_000_000 if second.value >= 1_000_000 else 1_000)
    return first.value


def _range(text: str, first: Numeral, second: Numeral, before: str, counted: Counted) -> Quantity:
    low, high = _low_end(first, second), second.value
    moved = _FROM.search(before)
    if moved and _CHANGE.search(before):  # "rose from 30 to 40": now 40
        return _made(text, second.start, second.end, (high, high, high), counted)
    lead = _BETWEEN.search(before) or moved
    start = first.start - (len(before) - lead.start()) if lead else first.start
    best = low if text[first.end : second.start].strip() == "or" else (low + high) / 2
    return _made(text, start, second.end, (low, best, high), counted, vague=first.low is not None)


def _single(text: str, number: Numeral, floor: int, or_more: bool, counted: Counted) -> Quantity:
    start, bound = _bound(text, number.start, floor)
    end, value = number.end, _value(text, number)
    if number.low is not None:
        return _made(text, start, end, (number.low, value, None), counted, vague=True)
    if or_more:
        more = OR_MORE.match(text, end)
        end = more.end() if more else end
    if or_more or bound == "least":
        return _made(text, start, end, (value, value, None), counted)
    if bound == "most":
        return _made(text, start, end, (None, value, value), counted)
    return _made(text, start, end, (value, value, value), counted)


def _bound(text: str, start: int, floor: int) -> tuple[int, str | None]:
    """Where the words that bound a number begin, and how they do: least, most, about, null ("well over": least)."""
    bound: str | None = None
    if start - 2 >= floor and _A_VAGUE.match(text, start - 2):
        start -= 2
    reach = start
    for _ in range(_MOST_WORDS_BEFORE):
        match = _BEFORE.search(text, max(floor, reach - 24), reach)
        if match is None:
            break
        reach = match.start()
        if match.lastgroup == "article":
            continue
        start, bound = reach, match.lastgroup
        if bound in {"least", "most"}:
            break
    return start, bound


def _value(text: str, number: Numeral) -> float:
    """The value, a full stop before three digits being a separator of thousands."""
    written = text[number.start : number.end]
    return float(written.replace(".", "")) if re.fullmatch(r"\d{1,3}\.\d{3}", written) else number.value


def _made(
    text: str, start: int, end: int, says: tuple[float | None, float, float | None], counted: Counted, *,
    vague: bool = False,
) -> Quantity:  # fmt: skip
    (low, best, high), (noun, noun_end, unit) = says, counted
    return Quantity(
        start, end, None if low is None else int(low), int(best), None if high is None else int(high), vague,
        text[start:end], unit, noun, max(noun_end, end),
    )  # fmt: skip
