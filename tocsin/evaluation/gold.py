"""Gold files: rows that people labelled, as stories.

A gold file is JSON lines. `{"id","published","text","signals":[...]}`: signals as in the codebook, scored by story
and by signal.
`{"id","text","quantity","unit",...}`: one displaced quantity in a text. Without either, the text is quiet: whatever
counts is a false alarm.
"""

import gzip
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stream.stories import Story

Gold = dict[str, Any]
"""A row of a gold file, or one of its labelled signals."""
UNDATED = "2017-04-01"
"""Publication day of texts without one; IDETECT excerpts are of 2016 and 2017."""


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
