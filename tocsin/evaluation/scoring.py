"""Signals that extraction found, scored against a row of a gold file.

Signals that a reader marked uncertain (`certain: false`) are scored twice: as signals, and as if they were not there
(a prediction that fits one is then neither right nor wrong). Umbrella totals are no events and are left out of counts.
"""

from typing import Any, NamedTuple

from stream.extract import Extraction
from stream.signals import Signal
from tocsin.evaluation.gold import Gold
from tocsin.evaluation.matching import FIGURES, likeness, overlap, pairs, same_country, same_number, same_place
from tocsin.evaluation.tallies import Score


class Answer(NamedTuple):
    """One kind in one story: what was asked for, what the reader was uncertain of besides, and what was said."""

    row: Gold
    kind: str
    wanted: list[Gold]
    spare: list[Gold]
    said: list[Signal]


class Matches(NamedTuple):
    """Pairs (wanted, said) of an answer, by what they agree in; and what was said beyond them."""

    by_kind: list[tuple[int, int]]
    by_country: list[tuple[int, int]]
    by_place: list[tuple[int, int]]
    forgiven: int
    """How many fit what the reader was uncertain of."""
    alarms: list[Signal]


def score_signals(row: Gold, found: Extraction, score: Score, *, uncertain: bool) -> None:
    """Adds one story with labelled signals to a score; `uncertain`: whether signals marked uncertain are asked for."""
    gold = [g for g in row["signals"] if g.get("status") == "new"]
    asked = [g for g in gold if uncertain or g.get("certain", True)]
    spare = [g for g in gold if g not in asked]
    said = _said(found, [g["kind"] for g in gold])
    score.stories += 1
    score.said += len(said)
    score.true += len(asked)
    for kind in sorted({g["kind"] for g in row["signals"]} | {s.kind for s in said}):
        answer = Answer(
            row,
            kind,
            [g for g in asked if g["kind"] == kind],
            [g for g in spare if g["kind"] == kind],
            [s for s in said if s.kind == kind],
        )
        matches = _match(answer)
        score.said -= matches.forgiven
        _count(answer, matches, score)
        _score_figures(answer, matches, score)
        _score_days(answer, matches, score)
        _tell_misses(answer, matches, score)
        _tell_wrong_places(answer, matches, score)
        for signal in matches.alarms:
            _false_alarm(row, signal, score)


def score_quiet(row: Gold, found: Extraction, score: Score) -> None:
    """Adds one story in which nothing should count."""
    score.stories += 1
    for signal in found.signals:
        if signal.counted:
            score.said += 1
            score.false_alarms.append(_alarm(row, signal))


def told(row: Gold, kind: str, quote: str | None, place: str | None) -> dict[str, Any]:
    """A fault as the report has it."""
    return {"id": row.get("id"), "kind": kind, "quote": quote, "place": place}


def _said(found: Extraction, labels: list[str]) -> list[Signal]:
    """What counts; an umbrella total only where the reader gave more of its kind than were said without it."""
    said = [s for s in found.signals if s.counted and not s.umbrella]
    kinds = [s.kind for s in said]
    return said + [s for s in found.signals if s.counted and s.umbrella and labels.count(s.kind) > kinds.count(s.kind)]


def _match(answer: Answer) -> Matches:
    wanted, said = answer.wanted, answer.said
    by_kind = pairs(wanted, said, lambda g, s: True, likeness)
    answering = {s for _, s in by_kind}
    left = [signal for number, signal in enumerate(said) if number not in answering]
    forgiven = {s for _, s in pairs(answer.spare, left, lambda g, s: True, likeness)}
    return Matches(
        by_kind,
        pairs(wanted, said, same_country, likeness),
        pairs(wanted, said, lambda g, s: same_country(g, s) and same_place(g, s), likeness),
        len(forgiven),
        [signal for number, signal in enumerate(left) if number not in forgiven],
    )


def _count(answer: Answer, matches: Matches, score: Score) -> None:
    """By story: was the kind found. By signal: how many were, with their country, and with their place."""
    if answer.wanted and answer.said:
        score.story[answer.kind].right += 1
    elif answer.wanted:
        score.story[answer.kind].missed += 1
    elif answer.said and not answer.spare:
        score.story[answer.kind].wrong += 1
    for name, matched in (
        ("kind", matches.by_kind),
        ("kind+country", matches.by_country),
        ("kind+country+place", matches.by_place),
    ):
        score.signal[name].right += len(matched)
        score.signal[name].wrong += len(answer.said) - len(matched) - matches.forgiven
        score.signal[name].missed += len(answer.wanted) - len(matched)


def _score_figures(answer: Answer, matches: Matches, score: Score) -> None:
    """Figures of matched signals: exact, wrong, missed, or said where the reader gave none."""
    for g, s in matches.by_country:
        gold, signal = answer.wanted[g], answer.said[s]
        for name in FIGURES:
            wanted, found = gold.get(name), getattr(signal, name)
            if wanted is None and found is None:
                continue
            if wanted is not None and same_number(wanted, found):
                score.figures[name]["exact"] += 1
                continue
            score.figures[name]["extra" if wanted is None else "missed" if found is None else "wrong"] += 1
            score.wrong_figures.append(
                {
                    **told(answer.row, answer.kind, gold.get("quote"), None),
                    "figure": name,
                    "gold": wanted,
                    "said": found.best if found else None,
                }
            )


def _score_days(answer: Answer, matches: Matches, score: Score) -> None:
    """The day of each signal that is found at its place, where the reader gave one."""
    for g, s in matches.by_place:
        gold, day = answer.wanted[g], answer.said[s].day
        if gold.get("day") is None:
            continue
        right = day is not None and day.isoformat() == gold["day"]
        score.figures["day"]["exact" if right else "wrong"] += 1
        if not right:
            said = day.isoformat() if day is not None else None
            fault = told(answer.row, answer.kind, gold.get("quote"), None)
            score.wrong_figures.append({**fault, "figure": "day", "gold": gold["day"], "said": said})


def _tell_misses(answer: Answer, matches: Matches, score: Score) -> None:
    found = {g for g, _ in matches.by_kind}
    for number, gold in enumerate(answer.wanted):
        if number not in found:
            score.misses.append(told(answer.row, answer.kind, gold.get("quote"), gold.get("place")))


def _tell_wrong_places(answer: Answer, matches: Matches, score: Score) -> None:
    placed = {g for g, _ in matches.by_place}
    for g, s in matches.by_kind:
        if g in placed:
            continue
        gold, place = answer.wanted[g], answer.said[s].place
        score.wrong_places.append(
            {
                **told(answer.row, answer.kind, gold.get("quote"), gold.get("place")),
                "country": gold.get("country"),
                "said": f"{place.name}/{place.country}" if place else None,
            }
        )


def _false_alarm(row: Gold, signal: Signal, score: Score) -> None:
    """A counted signal that the reader did not give; `not_real` when the reader gave those words another status."""
    alarm = _alarm(row, signal)
    score.false_alarms.append(alarm)
    other = [g for g in row["signals"] if g["kind"] == signal.kind and g.get("status") != "new"]
    if any(overlap(g.get("quote") or "", signal.evidence.quote) > 0.4 for g in other):
        score.not_real.append(alarm)


def _alarm(row: Gold, signal: Signal) -> dict[str, Any]:
    place = signal.place.name if signal.place else None
    return {**told(row, signal.kind, signal.evidence.quote, place), "pattern": signal.evidence.pattern}
