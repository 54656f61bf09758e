"""What is counted over a gold file, and the measures made of it."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any


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

    def report(self) -> dict[str, Any]:
        """The score as JSON."""
        return {
            "stories": self.stories,
            "story": {kind: tally.scores() for kind, tally in sorted(self.story.items())},
            "signal": {name: tally.scores() for name, tally in self.signal.items()},
            "figures": {name: _shares(counts) for name, counts in sorted(self.figures.items())},
            "said": self.said,
            "true": self.true,
            "ratio": self.said / self.true if self.true else None,
            "not_real": self.not_real,
            "misses": self.misses,
            "false_alarms": self.false_alarms,
            "wrong_figures": self.wrong_figures,
            "wrong_places": self.wrong_places,
        }


def _shares(counts: Counter[str]) -> dict[str, Any]:
    """The counts of a figure, and the exact ones' share of what was asked; strict: of what was said besides, too."""
    asked = counts["exact"] + counts["wrong"] + counts["missed"]
    return {
        **counts,
        "of_gold": counts["exact"] / asked if asked else None,
        "strict": counts["exact"] / (asked + counts["extra"]) if asked + counts["extra"] else None,
    }
