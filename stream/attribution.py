"""Who says so, who did it, and what kind of claim it is. Rows of config/lexicon/sources.yaml."""

import re
from dataclasses import dataclass

from stream.lexicon import Hit
from stream.passages import Passage
from stream.signals import Certainty, Claim

NEAR = 36
DAY_AFTER = re.compile(r"(?: on)? (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day.{0,20}\Z")
CREDITING = frozenset({"according to", "told", "citing", "cited", "quoted"})


@dataclass(frozen=True, slots=True)
class Attribution:
    """`source` as written, or None for the reporter's own account; `uninvolved` is true for that and for monitors
    and witnesses.
    """

    source: str | None
    uninvolved: bool
    claim: Claim


def attribution(passage: Passage, index: int, start: int, end: int) -> Attribution:
    """Whom sentence `index` credits for the words [start, end), and whether they are observed, alleged or mutual."""
    sentence = passage.sentences[index]
    source, uninvolved = credited(passage, index, start, end)
    if passage.hits("sources", "mutual", index):
        return Attribution(source, uninvolved, "mutual")
    alleged = [
        hit
        for hit in passage.hits("sources", "alleged", index)
        if hit.start >= sentence.start and abs(hit.start - start) < 160
    ]
    if passage.hits("sources", "admitted", index):
        return Attribution(source, uninvolved, "observed")
    denied = (
        source is not None
        and not uninvolved
        and bool(passage.hits("sources", "denial", min(index + 1, len(passage.sentences) - 1)))
    )
    if (alleged and not (source and uninvolved)) or denied:
        return Attribution(source, False, "alleged")
    return Attribution(source, uninvolved, "observed")


def credited(passage: Passage, index: int, start: int, end: int) -> tuple[str | None, bool]:
    """The source beside a reporting word of the sentence, outside the words themselves; (None, True) when nobody
    is credited.
    """
    sentence = passage.sentences[index]
    verbs = list(passage.phrase("reporting_verb").finditer(passage.plain, sentence.start, sentence.end))
    if not verbs:
        return None, True
    best: tuple[int, str, bool] | None = None
    monitors = passage.hits("sources", "uninvolved", index)
    for role, uninvolved in (("uninvolved", True), ("party", False)):
        for hit in passage.hits("sources", role, index):
            if start <= hit.start < end or (not uninvolved and any(titled(passage, m, hit) for m in monitors)):
                continue
            distance = min(apart(hit, verb) for verb in verbs)
            if distance <= NEAR and (best is None or distance < best[0]):
                best = distance, written(passage, sentence.start, hit.start, hit.end), uninvolved
    return (best[1], best[2]) if best else (None, True)


TITLE = re.compile(r"(?:['’]s)?(?:[ -](?:[A-Z]\w*|for|of))*[ -]?")


def titled(passage: Passage, monitor: Hit, hit: Hit) -> bool:
    """Is this a title within the name of a monitor: the "General" of "UN Secretary General"?"""
    return monitor.end <= hit.start and TITLE.fullmatch(passage.text, monitor.end, hit.start) is not None


def apart(hit: Hit, verb: re.Match[str]) -> int:
    """Characters between a source and a verb of saying; a source behind its verb must follow at once, or after
    "according to".
    """
    if hit.end <= verb.start():
        return verb.start() - hit.end
    gap = hit.start - verb.end()
    return gap if gap <= 12 or verb.group() in CREDITING else NEAR + 1


def written(passage: Passage, floor: int, start: int, end: int) -> str:
    """The words of a source as written, with the capitalised words before and after them."""
    before = re.search(
        r"(?:[A-Z][\w'’.-]{0,30} (?:of |for |the )?){0,4}\Z", passage.text[max(floor, start - 80) : start]
    )
    after = re.match(r"(?:(?: (?:of|for))? [A-Z][\w'’-]{1,30}){0,5}", passage.text[end : end + 120])
    left = start - len(before.group()) if before else start
    right = end + len(after.group()) if after else end
    words = DAY_AFTER.sub("", passage.text[left:right]).strip()[:80]
    return "United Nations" if words.lower() in passage.lexicon.words("united_nations") else words


def actors(passage: Passage, index: int, start: int, end: int) -> tuple[str, ...]:
    """Who did it: the states and forces named in the words or before them in their clause, as written."""
    first, _ = passage.clause(index, start, end)
    found: dict[str, None] = {}
    for match in passage.lexicon.word_patterns["nations"].finditer(passage.plain, max(first, start - 80), end):
        if match.group() not in passage.lexicon.words("no_actor"):
            found[
                passage.text[match.start() : match.end()].strip("'s’ ")
                if match.group().endswith("'s")
                else passage.text[match.start() : match.end()]
            ] = None
    return tuple(found)[:4]


def certainty(claim: Claim | None, *, certain: bool, uninvolved: bool) -> Certainty:
    """Observed, likely or possible, as the codebook grades one story: allegations and uncertain words are only
    possible.
    """
    if not certain or claim in ("alleged", "mutual"):
        return "possible"
    return "observed" if uninvolved else "likely"
