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
LONGEST_GAP = 12


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
            return alternation(lists[match["list"]]).replace(" ", " {1,3}")
        if match["gap"]:
            return rf"\"? {{1,3}}(?:{WORD} {{1,3}}){{0,{min(int(match['gap']), LONGEST_GAP)}}}?\"?"
        return match["class"] or '"? {1,3}"?'

    parts = r"(?P<class>\[[^\]]*\]|\(\?<[!=][^()]*\))|\{(?P<list>[a-z_]+)\}| ?~(?P<gap>\d{1,2}) ?| (?!\{)"
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


def anchors_of(parsed: Any) -> tuple[str, ...]:
    """Literal strings, one of which every match contains; empty when there is no such set."""
    best: tuple[str, ...] = ()
    run = ""

    def consider(candidate: tuple[str, ...]) -> None:
        nonlocal best
        if candidate and rank(candidate) > rank(best):
            best = candidate

    for operator, argument in parsed:
        if operator is sre.LITERAL:
            run += chr(argument)
            continue
        if (
            operator is sre.MAX_REPEAT
            and argument[0] >= 1
            and len(argument[2]) == 1
            and argument[2][0][0] is sre.LITERAL
        ):
            run += chr(argument[2][0][1])
            consider((run,))
            run = ""
            continue
        consider((run,) if run else ())
        run = ""
        if operator is sre.SUBPATTERN:
            consider(anchors_of(argument[3]))
        elif operator is sre.BRANCH:
            parts = [anchors_of(branch) for branch in argument[1]]
            consider(tuple(sorted({a for part in parts for a in part})) if all(parts) else ())
        elif operator in (sre.MAX_REPEAT, sre.MIN_REPEAT) and argument[0] >= 1:
            consider(anchors_of(argument[2]))
    consider((run,) if run else ())
    return best


def rank(anchors: tuple[str, ...]) -> float:
    """Long anchors are worth more, and few: they are rarer."""
    return min((len(a.strip(" -")) for a in anchors), default=0) - len(anchors) / 50
