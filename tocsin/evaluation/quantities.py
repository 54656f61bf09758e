"""A displaced quantity that extraction found, scored against a row of a gold file that gives one and its unit."""

from typing import Any

from stream.extract import Extraction
from stream.signals import DisplacedFigure
from tocsin.evaluation.gold import Gold
from tocsin.evaluation.matching import same_number
from tocsin.evaluation.scoring import told
from tocsin.evaluation.tallies import Score


def score_quantity(row: Gold, found: Extraction, score: Score) -> None:
    """Adds one excerpt with one displaced quantity: exact when a signal or either end of its range is the number."""
    score.stories += 1
    said = [signal.displaced for signal in found.signals if signal.displaced is not None]
    right = [each for each in said if same_number(row["quantity"], each) or row["quantity"] in (each.low, each.high)]
    score.figures["quantity"]["exact" if right else "wrong" if said else "missed"] += 1
    if not right:
        score.wrong_figures.append(_wrong(row, row.get("term"), row["quantity"], said[0].best if said else None))
    elif row.get("unit"):
        _score_unit(row, right, score)


def _score_unit(row: Gold, right: list[DisplacedFigure], score: Score) -> None:
    unit = "households" if row["unit"].lower().startswith("household") else "persons"
    fits = any(each.unit == unit for each in right)
    score.figures["unit"]["exact" if fits else "wrong"] += 1
    if not fits:
        score.wrong_figures.append(_wrong(row, "unit", unit, right[0].unit))


def _wrong(row: Gold, figure: str | None, gold: Any, said: Any) -> dict[str, Any]:
    fault = told(row, "displacement", row["text"][:160], None)
    return {**fault, "figure": figure, "gold": gold, "said": said}
