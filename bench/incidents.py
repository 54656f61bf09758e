"""Incidents against people's judgment: do two stories speak of one real event?

    python bench/incidents.py [--corpus FILE] [--wrong]
    python bench/incidents.py --among tests/gold/retold [--wrong]

The pairs and labels are tests/gold/incident_pairs*.jsonl, or with --among those of a folder that has its stories, too
(stories.jsonl or articles.jsonl): tests/gold/retold, tests/gold/told/first, ... The whole corpus is clustered; a pair
is linked when its two signals are in one incident. A signal that extraction did not find cannot be linked: pairs of
which a side was not found are left out, and counted.
`ratio`: incidents made of the labelled signals, by the events that people see in them.
"""

import argparse
import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alerts.engine import threads
from alerts.engine.facts import Fact, of_thread
from alerts.engine.incidents import cluster
from alerts.engine.store import load
from stream.journal import record_of
from stream.records import SourcePosition, StoryRecord

ROOT = Path(__file__).parent.parent
CORPUS = ROOT.parent / "shared" / "corpora" / "current_events_2002_2014.jsonl.gz"
GOLD = ROOT / "tests" / "gold"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Pair:
    """Two marked signals and what people say of them; the facts are null where extraction found none there."""

    kind: str
    a: Fact | None
    b: Fact | None
    same: bool
    certain: bool
    hard: bool
    row: dict[str, Any]


def facts_of(corpus: Path) -> dict[str, list[Fact]]:
    """Every fact of the corpus, by story."""
    found: dict[str, list[Fact]] = {}
    with gzip.open(corpus) if corpus.suffix == ".gz" else corpus.open("rb") as lines:
        for offset, line in enumerate(lines):
            source = SourcePosition(topic="bench", offset=offset)
            record = record_of(line, source=source, received=NOW, clock="story", feed="briefs")
            if isinstance(record, StoryRecord) and record.signals:
                body = threads.version_of(record).body
                if body is not None:
                    content = load(body)
                    found[record.story.uri] = of_thread(record.story.uri, content["signals"], content["story"])
    return found


def pairs(facts: dict[str, list[Fact]], folder: Path = GOLD) -> list[Pair]:
    """The labelled pairs of a folder, each side with the fact whose words meet the marked ones."""
    rows = [json.loads(line) for line in (folder / "incident_pairs.jsonl").read_text().splitlines()]
    labels = [json.loads(line) for line in (folder / "incident_pairs.labels.jsonl").read_text().splitlines()]
    return [
        Pair(
            kind=row["a"]["kind"],
            a=_marked(row["a"], facts),
            b=_marked(row["b"], facts),
            same=label["label"] == "same",
            certain=label["certain"],
            hard=row["hard"],
            row=row,
        )
        for row, label in zip(rows, labels, strict=True)
    ]


def _marked(side: dict[str, Any], facts: dict[str, list[Fact]]) -> Fact | None:
    """The counted fact of the kind whose evidence overlaps the mark most; else the only one of its kind."""
    mine = [fact for fact in facts.get(side["story"], []) if fact.body["kind"] == side["kind"]]

    def shared(fact: Fact) -> int:
        words = fact.body["evidence"]
        start: int = max(words["start"], side["start"])
        end: int = min(words["end"], side["end"])
        return end - start

    best = max(mine, key=shared, default=None)
    return best if best is not None and (shared(best) > 0 or len(mine) == 1) else None


def incidents_of(facts: Iterable[Fact]) -> dict[str, str]:
    """The incident of each fact, by ids."""
    parts: dict[str, list[Fact]] = {}
    for fact in facts:
        parts.setdefault(fact.part, []).append(fact)
    return {fact.id: group.id for part in parts.values() for group in cluster(part) for fact in group.members}


def score(pairs: list[Pair], incident: dict[str, str], name: str) -> str:
    """Precision, recall and F1 of the links among these pairs."""
    counts: Counter[tuple[bool, bool]] = Counter()
    for pair in pairs:
        if pair.a is not None and pair.b is not None:
            counts[pair.same, incident[pair.a.id] == incident[pair.b.id]] += 1
    true, false, missed = counts[True, True], counts[False, True], counts[True, False]
    precision = true / (true + false) if true + false else 1.0
    recall = true / (true + missed) if true + missed else 1.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return f"{name}: {counts.total()} pairs, precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}"


def ratio(pairs: list[Pair], incident: dict[str, str]) -> tuple[int, int]:
    """(incidents the engine made of the labelled signals, events that people see in them).

    An event is a connected set of signals that were called the same.
    """
    event: dict[str, str] = {}
    for pair in pairs:
        if pair.a is not None and pair.b is not None:
            for fact in (pair.a, pair.b):
                event.setdefault(fact.id, fact.id)
            if pair.same:
                old, new = event[pair.a.id], event[pair.b.id]
                event = {fact: new if name == old else name for fact, name in event.items()}
    return len({incident[fact] for fact in event}), len(set(event.values()))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--corpus", type=Path, default=CORPUS)
    options.add_argument("--wrong", action="store_true", help="list the pairs that were judged otherwise")
    options.add_argument("--among", type=Path, metavar="FOLDER", help="pairs among the articles of this folder")
    given = options.parse_args()
    if given.among is not None:
        names = (given.among / "stories.jsonl", given.among / "articles.jsonl")
        given.corpus = next((path for path in names if path.exists()), names[0])
    if not given.corpus.exists():
        sys.exit(f"{given.corpus} is not here: give the briefs with --corpus")
    facts = facts_of(given.corpus)
    labelled = pairs(facts, given.among or GOLD)
    incident = incidents_of(fact for story in facts.values() for fact in story)
    found = [pair for pair in labelled if pair.a is not None and pair.b is not None]
    print(f"{len(found)} of {len(labelled)} pairs have both signals found")
    for name, chosen in (
        ("all", found),
        ("certain", [pair for pair in found if pair.certain]),
        ("hard", [pair for pair in found if pair.hard]),
        *((kind, [pair for pair in found if pair.kind == kind]) for kind in sorted({pair.kind for pair in found})),
    ):
        print(score(chosen, incident, name))
    made, true = ratio(found, incident)
    print(f"incidents {made}, events {true}: ratio {made / true:.3f}")
    if given.wrong:
        show_wrong(labelled, incident)


def show_wrong(labelled: list[Pair], incident: dict[str, str]) -> None:
    for number, pair in enumerate(labelled):
        if pair.a is None or pair.b is None:
            missing = [side for side, fact in (("a", pair.a), ("b", pair.b)) if fact is None]
            print(f"{number} not found {missing}: {pair.row['a']} {pair.row['b']}")
        elif (incident[pair.a.id] == incident[pair.b.id]) != pair.same:
            print(f"{number} {'same' if pair.same else 'different'}, certain {pair.certain}, {pair.row['type']}")
            for fact in (pair.a, pair.b):
                body = fact.body
                place = body["place"] and (body["place"]["name"], body["place"]["admin1"], body["place"]["precision"])
                figures = {name: body[name]["best"] for name in ("killed", "injured", "displaced") if body[name]}
                print(f"    {fact.thread} {body['day']} sure={body['day_certain']} {place} {figures} {body['actors']}")
                print(f"        {body['evidence']['quote']}")


if __name__ == "__main__":
    main()
