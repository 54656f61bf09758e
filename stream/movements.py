"""What a number of displaced people means: moved or living displaced, of now or of a whole war, and why they left."""

import re

from stream.lexicon import Hit
from stream.numbers import Quantity
from stream.passages import Passage
from stream.signals import Cause, Measure, Status
from stream.status import judge
from stream.timing import RECENT, RECENT_FLOW, dates_event

REMAIN = re.compile(r"(?<!\w)(?:remain(?:s|ed|ing)?|still)(?: \w{1,12})? \Z")
BEFORE_IT = re.compile(
    r"(?<!\w)were (?:living|sheltering|staying|housed|camped)(?!\w)[^;.]{0,80}? before the (?:war|assault|offensive"
    r"|attack|invasion|takeover|fall)(?!\w)"
)
"""How people lived before what is told happened."""
HAD_BEEN = re.compile(
    r"(?<!\w)had (?:been (?:living|sheltering|staying|housed|sleeping|hiding|held|camped|home to)"
    r"|sheltered|hosted|housed)"
    r"(?!\w)"
)


def measure_of(passage: Passage, index: int, hit: Hit, quantity: Quantity) -> Measure:
    """Moved, or living displaced: by the row, the words around it, and whether "displaced" is an adjective here."""
    plain = passage.plain
    first, last = passage.clause(index, min(hit.start, quantity.start), max(hit.end, quantity.end))
    if hit.row.measure == "stock":
        flow = passage.lexicon.scanner("displaced", "flow").within(plain, first, last)
        return "flow" if flow and not passage.phrase("living_displaced").search(plain, first, last) else "stock"
    if passage.phrase("newly").search(plain[max(0, hit.start - 24) : hit.start]):
        return "flow"
    if passage.phrase("aid_for").search(plain[max(first, quantity.start - 60) : quantity.start]):
        return "stock"
    if (
        re.search(r"who (?:have |had )?(?:\w{1,12} )?\Z", plain[max(first, hit.start - 24) : hit.start])
        and "refugee" in plain[quantity.start : hit.start]
    ):
        return "stock"
    if hit.row.name == "homeless" and REMAIN.search(passage.plain, max(first, hit.start - 24), hit.start):
        return "stock"
    if hit.row.name in ("displaced", "homeless"):
        before = plain[max(first, hit.start - 24) : hit.start]
        if hit.row.name == "displaced" and re.search(
            r"(?:remain(?:s|ed|ing)?|still|(?<!had )already|internally)(?: \w{1,12})? ?\Z", before
        ):
            return "stock"
        if (
            hit.row.name == "displaced"
            and quantity.best >= 500_000
            and quantity.end <= hit.start
            and not re.search(r"(?:were|was|been|being|be)(?: \w{1,12})? \Z", before)
        ):
            return "stock"
        if re.match(
            r" (?:internally|people|persons|families|civilians|households|residents|syrians|iraqis)",
            plain[hit.end : hit.end + 14],
        ) and not re.search(r"newly \Z", plain[: hit.start][-8:]):
            return "stock"
    return "flow"


def status_of(passage: Passage, index: int, hit: Hit, quantity: Quantity, measure: Measure) -> tuple[Status, str]:
    """Status and reason of a number of displaced people."""
    kind = "displacement"
    recent = RECENT_FLOW if measure == "flow" else RECENT
    start, end = min(hit.start, quantity.start), max(hit.end, quantity.noun_end or quantity.end)
    who = passage.phrase("who_have").search(passage.plain, quantity.end, max(quantity.end, hit.start))
    status, reason = judge(passage, index, hit.start if who else start, end, kind, recent=recent)
    if status == "new":
        status, reason = judge(passage, index, hit.start, hit.end, kind, recent=recent)
    if measure == "stock":
        status, reason = stock_status(passage, index, start, end, status, reason)
    else:
        status, reason = flow_status(passage, index, start, end, status, reason, quantity)
    if status == "new" and (going_home := returning(passage, index, end)):
        return "background", going_home
    if status == "new" and hit.row.status is not None:
        return hit.row.status, hit.row.reason or "reported"
    return status, reason


def flow_status(
    passage: Passage, index: int, start: int, end: int, status: Status, reason: str, quantity: Quantity
) -> tuple[Status, str]:
    """A flow counted since an event ("since the offensive began") is new when that event is of the last 30 days, and
    a toll of a whole war is background.
    """
    sentence = passage.sentences[index]
    half = passage.plain.find(";", end, sentence.end)
    since = passage.phrase("since_event").search(passage.plain, start, sentence.end if half < 0 else half)
    if since is not None and status in ("new", "background") and reason in ("reported", "cumulative"):
        if recent_day(passage, index, start) or (not dated(passage, index) and begun(passage)):
            return "new", "reported"
        return "background", "cumulative"
    if status == "new" and (since_then(passage, index, start, end) or of_then(passage, index)):
        return "background", "cumulative"
    disaster = cause_of(passage, index, start, end) == "disaster"
    if (
        status == "new"
        and not disaster
        and (war_long(passage, index, quantity) or long_ago(passage, index, start, end))
    ):
        return "background", "cumulative"
    return status, reason


SINCE_THEN = re.compile(r"(?<!\w)since then(?!\w)")
THEN = ("day", "month", "year")


def since_then(passage: Passage, index: int, start: int, end: int) -> bool:
    """Are they counted since a time, named up to three sentences before, that is over for more than 30 days?"""
    if not SINCE_THEN.search(passage.plain, max(0, start - 24), min(passage.sentences[index].end, end + 40)):
        return False
    named = [m for at in range(max(0, index - 3), index) for m in passage.days(at) if m.kind in (*THEN, "since")]
    return bool(named) and named[-1].first < passage.published - RECENT_FLOW


def of_then(passage: Passage, index: int) -> bool:
    """Does a sentence tell what has come of something that it dates more than 30 days back: "the takeover in January
    has forced"?
    """
    oldest = passage.published - RECENT_FLOW
    named = [m for m in passage.days(index) if m.kind in THEN and dates_event(passage, m)]
    sentence = passage.sentences[index]
    perfect = passage.phrase("perfect_deed").search(passage.plain, sentence.start, sentence.end)
    return bool(named) and perfect is not None and all(m.last < oldest and m.end < perfect.start() for m in named)


def dated(passage: Passage, index: int) -> bool:
    """Does a sentence name any time that dates what it tells?"""
    return any(dates_event(passage, m) for m in passage.days(index))


def recent_day(passage: Passage, index: int, start: int, end: int | None = None) -> bool:
    """Does the sentence name a time within 30 days before publication, from `start` (up to `end`) on?"""
    oldest = passage.published - RECENT_FLOW
    return any(
        m.start >= start
        and (end is None or m.start < end)
        and m.kind != "vague_past"
        and m.first >= oldest
        and m.first <= passage.published
        and dates_event(passage, m)
        and not m.word.lower().startswith("before ")
        for m in passage.days(index)
    )


def begun(passage: Passage) -> bool:
    """Does the story tell that the fighting began within the last 30 days?"""
    return passage.known("begun", lambda: any(began_recently(passage, i) for i in range(len(passage.sentences))))


def began_recently(passage: Passage, index: int) -> bool:
    """Does a sentence tell that something began within the last 30 days, or count from such a day?"""
    sentence = passage.sentences[index]
    oldest = passage.published - RECENT_FLOW
    if any(m.kind == "since" and oldest <= m.first <= passage.published for m in passage.days(index)):
        return True
    began = passage.phrase("began").search(passage.plain, sentence.start, sentence.end)
    return began is not None and recent_day(passage, index, began.start() - 40, began.end() + 60)


def long_ago(passage: Passage, index: int, start: int, end: int) -> bool:
    """Is it told of a war that the sentence speaks of as history ("the war, in which", "at the height of")?"""
    sentence = passage.sentences[index]
    told = passage.phrase("history").search(passage.plain, sentence.start, sentence.end)
    return told is not None and not recent_day(passage, index, sentence.start)


def war_long(passage: Passage, index: int, quantity: Quantity) -> bool:
    """A toll of the whole war: "millions", or half a million and more "by the war", with no day that says when."""
    if quantity.vague and quantity.best >= 2_000_000:
        return True
    sentence = passage.sentences[index]
    told = passage.phrase("whole_war").search(passage.plain, sentence.start, sentence.end)
    if told and not recent_day(passage, index, sentence.start) and any(m.kind == "since" for m in passage.days(index)):
        return True
    if quantity.best < 500_000 or recent_day(passage, index, sentence.start):
        return False
    if passage.phrase("short_span").search(passage.plain, sentence.start, sentence.end):
        return False
    if told is not None:
        return not passage.days(index)
    perfect = passage.phrase("perfect").search(passage.plain, quantity.end, min(sentence.end, quantity.end + 48))
    return quantity.best >= 1_000_000 and perfect is not None and not dated(passage, index)


def stock_status(passage: Passage, index: int, start: int, end: int, status: Status, reason: str) -> tuple[Status, str]:
    """People who live displaced are told as a fact even inside a plea ("food for two million refugees") or a history.

    They are not as of now when the clause dates them to a year gone by, and not real when it says they may become so.
    """
    if status == "denied" or (status == "hypothetical" and reason in ("conditional", "feared", "ordered")):
        return status, reason
    if HAD_BEEN.search(passage.plain, max(passage.sentences[index].start, start - 24), end):
        return "background", "past"
    if BEFORE_IT.search(passage.plain, start, passage.sentences[index].end):
        return "background", "past"
    first, last = passage.clause(index, start, end)
    for m in passage.days(index):
        if (
            first <= m.start < last
            and m.kind in ("year", "month")
            and m.last < passage.published - 6 * RECENT_FLOW
            and dates_event(passage, m)
        ):
            return "background", "past"
    return "new", "stock_as_of_now"


def returning(passage: Passage, index: int, end: int) -> str | None:
    """Reason `return` when the same clause goes on to say that these people went home."""
    _, last = passage.clause(index, end, end)
    following = passage.lexicon.scanner("displacement", "not_event").within(passage.plain, end, last)
    return "return" if any(h.row.reason == "return" for h in following) else None


def cause_of(passage: Passage, index: int, start: int, end: int) -> Cause:
    """Why: by the nearest word of a cause in the sentence, else in the sentences around it, else in the story."""
    sentence = passage.sentences[index]
    spans = [
        (sentence.start, sentence.end),
        (passage.sentences[max(0, index - 1)].start, passage.sentences[min(len(passage.sentences) - 1, index + 1)].end),
        (0, len(passage.plain)),
    ]
    for first, last in spans:
        found = [
            (max(a - end, start - b, 0), cause)
            for a, b, cause in passage.known(("causes", first, last), lambda: causes(passage, first, last))  # noqa: B023
            if not (cause == "conflict" and start <= a < end and passage.plain.startswith("refugee", a))
        ]
        if found:
            return min(found, key=lambda item: item[0])[1]
    return "conflict" if passage.phrase("flight").search(passage.plain, start, end) else "unknown"


CAUSES: tuple[tuple[str, Cause], ...] = (("other_cause", "other"), ("disaster", "disaster"), ("conflict", "conflict"))


def causes(passage: Passage, first: int, last: int) -> list[tuple[int, int, Cause]]:
    """Words of a cause in [first, last): where they stand and which cause they tell."""
    return [
        (match.start(), match.end(), cause)
        for words, cause in CAUSES
        for match in passage.lexicon.word_patterns[words].finditer(passage.plain, first, last)
    ][:200]
