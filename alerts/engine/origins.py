"""Origins: how many independent voices stand behind an incident. Rules count agencies, not reprints.

Two stories have one origin when they carry one text (the same hash, or at least 80 % of the shorter one's word
3-grams), or when they credit the same agency. A story without a credit speaks for its feed.
"""

from collections.abc import Iterable, Sequence
from typing import Any

SAME_TEXT = 0.8
_SEPARATORS = str.maketrans({"/": " ", ",": " ", ".": "", "-": " "})


def origin_names(stories: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    """One name for each origin of these stories, sorted: the credit of the one that was published first.

    Stories that are alike in a chain are one origin (connected components).
    """
    groups: list[list[dict[str, Any]]] = []
    for story in sorted(stories, key=lambda story: (story["published"], story["uri"])):
        same = [group for group in groups if any(one_origin(story, other) for other in group)]
        apart = [group for group in groups if group not in same]
        groups = [*apart, [*(other for group in same for other in group), story]]
    firsts = [min(group, key=lambda story: (story["published"], story["uri"])) for group in groups]
    return tuple(sorted({_name(story) for story in firsts}))


def one_origin(a: dict[str, Any], b: dict[str, Any]) -> bool:
    """Do two stories come from one origin?"""
    if credit_key(a) == credit_key(b):
        return True
    if a["sha256"] is not None and a["sha256"] == b["sha256"]:
        return True
    return containment(a["sketch"], b["sketch"]) >= SAME_TEXT


def credit_key(story: dict[str, Any]) -> str:
    """The first credit without case and punctuation, or the feed."""
    return " ".join(_name(story).translate(_SEPARATORS).casefold().split())


def containment(a: Sequence[int], b: Sequence[int]) -> float:
    """Estimated share of the shorter text's 3-grams that the longer one holds too, of two bottom-k sketches.

    They are ascending. Only hashes up to the smaller of the two largest are known of both (Cohen & Kaplan 2007).
    """
    if not a or not b:
        return 0.0
    bound = min(a[-1], b[-1])
    low_a = {h for h in a if h <= bound}
    low_b = {h for h in b if h <= bound}
    smaller = min(len(low_a), len(low_b))
    return len(low_a & low_b) / smaller if smaller else 0.0


def _name(story: dict[str, Any]) -> str:
    return str(story["credits"][0]) if story["credits"] else str(story["feed"])
