"""Quantities of people and things, with the low, best and high that the codebook gives to their wording.

Years, dates, clock times, ages, durations, distances, percentages, money, ordinals, resolutions and the names of weapons
are no quantities.
"""

import re
from dataclasses import dataclass, field

from stream.numerals import LARGEST, STARTERS, Numeral, numeral
from stream.people import GENERIC_PLURALS, HOUSEHOLDS, PEOPLES, PLURALS, SINGULARS, names_people
from stream.vocabulary import word_set


@dataclass(frozen=True, slots=True)
class Quantity:
    """`quote == text[start:end]` says how many; `low` or `high` is null where that side is left open.

    `noun` is what is counted as far as the next words tell ("militants", "homes", "" in "12 were killed"), and ends
    at `noun_end`. `unit` is persons, households or null for anything else and for a bare number. `parts` holds the
    summands of a sum ("a mother and her two sons"), else nothing.
    """

    start: int
    end: int
    low: int | None
    best: int
    high: int | None
    vague: bool
    quote: str
    unit: str | None = None
    noun: str = ""
    noun_end: int = 0
    parts: tuple["Quantity", ...] = field(default=())


_MONTHS = "January February March April May June July August September October November December".split()
_MONTH = "(?:" + "|".join([*_MONTHS, *(m[:3] + r"\.?" for m in _MONTHS), "Sept"]) + ")"
_START = re.compile(
    rf"(?<=[a-z]{{4}})(?=\d{{1,3}},\d{{3}}|\d[\d.]{{0,4}} million)\d|(?<![\w.,/:’'-])(?:\d"
    rf"|(?:{'|'.join(STARTERS)})(?![\w’'])|quarter of a|three[ -]quarters of a)",
    re.IGNORECASE
)
_RANGE = re.compile(
    r"(?:[ \xa0]?[-–—][ \xa0]?|[ \xa0](?:to|or|and)[ \xa0](?:(?:about|around|nearly|some|even|as many as)[ "
    r"])?)(?=[\w])"
)
_NOT_AFTER = re.compile(
    r"[ \xa0]?(?:%|°|‰|º)"
    r"|[ \xa0-]?(?:percent|per[ ]cent|pct|percentage|km|kms|kilomet(?:re|er)s?|miles?|met(?:re|er)s?|feet|foot"
    r"|ft|yards?|inch(?:es)?|cm|mm|m"
    r"|nautical|hectares?|acres?|dunams?|square|sq|cubic|tons?|tonnes?|kg|kilos?|kilograms?|grams?|pounds?|lbs?"
    r"|lit(?:re|er)s?|gallons?|barrels|degrees?"
    r"|knots|mph|kph|kmh|magnitude|megawatts?|kilotons?|watts|volts|MW|GW|bpd|"
    r"hours?|hrs?|minutes?|mins?|seconds?|days?|weeks?|fortnights?|months?|years?|decades?|centur(?:y|ies)"
    r"|nights?|mornings?|evenings?|weekends?"
    r"|times|o[’']?clock|a\.?m\.?|p\.?m\.?|GMT|UTC|local time|noon|midnight"
    r"|dollars?|euros?|pounds|rubles|roubles|rupees|shekels|yen|yuan|dinars?|riyals?|lira|francs?|pesos|cents"
    r"|USD|EUR|GBP|points?|goals?|runs|wickets|seats|votes"
    r"|calib(?:re|er)|mm|-?pounder|-?ton|-?storey|-?story|-?strong)(?![\w])"
    r"|st\b|nd\b|rd\b|th\b|s\b|[ ]?[-–](?:year|month|week|day|hour|minute|mile|km|kilomet|met(?:re|er)|point"
    r"|page|nation|member|man|seat|storey|story|degree|ton|foot|inch|pound|millimet|mm|party|way|time|old"
    r"|odd-year|wheel|lane|person|strong|stage|step|pronged|round|star|room|bed|hectare|acre|square|nil|volt|gun"
    r"|engine)"
    r"|[:/]\d|(?:[ \xa0-](?:straight|consecutive|full|long|whole|more|further|additional|other|nautical|square"
    r"|cubic|metric|million|billion|short|successive|solid|days?|and a half))*"
    r"[ \xa0-](?:hours?|minutes?|seconds?|days?|weeks?|months?|years?|decades?|times|nights?|mornings?|miles?"
    r"|kilomet(?:re|er)s|met(?:re|er)s|tons?|tonnes|dollars|euros|hectares|acres)(?!\w)"
    r"|[ \xa0](?:US|U\.S\.|Canadian|Australian)[ ]dollars",
)
_OF_UNITS = re.compile(
    r" (?:of )?(?:the )?(?:\w+ )?(?:kilomet(?:re|er)s|km|miles|met(?:re|er)s|feet|yards|acres|hectares|tons"
    r"|tonnes|dollars|euros|pounds|years|hours|days|weeks|months|minutes|times|decades|barrels|lit(?:re|er)s|per "
    r"cent|percent|US dollars)(?!\w)"
)
_NOT_BEFORE = re.compile(
    r"(?:[$£€¥₪₴]|US\$|\b(?:USD|EUR|Rs|Rs\.|resolution|resolutions|article|articles|no\.|nos\.|number|numbers"
    r"|numbered|room|rooms|highway|route|road|flight|area|channel|group of|g|unit|page|pages"
    r"|chapter|section|paragraph|version|phase|part|day|week|year|age|aged|ages|at age|channel|platform|gate"
    r"|tier|level|division|brigade|battalion|regiment|corps|sector|zone|block|street|avenue|camp|form|type|class"
    r"|category|model|"
    r"magnitude|temperature|apollo|boeing|airbus|tupolev|ilyushin|mirage|mig|sukhoi|topic|figure|table|step"
    r"|round|stage|season|game|hour|minute|district|ward|mile|kilomet(?:re|er)|protocol|covid|minsk|oslo|camp "
    r"david|geneva|astana)[ \xa0]|#|№[ ]?"
    rf"|\b{_MONTH}[ \xa0]|\bin the[ ]|\bthe (?:late |early |mid-?)?)\Z",
    re.IGNORECASE,
)
_DATE_AFTER = re.compile(rf"(?:st|nd|rd|th)?[ \xa0]?(?:of )?{_MONTH}(?![\w])")
_IN_APPOSITION = re.compile(r"(?<=\w), \Z|\(\Z")
_FLOOR = (
    r"at[ ]least|no[ ]fewer[ ]than|not[ ]less[ ]than|no[ ]less[ ]than|more[ ]than|in[ ]excess[ ]of|upwards?[ ]of"
    r"|over|above|exceeding|exceeds|exceeded|topped|surpassed|surpassing|passed|past|beyond|minimum[ ]of|at[ "
    r"]the[ ]very[ ]least|greater[ ]than"
)
_CEILING = (
    r"up[ ]to|as[ ]many[ ]as|as[ ]much[ ]as|as[ ]high[ ]as|at[ ]most|no[ ]more[ ]than|not[ ]more[ ]than|fewer[ "
    r"]than|less[ ]than|under|below|maximum[ ]of|a[ ]maximum[ ]of"
)
_ABOUT = (
    r"about|some|around|nearly|almost|roughly|approximately|approx\.?|an[ ]estimated|estimated|close[ ]to|circa"
    r"|just|only|perhaps|probably|possibly|reportedly|nearly|another|a[ ]further|a[ ]total[ ]of|total[ ]of|an[ "
    r"]additional|well|a|the|all"
)
_BEFORE = re.compile(
    rf"(?<![\w-])(?:(?P<not_over>no[ ]more[ ]than|not[ ]more[ ]than|no[ ]fewer[ ]than|no[ ]less[ ]than|not[ "
    rf"]less[ ]than)|(?P<floor>{_FLOOR})|(?P<ceiling>{_CEILING})|(?P<about>{_ABOUT}))[ \xa0\n]\Z",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"(?<!\w)between[ \xa0](?:about |around |roughly |an estimated )?\Z", re.IGNORECASE)
_FROM = re.compile(r"(?<!\w)from[ \xa0](?:about |around |roughly |at least |some |more than )?\Z", re.IGNORECASE)
_CHANGE = re.compile(
    r"\b(?:r[io]s(?:e|es|en|ing)|rose|rais(?:e|es|ed|ing)|increas\w+|grow\w*|grew|climb\w*|jump\w*|revis\w+|up"
    r"|went|go(?:es|ne)|lower\w*|cut|drop\w*|fell|f[ae]ll\w*|down|reduc\w+|chang\w+)\b",
    re.IGNORECASE
)
_OR_MORE = re.compile(r"\+|[ ](?:or|and)[ ](?:more|above|over)(?!\w)| plus(?!\w)|-plus(?!\w)", re.IGNORECASE)
_OR_SO = re.compile(r"[ ](?:or so|-odd|odd)(?!\w)|-odd(?!\w)")
_ONE_IS_NOT = re.compile(
    r"[ ](?:of (?:the|its|his|her|their|our|my|Iraq|many|several|two|three|those|these)|another|by one|day|night"
    r"|morning|time|side|thing|way|such|hand|or|and|that|which|who|in|point|hour|week|month|year|party|to|minute"
    r"|place|can|could|would|has|more)(?!\w)|[’'-]"
)
_NO_ONE = re.compile(r"\b(?:no|the|this|that|each|every|any|which|another|only|some|first|last|next|number)[ -]\Z", re.IGNORECASE)
_WORD = re.compile(r"[ \xa0\n]?[-–]?[ \xa0\n]?(?:[\"“‘'(]{0,2})([^\W\d_][\w’'.]*(?:-[^\W\d_][\w]*)*)|[ \xa0](\d+)(?!\w)")
_STOP = word_set(
    "is are was were be been being has have had do does did will would can could may might must shall should in "
    "on at by from into "
    "to with and or but as after before during since when while who whom whose which that than for over under "
    "near across against "
    "between through amid following around within without because if so nor not also including among of off out "
    "up down "
    "killed wounded injured hurt dead die died dies kill kills missing fled flee flees fleeing displaced said "
    "says say a an the "
    "his her its their they he she it we you i this these those there here where then left were remain remained "
    "remains "
    "arrested captured taken seized detained hospitalised hospitalized evacuated trapped stranded affected "
    "crossed arrived "
    "yesterday today overnight monday tuesday wednesday thursday friday saturday sunday uprooted forced driven "
    "made take took"
)
_SKIPPED = frozenset({"of", "the", "their", "its", "his", "her", "our", "more"})
_MOST_WORDS = 7
_PERSON_ONE = re.compile(
    r"(?<![\w-])(?:an?|another|one)[ \xa0]((?:[\w’'-]+,?[ \xa0]){0,4}?)(" + "|".join(sorted(SINGULARS - {"other", "others"}, key=len, reverse=True)) + r")(?![\w’'-])",
    re.IGNORECASE,
)
_HER_ONE = re.compile(r"(?:(?:his|her|their|its|the)[ \xa0])((?:[\w’'-]+[ \xa0]){0,2}?)(" + "|".join(sorted(SINGULARS - {"other"}, key=len, reverse=True)) + r")(?![\w’'-])", re.IGNORECASE)
_JOIN = re.compile(r"(?:, and|,| and| as well as| along with| together with| plus)[ \xa0\n](?:(?:his|her|their|its|the)[ \xa0])?", re.IGNORECASE)
_OWN_VERB = re.compile(
    r"[ \xa0](?:others?[ ])?(?:(?:were|was|are|have|had|being|also|been|more|others)[ ])*(?:wounded|injured|hurt"
    r"|missing|killed|dead|die[sd]?|displaced|fled|arrested|captured|detained|homeless|evacuated|kidnapped"
    r"|taken)(?!\w)",
    re.IGNORECASE
)
_PASSIVE = re.compile(r"[.!?\n;:]|\A", re.IGNORECASE)


def quantities(text: str, start: int = 0, end: int | None = None) -> list[Quantity]:
    """The quantities in `text[start:end]`, in order and apart; offsets count in `text`.

    Persons named one by one ("a woman") count as 1, and persons joined by "and" are one sum with its parts.
    """
    end = len(text) if end is None else min(end, len(text))
    found = _numbers(text, start, end)
    singles = _single_persons(text, start, end, found)
    if singles:
        found = sorted([*found, *singles], key=lambda quantity: quantity.start)
    return _sums(text, found, end)


def _numbers(text: str, start: int, end: int) -> list[Quantity]:
    found: list[Quantity] = []
    reached = start
    for match in _START.finditer(text, start, end):
        if match.start() < reached:
            continue
        number = numeral(text, match.start(), end)
        if number is None:
            reached = _past_digits(text, match.start(), end)
            continue
        quantity, reached = _quantity(text, number, max(start, reached), end)
        if quantity is not None:
            found.append(quantity)
    return found


_DIGIT_RUN = re.compile(r"[\d.,]*")


def _past_digits(text: str, start: int, end: int) -> int:
    run = _DIGIT_RUN.match(text, start, end)
    return run.end() if run else start + 1


def _quantity(text: str, number: Numeral, floor: int, end: int) -> tuple[Quantity | None, int]:
    """The quantity that begins with `number`, or null, and where to go on reading."""
    before = text[max(floor, number.start - 32) : number.start]
    second = _second(text, number, end)
    last = second or number
    if _is_glued(text, last.end):
        return None, last.end
    more = _OR_MORE.match(text, last.end)
    if _is_measure(text, last) or _is_label(text, number, last, before, second is not None):
        return None, last.end
    noun, noun_end, unit = noun_after(text, more.end() if more else last.end, end)
    if _is_no_count(text, number, last, before, unit, noun):
        return None, last.end
    if second is not None:
        return _range(text, number, second, before, (noun, noun_end, unit)), last.end
    return _single(text, number, before, floor, (noun, noun_end, unit)), last.end


def _second(text: str, number: Numeral, end: int) -> Numeral | None:
    """The upper end of a range that `number` begins: "30 to 40", "30-40", "two or three", "between 30 and 40"."""
    joint = _RANGE.match(text, number.end, end)
    if joint is None:
        return None
    if " and " in joint.group() and not _BETWEEN.search(text[max(0, number.start - 30) : number.start]):
        return None
    if not (text[joint.end()].isdigit() or text[joint.end()].isalpha()):
        return None
    second = numeral(text, joint.end(), end)
    if second is None or _is_glued(text, second.end):
        return None
    if second.scaled and not number.scaled and number.value < 1_000 and second.value / 1_000 >= number.value:
        scale = 1_000_000 if second.value >= 1_000_000 else 1_000
        number_value = number.value * scale
    else:
        number_value = number.value
    if number_value >= second.value:
        return None
    return second


def _is_glued(text: str, end: int) -> bool:
    """Is the number part of a longer token: a version, a designation, a clock time, "two-state"?"""
    if text[end : end + 1] == "-" and text[end + 1 : end + 2].isalpha() and not _OR_SO.match(text, end) and not _OR_MORE.match(text, end):
        return True
    return end < len(text) and (text[end].isalpha() or text[end] == "_" or (text[end] in "/:" and text[end + 1 : end + 2].isdigit()))


def _is_measure(text: str, last: Numeral) -> bool:
    if _NOT_AFTER.match(text, last.end):
        return True
    return (last.low is not None or last.scaled) and _OF_UNITS.match(text, last.end) is not None


def _is_label(text: str, number: Numeral, last: Numeral, before: str, is_range: bool) -> bool:
    """A date, a year, an age, or a number that names a thing."""
    if not number.digits:
        return bool(re.search(r"(?:age|aged|chapter|phase|article|room|the) \Z", before)) and last.value < 100 and not number.scaled and before.endswith(("age ", "aged "))
    if before[-1:] in "$£€¥₪₴" and before:
        return True
    if _DATE_AFTER.match(text, last.end) and last.value <= 31:
        return True
    labelled = _NOT_BEFORE.search(before)
    if labelled and not number.scaled and "," not in text[number.start : number.end]:
        word = labelled.group().strip().lower()
        if not word.startswith(("the", "in the")):
            return word not in {"day", "days", "week", "hour"} or number.value < 1000
    if last.value <= 110 and _IN_APPOSITION.search(before) and re.match(r"[,)]", text[last.end : last.end + 1]):
        return True
    value = number.value
    bare = number.end - number.start == 4 and text[number.start : number.end].isdigit() and 1900 <= value <= 2100
    if bare and not is_range:
        _, _, unit = noun_after(text, number.end, len(text))
        counted = _BEFORE.search(before)
        explicit = counted is not None and not (counted.group("about") or "").lower() in {"the", "a", "all"}
        if unit is None and not explicit:
            return True
        return bool(re.search(r"\b(?:in|since|of|by|from|until|during|before|after|late|early|mid)[ -]\Z", before)) and not explicit
    if bare and is_range and 1900 <= last.value <= 2100:
        return True
    return False


def _is_no_count(text: str, number: Numeral, last: Numeral, before: str, unit: str | None, noun: str) -> bool:
    if last.value > LARGEST or (not number.digits and before[-2:-1].isdigit()):
        return True
    if number is last and number.value == 1 and not number.digits:
        return _ONE_IS_NOT.match(text, last.end) is not None or _NO_ONE.search(before) is not None
    written = text[last.start : last.end]
    if last.digits and "." in written and not last.scaled and written.count(".") == 1:
        thousands = re.fullmatch(r"\d{1,3}\.\d{3}", written) is not None and unit is not None
        return not thousands
    if text[number.start : number.end].lower() == "few":
        return not re.search(r"\b(?:a|the last|last|past) \Z", before) and not number.scaled
    if text[number.start : number.end].lower() in {"couple", "handful"}:
        return not re.search(r"\ba \Z", before) or unit is None
    if text[number.start : number.end].lower() in {"tens", "scores"}:
        return unit is None and not text.startswith((" of", " more", " were", " are", " have", " dead", " killed", " wounded", " injured"), last.end)
    return False


def _range(text: str, first: Numeral, second: Numeral, before: str, counted: tuple[str, int, str | None]) -> Quantity:
    low, high = first.value, second.value
    if second.scaled and not first.scaled and low < 1_000 and high / 1_000 >= low:
        low *= 1_000_000 if high >= 1_000_000 else 1_000
    noun, noun_end, unit = counted
    moved = _FROM.search(before)
    if moved and _CHANGE.search(before):  # "rose from 30 to 40": now 40
        return _made(text, second.start, second.end, high, high, high, False, counted)
    lead = _BETWEEN.search(before) or moved
    start = first.start - (len(before) - lead.start()) if lead else first.start
    return _made(text, start, second.end, low, (low + high) / 2, high, first.low is not None, counted)


def _made(
    text: str, start: int, end: int, low: float | None, best: float, high: float | None, vague: bool,
    counted: tuple[str, int, str | None],
) -> Quantity:  # fmt: skip
    noun, noun_end, unit = counted
    return Quantity(
        start, end, None if low is None else int(low), int(best), None if high is None else int(high), vague,
        text[start:end], unit, noun, max(noun_end, end),
    )  # fmt: skip


def _single(text: str, number: Numeral, before: str, floor: int, counted: tuple[str, int, str | None]) -> Quantity | None:
    start, end, value = number.start, number.end, number.value
    written = text[number.start : number.end]
    if number.digits and not number.scaled and re.fullmatch(r"\d{1,3}\.\d{3}", written):
        value = float(written.replace(".", ""))
    bound = "exact"
    reach = start
    for _ in range(3):  # "well over", "as many as about"
        match = _BEFORE.search(text, max(floor, reach - 24), reach)
        if match is None:
            break
        reach = match.start()
        word = match.group().strip().lower()
        if word in {"the", "a", "all"}:
            continue
        start = reach
        if match.group("ceiling") or word in {"no more than", "not more than"}:
            bound = "ceiling"
        elif match.group("floor") or match.group("not_over"):
            bound = "floor"
        if bound != "exact":
            break
    if text[start:end].lower().startswith(("a ", "an ")) or re.match(r"a (?:few|couple|handful|dozen|hundred|thousand|million)", text[max(floor, number.start - 2) : end], re.IGNORECASE):
        start = min(start, max(floor, number.start - 2)) if text[max(floor, number.start - 2) : number.start].lower() == "a " else start
    if number.low is not None:
        return _made(text, start, end, number.low, value, None, True, counted)
    more = _OR_MORE.match(text, end)
    if more:
        bound, end = "floor", more.end()
    if bound == "floor":
        return _made(text, start, end, value, value, None, False, counted)
    if bound == "ceiling":
        return _made(text, start, end, None, value, value, False, counted)
    return _made(text, start, end, value, value, value, False, counted)


def noun_after(text: str, start: int, end: int) -> tuple[str, int, str | None]:
    """What is counted by a number that ends at `start`: the noun, its end, and its unit (persons, households, null)."""
    here, best, best_end = start, "", start
    for count in range(_MOST_WORDS):
        match = _WORD.match(text, here, min(end, here + 48))
        if match is None or match.group(1) is None:
            break
        word = match.group(1).rstrip(".'’")
        small = word.lower()
        if small in _SKIPPED and (count == 0 or small == "more" or best == ""):
            here = match.end()
            continue
        if small in _STOP and not (small == "displaced" and names_people(_peek(text, match.end(), end))):
            break
        here = match.start(1) + len(word)
        if small in HOUSEHOLDS:
            return small, here, "households"
        if names_people(word) and not _noun_goes_on(text, here, end):
            return small, here, "persons"
        best, best_end = small, here
        if text[here : here + 1] in ",.;:!?)\"”\n":
            break
    return best, best_end, None


def _peek(text: str, start: int, end: int) -> str:
    match = _WORD.match(text, start, min(end, start + 40))
    return (match.group(1) or "") if match else ""


def _noun_goes_on(text: str, here: int, end: int) -> bool:
    """Is the word that names people only an adjective here: "12 Israeli strikes", "three militant positions"?"""
    following = _peek(text, here, end)
    if not following or text[here : here + 1] not in " \xa0\n":
        return False
    small = following.lower().rstrip(".")
    if small in _STOP:
        return False
    return small in PLURALS or small in PEOPLES or small in HOUSEHOLDS or (small.endswith("s") and len(small) > 4 and following[0].islower())


def _single_persons(text: str, start: int, end: int, found: list[Quantity]) -> list[Quantity]:
    """Persons told one by one: "a woman", "another child". Never inside a number that was already read."""
    taken = [(quantity.start, max(quantity.end, quantity.noun_end)) for quantity in found]
    singles: list[Quantity] = []
    place = 0
    for match in _PERSON_ONE.finditer(text, start, end):
        while place < len(taken) and taken[place][1] <= match.start():
            place += 1
        if place < len(taken) and taken[place][0] < match.end():
            continue
        between = match.group(1).lower().replace(",", "").split()
        if any(word in _STOP or word in PLURALS or _DESIGNATION.search(word) for word in between) or _noun_goes_on_single(text, match.end(), end):
            continue
        noun = match.group(2).lower()
        singles.append(
            Quantity(match.start(), match.end(), 1, 1, 1, False, match.group(), "persons", noun, match.end())
        )
    return singles


_DESIGNATION = re.compile(r"\d(?!\d*-(?:year|month|week|day)s?-old)")


def _noun_goes_on_single(text: str, here: int, end: int) -> bool:
    """"a rebel commander" is one person, "a militant group" and "a police station" none."""
    following = _peek(text, here, end)
    if not following or text[here : here + 1] not in " \xa0":
        return False
    small = following.lower().rstrip(".,'’")
    return not (small in _STOP or small in SINGULARS or following[0].isupper() or small.endswith(("ed", "ing", "ly")))


def _sums(text: str, found: list[Quantity], end: int) -> list[Quantity]:
    """Persons joined by "and" to one sum, unless the second has a verb of its own while the first is an object."""
    summed: list[Quantity] = []
    index = 0
    while index < len(found):
        group, after = [found[index]], index + 1
        while len(group) < _MOST_PARTS:
            following = _joined(text, group, found[after] if after < len(found) else None, end)
            if following is None:
                break
            group.append(following)
            after += after < len(found) and following is found[after]
        summed.extend([_sum(text, group)] if _is_sum(text, group) else found[index:after])
        index = after
    return summed


_MOST_PARTS = 12


def _joined(text: str, group: list[Quantity], following: Quantity | None, end: int) -> Quantity | None:
    last = group[-1]
    if last.unit != "persons" or last.vague or last.noun in GENERIC_PLURALS or last.best > 10_000:
        return None
    joint = _JOIN.match(text, last.noun_end, min(end, last.noun_end + 40))
    if joint is None:
        return None
    if following is not None and following.start == joint.end() and following.unit == "persons" and not following.vague:
        return None if following.parts else following
    her = _HER_ONE.match(text, _word_start(text, joint), end) if joint.group()[-5:].strip() in {"her", "his", "heir", "their"} or joint.group().rstrip().endswith(("her", "his", "their")) else None
    if her is None or any(word in _STOP for word in her.group(1).lower().split()):
        return None
    return Quantity(her.start(), her.end(), 1, 1, 1, False, her.group(), "persons", her.group(2).lower(), her.end())


def _word_start(text: str, joint: re.Match[str]) -> int:
    return joint.start() + joint.group().rstrip().rfind(" ") + 1


def _is_sum(text: str, group: list[Quantity]) -> bool:
    if len(group) < 2:
        return False
    joints = text[group[-2].noun_end : group[-1].start]
    if "," in joints and " and" not in joints and "as well" not in joints:
        return False
    if _OWN_VERB.match(text, group[-1].noun_end):
        before = text[max(0, group[0].start - 2) : group[0].start]
        return not before.strip() or before.strip()[-1] in ".!?\"“;:\n" or "\n" in before
    return True


def _sum(text: str, group: list[Quantity]) -> Quantity:
    first, last = group[0], group[-1]
    best = sum(part.best for part in group)
    low = sum(part.low if part.low is not None else part.best for part in group)
    high = None if any(part.high is None for part in group) else sum(part.high or 0 for part in group)
    return Quantity(
        first.start, last.noun_end, low, best, high, False, text[first.start : last.noun_end], "persons", last.noun,
        last.noun_end, tuple(group),
    )  # fmt: skip
