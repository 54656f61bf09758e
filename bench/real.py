"""Signals against people's reading of real briefs.

    python bench/real.py [--corpus FILE] [--errors]

The labels are tests/gold/real/*.labels.jsonl: `{"id", "signals"}`, a signal's words as offsets in the brief of that id,
for the texts are not in this repository. The scores are those of `tocsin evaluate`. With --errors, `fourth` is left
out: its errors are read by nobody, so that its scores stay those of text that no rule was made for.
"""

import argparse
import gzip
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tocsin.evaluation import evaluate

ROOT = Path(__file__).parent.parent
CORPUS = ROOT.parent / "shared" / "corpora" / "current_events_2002_2014.jsonl.gz"
LABELS = ROOT / "tests" / "gold" / "real"
UNREAD = "fourth.labels.jsonl"


def briefs(corpus: Path, wanted: set[str]) -> dict[str, dict[str, Any]]:
    """The briefs of these ids."""
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        rows = (json.loads(line) for line in lines)
        return {row["id"]: row for row in rows if row["id"] in wanted}


def gold(labels: Path, corpus: Path) -> Iterator[dict[str, Any]]:
    """Rows of a gold file: brief and labels together, every signal with its words."""
    read = [json.loads(line) for line in labels.read_text(encoding="utf-8").splitlines()]
    found = briefs(corpus, {row["id"] for row in read})
    for row in read:
        text = found[row["id"]]["text"]
        signals = [{"place": None, "country": None, **s, "quote": text[s["start"] : s["end"]]} for s in row["signals"]]
        yield {"id": row["id"], "published": found[row["id"]]["published"][:10], "text": text, "signals": signals}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--corpus", type=Path, default=CORPUS)
    options.add_argument("--errors", action="store_true", help="list what was missed and what was wrong")
    given = options.parse_args()
    if not given.corpus.exists():
        sys.exit(f"{given.corpus} is not here: give the briefs with --corpus")
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for labels in sorted(LABELS.glob("*.labels.jsonl")):
            if given.errors and labels.name == UNREAD:
                continue
            path = Path(folder) / labels.name.replace(".labels", "")
            rows = [json.dumps(row, ensure_ascii=False) for row in gold(labels, given.corpus)]
            path.write_text("\n".join(rows) + "\n", encoding="utf-8")
            paths.append(path)
        evaluate.run(paths, scores_only=not given.errors)


if __name__ == "__main__":
    main()
