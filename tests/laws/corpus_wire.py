"""A long wire with versions and kills, made from dated briefs: the same bytes each time it is made."""

import gzip
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

CORPUS = Path(__file__).parents[3] / "shared" / "corpora" / "current_events_2002_2014.jsonl.gz"
SAMPLE = Path(__file__).parents[2] / "config" / "sample" / "wire.ndjson"
BRIEFS = 20_000
MONTHS = 30
"""How often the sample wire is played, each time 35 days later."""
REVISED, KILLED = 0.10, 0.03
"""Shares of briefs that get a second version, and that are taken back."""


def wire(briefs: int = BRIEFS, seed: int = 11) -> list[bytes]:
    """The stories in order of publication: the last `briefs` of the corpus; without it, months of the sample wire."""
    if not CORPUS.exists():
        return [orjson.dumps(story) for month in range(MONTHS) for story in _sample(month)]
    chance = random.Random(seed)
    stories = [story for brief in _briefs()[-briefs:] for story in _versions(brief, chance)]
    stories.sort(key=lambda story: (story["versioncreated"], story["uri"], story["version"]))
    return [orjson.dumps(story) for story in stories]


def _sample(month: int) -> Iterator[dict[str, Any]]:
    """The sample wire under ids of their own, so many times 35 days later."""
    for line in SAMPLE.read_bytes().splitlines():
        story = orjson.loads(line.replace(b'"urn:', f'"urn:month-{month}:'.encode()))
        for name in ("versioncreated", "firstcreated"):
            if name in story:
                story[name] = (datetime.fromisoformat(story[name]) + timedelta(days=35 * month)).isoformat()
        yield story


def _briefs() -> list[dict[str, Any]]:
    with gzip.open(CORPUS) as lines:
        return sorted((orjson.loads(line) for line in lines), key=lambda brief: (brief["published"], brief["id"]))


def _versions(brief: dict[str, Any], chance: random.Random) -> Iterator[dict[str, Any]]:
    """The brief as one story, perhaps corrected some hours later, perhaps taken back after that."""
    at = datetime.fromisoformat(brief["published"]).replace(tzinfo=UTC) + timedelta(
        minutes=chance.randrange(6 * 60, 18 * 60)
    )
    text = brief["text"]
    yield _story(brief, 1, at, "usable", text)
    version = 1
    if chance.random() < REVISED:
        version, at = version + 1, at + timedelta(minutes=chance.randrange(30, 300))
        yield _story(brief, version, at, "usable", f"{text} This version adds what officials said later.")
    if chance.random() < KILLED:
        yield _story(brief, version + 1, at + timedelta(minutes=chance.randrange(10, 60)), "canceled", "")


def _story(brief: dict[str, Any], version: int, at: datetime, status: str, text: str) -> dict[str, Any]:
    return {
        "uri": f"urn:brief:{brief['id']}",
        "type": "text",
        "version": str(version),
        "versioncreated": at.isoformat(),
        "pubstatus": status,
        "language": "en",
        "infosource": [{"name": name} for name in brief.get("sources") or ["Briefs"]],
        "body_text": text,
    }
