"""Factuality: did it happen, is it long ago, may it happen, did it not happen?

Cues are rows of config/lexicon/status.yaml. A cue governs the words that follow it within its reach in the same clause
(scope `before`), those that precede it (`after`), its clause, or its sentence. Where none does, the days that are named
decide between new and background.
"""

import re
from datetime import timedelta

from stream.hindsight import GATHERING, framed_past, fresh, looks_back
from stream.lexicon import Hit
from stream.passages import Passage
from stream.signals import Status
from stream.timing import RECENT, by_days

PRIORITY: dict[Status, int] = {"denied": 0, "hypothetical": 1, "background": 2, "new": 3}
REASONS = (
    "reported", "negated", "denied", "modal", "threat", "plan", "call", "feared", "conditional", "purpose", "exercise",
    "principle", "ordered", "anniversary", "trial", "inquiry", "halted", "past", "cumulative", "future", "generic",
    "stock_as_of_now", "no_quantity", "no_attack", "other_attack", "no_deal", "no_displacement", "return",
    "homes_destroyed", "untied",
)  # fmt: skip
"""Every reason a signal or a mention can have: the words of metric labels and explanations."""


INSIDE = frozenset({"modal"})
"""Reasons that hold also where their words stand inside the trigger: "jets that can hit"."""


OVERRULED = frozenset({"generic", "trial", "inquiry", "anniversary", "halted"})
PARTICIPLE = re.compile(r", \w{3,15}ing\b")


SHORT = 5
"""A cue of this reach or less does not reach over a comma."""


THE_ONE = re.compile(r"(?<!\w)(?:the|this|that)(?: (?!20\d\d)[\w.'-]{1,20}){0,2} \Z")
ONE = re.compile(r"(?<!\w)(?:an?|the|this|that|another)(?: [\w.'-]{1,20}){0,3} \Z")


def judge(
    passage: Passage, index: int, start: int, end: int, kind: str, *, recent: timedelta = RECENT, dated: bool = True
) -> tuple[Status, str]:
    """Status and reason of the words [start, end) of sentence `index`: the strongest cue that governs them, then
    the days if `dated`.
    """
    cues = [cue for cue in passage.hits("status", "cue", index) if governs(passage, index, cue, start, end, kind)]
    cues = [
        cue
        for cue in cues
        if not (cue.row.reason in OVERRULED and told_as_event(passage, index, start, end, recent, cue.row.reason))
        and not (cue.row.reason in ABOUT_IT and of_a_day(passage, index, start, recent))
    ]
    if cues:
        strongest = min(cues, key=lambda cue: (PRIORITY[cue.row.status or "new"], abs(cue.start - start)))
        return strongest.row.status or "new", strongest.row.reason or "reported"
    status, reason = by_days(passage, index, start, end, recent=recent) if dated else ("new", "reported")
    if status == "new" and dated and framed_past(passage, index, start, end, recent):
        return "background", "past"
    if status == "new" and passage.known("anniversary", lambda: looks_back(passage)) and not fresh(passage, index):
        return "background", "anniversary"
    return status, reason


ABOUT_IT = frozenset({"call", "inquiry", "generic", "trial", "principle"})
"""Reasons that speak about an attack which the words date themselves."""


def of_a_day(passage: Passage, index: int, start: int, recent: timedelta) -> bool:
    """Does a recent day stand right before the words: "an inquiry into Saturday's air raid"?"""
    return any(
        m.kind == "day" and 0 <= start - m.end <= 16 and passage.published - recent <= m.last <= passage.published
        for m in passage.days(index)
    )


def told_as_event(passage: Passage, index: int, start: int, end: int, recent: timedelta, reason: str | None) -> bool:
    """Is one recent event told, although the story speaks of it in court, in protest or on an anniversary?

    Its clause names a recent day, or those who protest speak of one attack ("the strike") and not of attacks.
    """
    if reason == "inquiry" and THE_ONE.search(passage.plain, max(0, start - 32), start) and recent <= RECENT:
        return not passage.plain[start:end].endswith("s") and not passage.days(index)
    if (
        reason == "generic"
        and not passage.plain[start:end].endswith("s")
        and ONE.search(passage.plain[max(0, start - 32) : start])
    ):
        return True
    first, last = passage.clause(index, start, end)
    oldest = passage.published - min(recent, RECENT)
    return any(
        m.kind in ("day", "period") and first <= m.start < last and oldest <= m.first and m.last <= passage.published
        for m in passage.days(index)
    )


def governs(passage: Passage, index: int, cue: Hit, start: int, end: int, kind: str) -> bool:
    """Does this cue speak of the words [start, end) of the same sentence?"""
    row = cue.row
    if row.kinds and kind not in row.kinds:
        return False
    if row.name == "anniversary" and cue.start > end and GATHERING.search(passage.plain, end, cue.start):
        return False
    inside = start < cue.start and cue.end < end
    if inside and (row.reason in INSIDE or passage.plain[cue.start : cue.end].endswith("not")):
        return True
    if row.scope == "before":
        if (
            not 0 <= start - cue.end <= 24 * row.reach + 24
            or passage.words_between(cue.end, start) > row.reach
            or PARTICIPLE.match(passage.plain, start - 2)
        ):
            return False
        if row.reach <= SHORT and "," in passage.plain[cue.end : start]:
            return False
        if kind != "ceasefire_violation" and passage.has("truce", cue.end, start):
            return False
        return not passage.broken(cue.end, start)
    if row.scope == "after":
        return (
            0 <= cue.start - end <= 24 * row.reach + 24
            and passage.words_between(end, cue.start) <= row.reach
            and not passage.broken(end, cue.start)
        )
    if row.scope == "clause":
        return not passage.broken(min(cue.end, start), start) and not passage.broken(end, max(end, cue.start))
    return True
