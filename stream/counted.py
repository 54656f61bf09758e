"""What is counted: the noun after a number, and persons that are told one by one."""

import re

from stream.people import HOUSEHOLDS, PEOPLES, PLURALS, SINGULARS, names_people
from stream.quantity import Quantity, one_person
from stream.vocabulary import one_of, word_set

_WORD = re.compile(r"[ \xa0\n]?[-–]?[ \xa0\n]?[\"“‘'(]{0,2}([^\W\d_][\w’'.]*(?:-[^\W\d_]\w*)*)|[ \xa0](\d+)(?!\w)")
STOP = word_set(
    """
    is are was were be been being has have had do does did will would can could may might must shall should in on at by
    from into to with and or but as after before during since when while who whom whose which that than for over under
    near across against between through amid following around within without because if so nor not also including among
    of off out up down killed wounded injured hurt dead die died dies kill kills missing fled flee flees fleeing
    displaced said says say a an the his her its their they he she it we you i this these those there here where then
    left were remain remained remains arrested captured taken seized detained hospitalised hospitalized evacuated
    trapped stranded affected crossed arrived yesterday today overnight monday tuesday wednesday thursday friday
    saturday sunday uprooted forced driven made take took
    """
)
"""Words that end the noun phrase after a number."""
_SKIPPED = frozenset({"of", "the", "their", "its", "his", "her", "our", "more"})
_MOST_WORDS = 7
_LONGEST_WORD = 48
_LONE = sorted(SINGULARS - {"other", "others"}, key=len, reverse=True)
_PERSON = re.compile(
    rf"(?<![\w-])(?:an?|another|one)[ \xa0]((?:[\w.’'-]+,?[ \xa0]){{0,4}}?)({'|'.join(_LONE)})(?![\w’'-])",
    re.IGNORECASE,
)
_OWNED_PERSON = re.compile(
    rf"{one_of('his; her; their; its; the')}[ \xa0]((?:[\w’'-]+[ \xa0]){{0,2}}?)({'|'.join(_LONE)})(?![\w’'-])",
    re.IGNORECASE,
)
_DESIGNATION = re.compile(r"\d(?!\d*-(?:year|month|week|day)s?(?:-old)?\Z)")


def noun_after(text: str, start: int, end: int) -> tuple[str, int, str | None]:
    """What is counted by a number that ends at `start`: the noun, its end, its unit (persons, households, null)."""
    here, best, best_end = start, "", start
    for count in range(_MOST_WORDS):
        match = _WORD.match(text, here, min(end, here + _LONGEST_WORD))
        if match is None or match.group(1) is None:
            break
        word = match.group(1).rstrip(".'’")
        small = word.lower()
        if small in _SKIPPED and (count == 0 or small == "more" or not best):
            here = match.end()
            continue
        if small in STOP and not (small == "displaced" and names_people(_next_word(text, match.end(), end))):
            break
        here = match.start(1) + len(word)
        if small in HOUSEHOLDS:
            return small, here, "households"
        if names_people(word) and not _is_adjective(text, here, end):
            return small, here, "persons"
        best, best_end = small, here
        if text[here : here + 1] in ',.;:!?)"”\n':
            break
    return best, best_end, None


def _next_word(text: str, start: int, end: int) -> str:
    match = _WORD.match(text, start, min(end, start + _LONGEST_WORD))
    return (match.group(1) or "") if match else ""


def _is_adjective(text: str, here: int, end: int) -> bool:
    """Is the word that names people only an adjective here: "12 Israeli strikes", "three militant positions"?"""
    following = _next_word(text, here, end)
    if not following or text[here : here + 1] not in " \xa0\n":
        return False
    small = following.lower().rstrip(".")
    if small in STOP:
        return False
    if small in PLURALS or small in PEOPLES or small in HOUSEHOLDS:
        return True
    many = text[:here].rpartition(" ")[2].lower() in PLURALS  # "refugees cross": a verb, and no head of theirs
    return not many and small.endswith("s") and len(small) > 4 and following[0].islower()


def single_persons(text: str, start: int, end: int, found: list[Quantity]) -> list[Quantity]:
    """Persons told one by one, "a woman", "another child", where no number of `found` stands."""
    taken = [(quantity.start, max(quantity.end, quantity.noun_end)) for quantity in found]
    singles: list[Quantity] = []
    place = 0
    for match in _PERSON.finditer(text, start, end):
        while place < len(taken) and taken[place][1] <= match.start():
            place += 1
        free = place >= len(taken) or taken[place][0] >= match.end()
        if free and _are_adjectives(match.group(1)) and not _is_thing(text, match.end(), end):
            singles.append(one_person(text, match.start(), match.end(), match.group(2)))
    return singles


def owned_person(text: str, start: int, end: int) -> Quantity | None:
    """One person told by whose he is, "his wife", at `start`; or null."""
    match = _OWNED_PERSON.match(text, start, end)
    if match is None or not _are_adjectives(match.group(1)):
        return None
    return one_person(text, match.start(), match.end(), match.group(2))


def _are_adjectives(between: str) -> bool:
    words = between.lower().replace(",", "").split()
    return not any(word in STOP or word in PLURALS or _DESIGNATION.search(word) for word in words)


def _is_thing(text: str, here: int, end: int) -> bool:
    """ "A rebel commander" is one person, "a militant group" and "a police station" none."""
    following = _next_word(text, here, end)
    if not following or text[here : here + 1] not in " \xa0":
        return False
    small = following.lower().rstrip(".,'’")
    return not (small in STOP or small in SINGULARS or following[0].isupper() or small.endswith(("ed", "ing", "ly")))
