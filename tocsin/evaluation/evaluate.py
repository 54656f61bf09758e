"""Gold files evaluated: the scores of each, every miss and every false alarm with its quote."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from stream.extract import extract
from tocsin.evaluation import gold
from tocsin.evaluation.quantities import score_quantity
from tocsin.evaluation.scoreboard import write_difference, write_faults, write_scores
from tocsin.evaluation.scoring import score_quiet, score_signals
from tocsin.evaluation.tallies import Score


def evaluate(path: Path) -> dict[str, Any]:
    """Scores of one file with (`all`) and without (`certain`) the signals marked uncertain, and the list of every
    fault.
    """
    scores = {"certain": Score(), "all": Score()}
    shape = "quiet"
    for row in gold.read(path):
        found = extract(gold.story_of(row))
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
    return {"file": path.name, "shape": shape, **{name: score.report() for name, score in scores.items()}}


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
