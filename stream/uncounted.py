"""Numbers that count nothing: dates, years, ages, times, distances, percentages, money, designations, labels."""

import calendar
import re

from stream.counted import noun_after
from stream.numerals import LARGEST, Numeral
from stream.vocabulary import one_of

_MONTHS = list(calendar.month_name)[1:]
_MONTH = "(?:" + "|".join([*_MONTHS, *(month[:3] + r"\.?" for month in _MONTHS), "Sept"]) + ")"
_TIMES = one_of(
    """
    hours?; hrs?; minutes?; mins?; seconds?; days?; weeks?; fortnights?; months?; years?; decades?; centur(?:y|ies);
    nights?; mornings?; evenings?; weekends?; times; o[’']?clock; a\\.?m\\.?; p\\.?m\\.?; GMT; UTC; local time; noon;
    midnight
    """
)
_LENGTHS = one_of(
    """
    kms?; kilomet(?:re|er)s?; miles?; met(?:re|er)s?; feet; foot; ft; yards?; inch(?:es)?; cm; mm; m; nautical;
    hectares?; acres?; dunams?; square; sq; cubic; tons?; tonnes?; kg; kilos?; kilograms?; grams?; lbs?;
    lit(?:re|er)s?; gallons?; barrels; degrees?; knots; mph; kph; kmh; magnitude; megawatts?; kilotons?; watts; volts;
    MW; GW; bpd; calib(?:re|er); pounder; ton; storey; story; strong
    """
)
_MONEY = one_of(
    """
    dollars?; euros?; pounds?; rubles; roubles; rupees; shekels; yen; yuan; dinars?; riyals?; lira; francs?; pesos;
    cents; USD; EUR; GBP; US dollars; U\\.S\\. dollars; Canadian dollars; Australian dollars
    """
)
_SCORES = one_of(
    """
    thirds; fifths; sixths; eighths; tenths; percent; per cent; pct; percentage; points?; goals?; runs; wickets; seats;
    votes
    """
)
_BETWEEN = one_of(
    """
    straight; consecutive; full; long; whole; more; further; additional; other; nautical; square; cubic; metric;
    million; billion; short; successive; solid; days?; and a half
    """
)
_MEASURED = re.compile(
    rf"[ \xa0]?(?:%|°|‰|º)|[:/]\d|st\b|nd\b|rd\b|th\b|s\b|[ \xa0-]?{_SCORES}(?!\w)"
    rf"|(?:[ \xa0-]{_BETWEEN})*[ \xa0-]?(?:{_TIMES}|{_LENGTHS}|{_MONEY})(?!\w)"
)
_OF_MEASURE = re.compile(rf" (?:of )?(?:the )?(?:\w+ )?(?:{_TIMES}|{_LENGTHS}|{_MONEY}|{_SCORES})(?!\w)")
"""After "thousands" or "two million": "of", and a measure."""
_LABEL = one_of(
    """
    USD; EUR; Rs\\.?; resolutions?; articles?; nos?\\.; numbers?; numbered; rooms?; highway; route; road; flight;
    area; channel; group of; g; unit; pages?; chapter; section; paragraph; version; phase; part; day; week; year;
    ages?; aged; at age; age of; platform; gate; tier; level; division; brigade; battalion; regiment; corps; sector;
    zone;
    block; street; avenue; camp; form; type; class; category; model; magnitude; temperature; apollo; boeing; airbus;
    tupolev; ilyushin; mirage; mig; sukhoi; topic; figure; table; step; round; stage; season; game; hour; minute;
    district; ward; mile; kilomet(?:re|er); protocol; covid; minsk; oslo; camp david; geneva; astana
    """
)
_LABELLED = re.compile(rf"(?:[$£€¥₪₴]|US\$|#|№ ?|\b(?:{_LABEL}|{_MONTH})[ \xa0])\Z", re.IGNORECASE)
_DATE_AFTER = re.compile(rf"(?:st|nd|rd|th)?[ \xa0]?(?:of )?{_MONTH}(?!\w)")
_APPOSITION = re.compile(r"(?<=\w), \Z|\(\Z")
_OLDEST = 110
_SURELY_OF = re.compile(
    r"\ban? (?:[\w-]+ )?"
    r"(?:man|woman|boy|girl|child|pensioner|teenager|(?:grand)?mother|(?:grand)?father|widow|student) of \Z"
)
"""Before an age, whatever follows: "a woman of 70"."""
_PERSON_OF = re.compile(
    r"\ban? (?:[\w-]+ )?(?!number|order|quarter|cluster|chapter|letter|corner)"
    r"(?:[a-z]+(?:er|or|ist|man)|mother|father|boy|girl|widow|student) of \Z"
)
"""Before an age: "a cassava grower of 43"."""
_COUNTED = re.compile(
    one_of(
        """
        at least; no fewer than; more than; over; up to; as many as; about; some; around; nearly; almost; roughly;
        approximately; estimated; fewer than; less than; under; exactly
        """
    )
    + r"[ \xa0\n]\Z",
    re.IGNORECASE,
)
"""Before a number that might be a year: it counts."""
_IN_YEAR = re.compile(r"\b(?:in|since|of|by|from|until|during|before|after|late|early|mid)[ -]\Z")
_ONE_IS_NOT = re.compile(
    r"[’'-]|[ ](?:of "
    + one_of("the; its; his; her; their; our; my; many; several; two; three; those; these; [A-Z][a-z]+")
    + "|"
    + one_of(
        """
        another; by one; day; night; morning; time; side; thing; way; such; hand; or; and; that; which; who; in;
        point; hour; week; month; year; party; to; minute; place; can; could; would; has; more
        """
    )
    + r")(?!\w)"
)
_NOT_ONE = re.compile(
    r"\b"
    + one_of("no; the; this; that; each; every; any; which; another; only; some; first; last; next; number")
    + r"[ -]\Z",
    re.IGNORECASE,
)
_TOLD = (" of", " more", " were", " are", " have", " dead", " killed", " wounded", " injured")
"""After "scores" and "tens": they count something."""
_THOUSANDS_BY_POINT = re.compile(r"\d{1,3}\.\d{3}")
OR_MORE = re.compile(r"\+|[ ](?:or|and)[ ](?:more|above|over)(?!\w)| plus(?!\w)|-plus(?!\w)", re.IGNORECASE)
_OR_SO = re.compile(r"[ -](?:or so|odd)(?!\w)")


def is_glued(text: str, end: int) -> bool:
    """Is a number that ends at `end` part of a longer token: a version, a designation, a clock time, "two-state"?"""
    after = text[end : end + 2]
    if after[:1] == "-" and after[1:].isalpha():
        return not (_OR_SO.match(text, end) or OR_MORE.match(text, end))
    return after[:1].isalpha() or after[:1] == "_" or (after[:1] in ("/", ":") and after[1:].isdigit())


def is_measure(text: str, last: Numeral) -> bool:
    """Is it a time, a distance, a share, a sum of money, an ordinal?"""
    if _MEASURED.match(text, last.end):
        return True
    return (last.low is not None or last.scaled) and _OF_MEASURE.match(text, last.end) is not None


def is_label(text: str, number: Numeral, last: Numeral, before: str) -> bool:
    """Is it a date, a year, an age, money, or the number of a thing? `before` are the words before it."""
    if not number.digits:
        return before.endswith(("age ", "aged ")) and last.value < _OLDEST
    if _DATE_AFTER.match(text, last.end) and last.value <= 31:
        return True
    labelled = _LABELLED.search(before)
    if labelled and (not number.scaled or not labelled.group()[-1:].isspace()):
        return "," not in text[number.start : number.end] or not labelled.group()[-1:].isspace()
    if last.value <= _OLDEST and _APPOSITION.search(before) and text[last.end : last.end + 1] in (",", ")"):
        return True
    if last.value <= _OLDEST and _SURELY_OF.search(before):
        return True
    if last.value <= _OLDEST and _PERSON_OF.search(before) and text[last.end : last.end + 1] in (",", "."):
        return True
    return _is_year(text, number, last, before)


def _is_year(text: str, number: Numeral, last: Numeral, before: str) -> bool:
    written = text[number.start : number.end]
    if not (len(written) == 4 and written.isdigit() and 1900 <= number.value <= 2100):
        return False
    if last is not number:
        return 1900 <= last.value <= 2100
    if _COUNTED.search(before):
        return False
    return noun_after(text, number.end, len(text))[2] is None or _IN_YEAR.search(before) is not None


def is_no_count(text: str, number: Numeral, last: Numeral, before: str, unit: str | None) -> bool:
    """Is it too large, a decimal, "one" of another kind, or a vague word that counts nothing here?"""
    if last.value > LARGEST or (not number.digits and before[-2:-1].isdigit()):
        return True
    word = text[number.start : number.end].lower()
    if number is last and number.value == 1 and not number.digits:
        return _ONE_IS_NOT.match(text, last.end) is not None or _NOT_ONE.search(before) is not None
    if last.digits and not last.scaled and text.count(".", last.start, last.end) == 1:
        return not (unit and _THOUSANDS_BY_POINT.fullmatch(text, last.start, last.end))
    if word == "few":
        return not before.lower().endswith((" a ", "last ", "past ")) and before.lower() != "a "
    if word in {"couple", "handful"}:
        return unit is None or not (before.lower().endswith(" a ") or before.lower() == "a ")
    return word in {"tens", "scores"} and unit is None and not text.startswith(_TOLD, last.end)
