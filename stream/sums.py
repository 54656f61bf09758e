"""Persons joined by "and": one sum with its parts."""

import re

from stream.counted import owned_person
from stream.people import GENERIC_PLURALS
from stream.quantity import Quantity
from stream.vocabulary import one_of

_OWNER = r"(?:(?:his|her|their|its|the)[ \xa0])"
_JOINT = re.compile(
    r"(?:, and|,| and| as well as| along with| together with| plus)"
    r"[ \xa0\n]" + _OWNER + "?",
    re.IGNORECASE,
)
_OWN_VERB = re.compile(
    r"[ \xa0](?:others?[ ])?"
    + f"(?:{one_of('were; was; are; have; had; being; also; been; more; others')}[ ])*"
    + one_of(
        """
        wounded; injured; hurt; missing; killed; dead; die[sd]?; displaced; fled; arrested; captured; detained;
        homeless; evacuated; kidnapped; taken
        """
    )
    + r"(?!\w)",
    re.IGNORECASE,
)
_MOST_PARTS = 12
_LARGEST_PART = 10_000


def sums(text: str, found: list[Quantity], end: int) -> list[Quantity]:
    """`found` with persons joined by "and" as one, unless the last has a verb of its own and the first is an object."""
    summed: list[Quantity] = []
    index = 0
    while index < len(found):
        group, after = [found[index]], index + 1
        while len(group) < _MOST_PARTS:
            following = _joined(text, group[-1], found[after] if after < len(found) else None, end)
            if following is None:
                break
            group.append(following)
            after += after < len(found) and following is found[after]
        summed.extend([_sum(text, group)] if _is_sum(text, group) else found[index:after])
        index = after
    return summed


def _joined(text: str, last: Quantity, following: Quantity | None, end: int) -> Quantity | None:
    """The person or persons that "and" joins to `last`, or null."""
    if last.unit != "persons" or last.vague or last.noun in GENERIC_PLURALS or last.best > _LARGEST_PART:
        return None
    joint = _JOINT.match(text, last.noun_end, min(end, last.noun_end + 40))
    if joint is None:
        return None
    if following is not None and following.start == joint.end() and following.unit == "persons":
        return None if following.vague or following.parts else following
    words = joint.group().rstrip()
    return owned_person(text, joint.start() + words.rfind(" ") + 1, end)


def _is_sum(text: str, group: list[Quantity]) -> bool:
    if len(group) < 2:
        return False
    joint = text[group[-2].noun_end : group[-1].start]
    if "," in joint and " and" not in joint and "as well" not in joint:
        return False
    if _OWN_VERB.match(text, group[-1].noun_end):
        before = text[max(0, group[0].start - 2) : group[0].start]
        return not before.strip() or before.strip()[-1] in '.!?"“;:' or "\n" in before
    return True


def _sum(text: str, group: list[Quantity]) -> Quantity:
    first, last = group[0], group[-1]
    low = sum(part.best if part.low is None else part.low for part in group)
    high = None if any(part.high is None for part in group) else sum(part.high or 0 for part in group)
    return Quantity(
        first.start, last.noun_end, low, sum(part.best for part in group), high, False,
        text[first.start : last.noun_end], "persons", last.noun, last.noun_end, tuple(group),
    )  # fmt: skip
