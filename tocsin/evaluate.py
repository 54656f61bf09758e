"""How well extraction agrees with people: scores of gold files, every miss and every false alarm with its quote.

A gold file is JSON lines. `{"id","published","text","signals":[...]}`: signals as in the codebook, scored by story
and by signal.
`{"id","text","quantity","unit",...}`: one displaced quantity in a text. Without either, the text is quiet: whatever
counts is a false alarm.
Signals that a reader marked uncertain (`certain: false`) are scored twice: as signals, and as if they were not there
(a prediction that fits one is then neither right nor wrong). Umbrella totals are no events and are left out of counts.
"""

import gzip
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from stream.extract import Extraction, extract
from stream.signals import Signal
from stream.stories import Story
from tocsin.matching import FIGURES, Gold, likeness, overlap, pairs, same_country, same_number, same_place
from tocsin.scoreboard import write_difference, write_faults, write_scores

UNDATED = "2017-04-01"
"""Publication day of texts without one; IDETECT excerpts are of 2016 and 2017."""


@dataclass
class Tally:
    """Right, wrong and missed; precision, recall and F1 are null where nothing was to be found."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def scores(self) -> dict[str, float | int | None]:
        said, true = self.right + self.wrong, self.right + self.missed
        precision = self.right / said if said else None
        recall = self.right / true if true else None
        f1 = 2 * self.right / (said + true) if said + true else None
        return {
            "right": self.right,
            "wrong": self.wrong,
            "missed": self.missed,
            "precision": precision,
            "recall": recall,
            "f1": f1,
        }


@dataclass
class Score:
    """All that is counted over one file."""

    stories: int = 0
    story: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    signal: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    figures: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    said: int = 0
    true: int = 0
    not_real: list[dict[str, Any]] = field(default_factory=list)
    misses: list[dict[str, Any]] = field(default_factory=list)
    false_alarms: list[dict[str, Any]] = field(default_factory=list)
    wrong_figures: list[dict[str, Any]] = field(default_factory=list)
    wrong_places: list[dict[str, Any]] = field(default_factory=list)


def read(path: Path) -> Iterator[Gold]:
    """The rows of a gold file, gzipped or not. Raises ValueError naming the line that is no JSON object."""
    opener: Callable[..., Any] = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise ValueError(f"{path}:{number}: not JSON: {error.msg}") from None
            if not isinstance(row, dict) or not isinstance(row.get("text"), str):
                raise ValueError(f"{path}:{number}: a gold row is an object with a text")
            yield row


def story_of(row: Gold) -> Story:
    """The row as a story published at noon UTC of its day."""
    day = datetime.fromisoformat(row.get("published") or UNDATED)
    published = (day if day.tzinfo else day.replace(tzinfo=UTC, hour=12)).astimezone(UTC)
    return Story(uri=str(row.get("id", "")), published=published, body=row["text"], language="en")


def score_signals(row: Gold, found: Extraction, score: Score, *, uncertain: bool) -> None:
    """Adds one story with labelled signals to a score; `uncertain`: whether signals marked uncertain are asked for."""
    score.stories += 1
    gold = [g for g in row["signals"] if g.get("status") == "new"]
    asked = [g for g in gold if uncertain or g.get("certain", True)]
    spare = [g for g in gold if g not in asked]
    labels = [g["kind"] for g in gold]
    said = [s for s in found.signals if s.counted and not s.umbrella]
    said += [
        s for s in found.signals if s.counted and s.umbrella and labels.count(s.kind) > kinds_of(said).count(s.kind)
    ]
    excused: set[int] = set()
    for kind in sorted({g["kind"] for g in row["signals"]} | {s.kind for s in said}):
        wanted = [g for g in asked if g["kind"] == kind]
        extra = [g for g in spare if g["kind"] == kind]
        mine = [i for i, s in enumerate(said) if s.kind == kind]
        of_kind = [said[i] for i in mine]
        if wanted and of_kind:
            score.story[kind].right += 1
        elif wanted:
            score.story[kind].missed += 1
        elif of_kind and not extra:
            score.story[kind].wrong += 1
        by_country = pairs(wanted, of_kind, same_country, likeness)
        by_place = pairs(wanted, of_kind, lambda g, s: same_country(g, s) and same_place(g, s), likeness)
        by_kind = pairs(wanted, of_kind, lambda g, s: True, likeness)
        left = [i for i in range(len(of_kind)) if i not in {s for _, s in by_kind}]
        forgiven = {left[s] for _, s in pairs(extra, [of_kind[i] for i in left], lambda g, s: True, likeness)}
        excused |= {mine[i] for i in forgiven}
        for name, matched in (("kind", by_kind), ("kind+country", by_country), ("kind+country+place", by_place)):
            score.signal[name].right += len(matched)
            score.signal[name].wrong += len(of_kind) - len(matched) - len(forgiven)
            score.signal[name].missed += len(wanted) - len(matched)
        score_figures(row, wanted, of_kind, by_country, score)
        got = {g for g, _ in by_kind}
        score.misses.extend(
            told(row, kind, wanted[g].get("quote"), wanted[g].get("place")) for g in range(len(wanted)) if g not in got
        )
        placed = {g for g, _ in by_place}
        for g, s in by_kind:
            if g not in placed:
                signal = of_kind[s]
                where = f"{signal.place.name}/{signal.place.country}" if signal.place else None
                score.wrong_places.append(
                    {
                        **told(row, kind, wanted[g].get("quote"), wanted[g].get("place")),
                        "country": wanted[g].get("country"),
                        "said": where,
                    }
                )
        for i in left:
            if i not in forgiven:
                false_alarm(row, of_kind[i], score)
    score.said += len(said) - len(excused)
    score.true += len(asked)


def kinds_of(signals: Sequence[Signal]) -> list[str]:
    """The kinds of signals: an umbrella total is taken only where the reader gave more of its kind than were said."""
    return [signal.kind for signal in signals]


def score_figures(
    row: Gold, gold: Sequence[Gold], said: Sequence[Signal], matched: Sequence[tuple[int, int]], score: Score
) -> None:
    """Figures of matched signals: exact, wrong, missed, or said where the reader gave none."""
    for g, s in matched:
        for name in FIGURES:
            wanted, found = gold[g].get(name), getattr(said[s], name)
            if wanted is None and found is None:
                continue
            if wanted is not None and same_number(wanted, found):
                score.figures[name]["exact"] += 1
                continue
            score.figures[name]["extra" if wanted is None else "missed" if found is None else "wrong"] += 1
            score.wrong_figures.append(
                {
                    **told(row, said[s].kind, gold[g].get("quote"), None),
                    "figure": name,
                    "gold": wanted,
                    "said": found.best if found else None,
                }
            )


def false_alarm(row: Gold, signal: Signal, score: Score) -> None:
    """A counted signal that the reader did not give; `not_real` when the reader gave those words another status."""
    alarm = told(row, signal.kind, signal.evidence.quote, signal.place.name if signal.place else None)
    alarm["pattern"] = signal.evidence.pattern
    score.false_alarms.append(alarm)
    other = [g for g in row["signals"] if g["kind"] == signal.kind and g.get("status") != "new"]
    if any(overlap(g.get("quote") or "", signal.evidence.quote) > 0.4 for g in other):
        score.not_real.append(alarm)


def told(row: Gold, kind: str, quote: str | None, place: str | None) -> dict[str, Any]:
    return {"id": row.get("id"), "kind": kind, "quote": quote, "place": place}


def score_quantity(row: Gold, found: Extraction, score: Score) -> None:
    """Adds one excerpt with one displaced quantity: exact when a signal or either end of its range is the number."""
    score.stories += 1
    signals = [s for s in found.signals if s.displaced is not None]
    right = [
        s
        for s in signals
        if s.displaced
        and (same_number(row["quantity"], s.displaced) or row["quantity"] in (s.displaced.low, s.displaced.high))
    ]
    score.figures["quantity"]["exact" if right else "wrong" if signals else "missed"] += 1
    if not right:
        first = signals[0].displaced if signals else None
        score.wrong_figures.append(
            {
                **told(row, "displacement", row["text"][:160], None),
                "figure": row.get("term"),
                "gold": row["quantity"],
                "said": first.best if first else None,
            }
        )
    if right and row.get("unit"):
        unit = "households" if row["unit"].lower().startswith("household") else "persons"
        fits = any(s.displaced and s.displaced.unit == unit for s in right)
        score.figures["unit"]["exact" if fits else "wrong"] += 1
        if not fits:
            score.wrong_figures.append(
                {
                    **told(row, "displacement", row["text"][:160], None),
                    "figure": "unit",
                    "gold": unit,
                    "said": right[0].displaced.unit if right[0].displaced else None,
                }
            )


def score_quiet(row: Gold, found: Extraction, score: Score) -> None:
    """Adds one story in which nothing should count."""
    score.stories += 1
    for signal in found.signals:
        if signal.counted:
            score.said += 1
            alarm = told(row, signal.kind, signal.evidence.quote, signal.place.name if signal.place else None)
            score.false_alarms.append({**alarm, "pattern": signal.evidence.pattern})


def evaluate(path: Path) -> dict[str, Any]:
    """Scores of one file with (`all`) and without (`certain`) the signals marked uncertain, and the list of every
    fault.
    """
    scores = {"certain": Score(), "all": Score()}
    shape = "quiet"
    for row in read(path):
        found = extract(story_of(row))
        if "signals" in row:
            shape = "signals"
            score_signals(row, found, scores["certain"], uncertain=False)
            score_signals(row, found, scores["all"], uncertain=True)
        elif "quantity" in row:
            shape = "quantity"
            score_quantity(row, found, scores["all"])
        else:
            score_quiet(row, found, scores["all"])
    if shape != "signals":
        del scores["certain"]
    return {"file": path.name, "shape": shape, **{name: report(score) for name, score in scores.items()}}


def report(score: Score) -> dict[str, Any]:
    """A score as JSON."""
    figures = {}
    for name, counts in sorted(score.figures.items()):
        asked = counts["exact"] + counts["wrong"] + counts["missed"]
        figures[name] = {
            **counts,
            "of_gold": counts["exact"] / asked if asked else None,
            "strict": counts["exact"] / (asked + counts["extra"]) if asked + counts["extra"] else None,
        }
    return {
        "stories": score.stories,
        "story": {kind: tally.scores() for kind, tally in sorted(score.story.items())},
        "signal": {name: tally.scores() for name, tally in score.signal.items()},
        "figures": figures,
        "said": score.said,
        "true": score.true,
        "ratio": score.said / score.true if score.true else None,
        "not_real": score.not_real,
        "misses": score.misses,
        "false_alarms": score.false_alarms,
        "wrong_figures": score.wrong_figures,
        "wrong_places": score.wrong_places,
    }


def run(
    paths: Sequence[Path | str],
    against: Path | str | None = None,
    as_json: bool = False,
    scores_only: bool = False,
    out: TextIO | None = None,
) -> int:
    """Evaluates files and prints the report; `against` is the JSON of an earlier run, and `scores_only` leaves out
    every row, so that a set nobody may tune on can be scored unread. Exit code 0, or 3 for a file that cannot be read.
    """
    out = out or sys.stdout
    try:
        result = {"files": [evaluate(Path(path)) for path in paths]}
        before = json.loads(Path(against).read_text(encoding="utf-8")) if against else None
    except (OSError, ValueError) as error:
        sys.stderr.write(f"tocsin evaluate: {error}\n")
        return 3
    if as_json:
        out.write(json.dumps(result, ensure_ascii=False) + "\n")
        return 0
    for one in result["files"]:
        write_scores(one, out)
        if not scores_only:
            write_faults(one, out)
    if before is not None:
        write_difference(before, result, out)
    return 0
