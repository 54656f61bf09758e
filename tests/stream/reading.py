"""The corpus files: wordings written for this project, and what they say."""

from pathlib import Path
from typing import Any

import yaml

HOME = Path(__file__).parents[1] / "corpus" / "reading"


def rows(name: str) -> list[Any]:
    """The rows of one corpus file."""
    return yaml.safe_load((HOME / f"{name}.yaml").read_text("utf-8"))  # type: ignore[no-any-return]


def phrases(name: str) -> list[tuple[str, Any]]:
    """(phrase, what it says) for every phrase of a corpus file."""
    return [(phrase, row["says"]) for row in rows(name) for phrase in row["phrases"]]
