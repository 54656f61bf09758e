"""Patterns of the lexicon: the small language they are written in, that they cost linear time, and their anchors."""

import re
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import re._constants as sre  # type: ignore[import-not-found]
    import re._parser as sre_parser  # type: ignore[import-not-found]

WORD = r"[^\s;:!?()]{1,40}"
TURN = r"(?!(?:following|because|after)(?!\w))"
"""No word of a gap: what comes after it is another deed's, "a raid following the firing of a rocket"."""
SPACE = re.compile(r" (\?)?")
LONGEST_GAP = 14
MOST_SETS = 3


def parse(expression: str) -> Any:
    """The parse tree of a regular expression. Raises re.error."""
    return sre_parser.parse(expression)


def alternation(words: Sequence[str]) -> str:
    """One group that matches any of the words, the longest first."""
    return "(?:" + "|".join(sorted(words, key=lambda w: (-len(w), w))) + ")"


def expand(pattern: str, lists: Mapping[str, Sequence[str]]) -> str:
    """The pattern as a regular expression. Raises KeyError naming a word list that does not exist."""

    def part(match: re.Match[str]) -> str:
        if match["list"]:
            return SPACE.sub(lambda space: " {0,3}" if space[1] else " {1,3}", alternation(lists[match["list"]]))
        if match["gap"]:
            return rf"\"? {{1,3}}(?:{TURN}{WORD} {{1,3}}){{0,{min(int(match['gap']), LONGEST_GAP)}}}?\"?"
        return match["class"] or ('"? {0,3}"?' if match["maybe"] else '"? {1,3}"?')

    parts = (
        r"(?P<class>\[[^\]]*\]|\(\?<[!=][^()]*\))|\{(?P<list>[a-z_]+)\}| ?~(?P<gap>\d{1,2}) ?|(?P<maybe> \?)| (?!\{)"
    )
    return rf"(?<!\w)(?:{re.sub(parts, part, pattern)})(?!\w)"


def unbounded(parsed: Any) -> bool:
    """True when a repetition has no upper bound."""
    for operator, argument in parsed:
        if operator in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            if argument[1] is sre.MAXREPEAT or unbounded(argument[2]):
                return True
        elif operator is sre.SUBPATTERN:
            if unbounded(argument[3]):
                return True
        elif operator is sre.BRANCH:
            if any(unbounded(branch) for branch in argument[1]):
                return True
        elif operator in (sre.ASSERT, sre.ASSERT_NOT) and unbounded(argument[1]):
            return True
    return False


def required_of(parsed: Any) -> tuple[tuple[str, ...], ...]:
    """Sets of literal strings; every match contains one of each set. The best set first, at most MOST_SETS."""
    sets: list[tuple[str, ...]] = []
    run = ""

    def end_run() -> None:
        nonlocal run
        if run:
            sets.append((run,))
        run = ""

    for operator, argument in parsed:
        if operator is sre.LITERAL:
            run += chr(argument)
            continue
        if (
            operator is sre.MAX_REPEAT
            and argument[0] >= 1
            and argument[2][0][0] is sre.LITERAL
            and len(argument[2]) == 1
        ):
            run += chr(argument[2][0][1])
        end_run()
        if operator is sre.SUBPATTERN:
            sets.extend(required_of(argument[3]))
        elif operator is sre.BRANCH:
            parts = [anchors_of(branch) for branch in argument[1]]
            if all(parts):
                sets.append(tuple(sorted({anchor for part in parts for anchor in part})))
        elif operator in (sre.MAX_REPEAT, sre.MIN_REPEAT) and argument[0] >= 1:
            sets.extend(required_of(argument[2]))
    end_run()
    useful = [anchors for anchors in sets if min(len(anchor.strip()) for anchor in anchors) >= 2]
    return tuple(sorted(useful, key=rank, reverse=True)[:MOST_SETS])


def anchors_of(parsed: Any) -> tuple[str, ...]:
    """The best of the sets that every match must contain one of; empty when there is none."""
    required = required_of(parsed)
    return required[0] if required else ()


COMMON = frozenset(
    """
    hit kill killed attack fire fired fir strik strike struck destroy destroyed wound wounded injure
    injured target raid level crash launch launched shot shoot drop air battle fight operation support
    home house houses into from since their town leave left forced driven attacks people report
    said of in to the and as at on with by out for not day but was ha ed ing over under all end dead led
    some away first
    """.split()  # noqa: SIM905 - a page of words reads better
)
"""Strings that stand in much of the news: the worst of anchors."""


def rank(anchors: tuple[str, ...]) -> float:
    """Long anchors are worth more, and few, and such as are rare in the news."""
    plain = [a.strip(" -") for a in anchors]
    if min((len(a) for a in plain), default=0) < 2:
        return -9.0
    return min(len(a) for a in plain) - len(anchors) / 50 - 4 * any(a in COMMON for a in plain)
