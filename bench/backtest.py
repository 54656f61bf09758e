"""Back-test on thirteen years of briefs: which real escalations rang within a week, and how much of what rang was real.

    python bench/backtest.py [--rules FILE] [--corpus FILE] [--missed] [--unread]

Real escalations: bench/backtest/escalations.yaml, written before any output was read. Verdicts on what rang:
bench/backtest/verdicts.yaml, on a random sample, given by reading each alert and the briefs it cites.
"""

import argparse
import gzip
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from alerts.engine.engine import Engine
from alerts.engine.rules import load_rules
from alerts.engine.store import Store
from alerts.revisions import AlertRevision
from stream.journal import record_of
from stream.records import CommandRecord, Record, SourcePosition, StoryRecord, TickRecord, whole_minute

HERE = Path(__file__).parent
ROOT = HERE.parent
CORPUS = ROOT.parent / "shared" / "corpora" / "current_events_2002_2014.jsonl.gz"
ESCALATIONS = HERE / "backtest" / "escalations.yaml"
VERDICTS = HERE / "backtest" / "verdicts.yaml"
IN_TIME = timedelta(days=7)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
RINGS = ("threshold_crossed", "tier_raised", "figure_grew")
"""Reasons of revisions that tell of something new or worse."""


@dataclass(frozen=True)
class Ring:
    """A revision that rang."""

    day: date
    revision: AlertRevision

    @property
    def key(self) -> str:
        """The alert, in words that a rerun gives again."""
        return f"{self.revision.rule} {self.revision.area.key} {self.revision.since.isoformat()}"


def journal(corpus: Path, rules: str) -> Iterator[Record]:
    """The rules, then every brief as received on the day of its publication."""
    yield CommandRecord(id="rules", name="rules.apply", body=load_rules(rules).document(), author="bench", at=NOW)
    stories = []
    with gzip.open(corpus) as lines:
        for offset, line in enumerate(lines):
            source = SourcePosition(topic="bench", offset=offset)
            record = record_of(line, source=source, received=NOW, clock="story", feed="briefs")
            if isinstance(record, StoryRecord):
                stories.append(record)
    last = None
    for record in sorted(stories, key=lambda record: (record.received, record.source.offset)):
        if (minute := whole_minute(record.received)) != last:
            last = minute
            yield TickRecord(at=minute)
        yield record


def rings(records: Iterator[Record]) -> list[Ring]:
    """Every revision that tells of something new, in order."""
    store = Store.open()
    engine = Engine(store)
    store.begin()
    found = []
    for position, record in enumerate(records):
        told = engine.apply(record, position).revisions
        found += [Ring(revision.at.date(), revision) for revision in told if revision.reason in RINGS]
    store.commit()
    return found


def first_ring(escalation: dict[str, Any], rung: list[Ring]) -> Ring | None:
    """The first revision that is about the escalation: one of its kinds, in one of its countries, in its days."""
    return next(
        (
            ring
            for ring in rung
            if ring.revision.kind in escalation["kinds"]
            and ring.revision.area.country in escalation["countries"]
            and escalation["begins"] <= ring.day <= escalation["ends"]
        ),
        None,
    )


def first_brief(escalation: dict[str, Any]) -> date:
    """The day of the first brief that tells of it: nothing could ring before."""
    begins: date = escalation["begins"]
    return max(begins, min(date.fromisoformat(brief[3:13]) for brief in escalation["briefs"]))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rules", type=Path, default=ROOT / "config" / "rules.yaml")
    options.add_argument("--corpus", type=Path, default=CORPUS)
    options.add_argument("--missed", action="store_true", help="list the escalations that did not ring in time")
    options.add_argument("--unread", action="store_true", help="print the alerts without a verdict, to be read")
    given = options.parse_args()
    if not given.corpus.exists():
        sys.exit(f"{given.corpus} is not here: give the briefs with --corpus")

    rung = rings(journal(given.corpus, given.rules.read_text()))
    escalations = [e for e in yaml.safe_load(ESCALATIONS.read_text())["escalations"] if e["in_corpus"]]
    report_real(escalations, rung, missed=given.missed)
    report_rung([ring for ring in rung if ring.revision.transition == "opened"], unread=given.unread)


def report_real(escalations: list[dict[str, Any]], rung: list[Ring], *, missed: bool) -> None:
    """How many real ones rang in time, from their beginning and from their first brief."""
    in_time, since_brief, ever = Counter[str](), Counter[str](), Counter[str]()
    sizes = Counter(escalation["size"] for escalation in escalations)
    for escalation in escalations:
        ring = first_ring(escalation, rung)
        size = escalation["size"]
        ever[size] += ring is not None
        in_time[size] += ring is not None and ring.day - escalation["begins"] <= IN_TIME
        timely = ring is not None and ring.day - first_brief(escalation) <= IN_TIME
        since_brief[size] += timely
        if missed and not timely:
            when = (
                "never" if ring is None else f"{(ring.day - first_brief(escalation)).days} days after its first brief"
            )
            print(f"missed: {escalation['id']} ({size}): {when}; {', '.join(escalation['briefs'])}")
    for name, hit in (("within a week of its beginning", in_time), ("of its first brief", since_brief), ("ever", ever)):
        parts = [f"{size} {hit[size]}/{sizes[size]}" for size in sorted(sizes)]
        print(f"rang {name}: {hit.total()}/{sizes.total()} = {hit.total() / sizes.total():.3f} ({', '.join(parts)})")


def report_rung(opened: list[Ring], *, unread: bool) -> None:
    """How much of what rang was real, by the verdicts."""
    verdicts = yaml.safe_load(VERDICTS.read_text()) if VERDICTS.exists() else {}
    judged: dict[str, Counter[str]] = {}
    for ring in opened:
        verdict = (verdicts or {}).get(ring.key, "unread").split(";")[0]
        judged.setdefault(ring.revision.rule, Counter())[verdict] += 1
        if unread and verdict == "unread":
            print(f"{ring.key}: {ring.revision.explanation}")
            for incident in ring.revision.incidents:
                for quote in incident.quotes[:1]:
                    print(f"    {quote.story} {incident.place.name if incident.place else '?'}: {quote.text}")
    whole = sum(judged.values(), Counter[str]())
    for rule, counts in [*sorted(judged.items()), ("all", whole)]:
        read = counts["real"] + counts["nonsense"]
        share = f"{counts['real'] / read:.3f}" if read else "-"
        print(f"{rule}: {counts.total()} rang; {read} of them read, {counts['real']} real: {share}")


if __name__ == "__main__":
    main()
