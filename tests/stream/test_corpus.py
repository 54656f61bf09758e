"""The corpus is the test of the lexicon: what each phrase says, and that every row is needed by some phrase."""

import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from stream.extract import extract
from stream.lexicon import Lexicon, lexicon, reading
from stream.patterns import expand
from stream.stories import Story

CORPUS = Path(__file__).parent.parent / "corpus"
PHRASES: list[dict[str, Any]] = [
    entry for path in sorted(CORPUS.glob("*.yaml")) for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
]


def story(phrase: str) -> Story:
    return Story(uri="urn:test", published=datetime(2024, 6, 14, 12, tzinfo=UTC), body=phrase, language="en")


def outcome(phrase: str, words: Lexicon) -> tuple[Any, ...]:
    """All that a phrase says, less the names of the rows that found it."""
    found = extract(story(phrase), words)
    signals = [s.model_dump(exclude={"evidence": {"pattern"}}) for s in found.signals]
    return signals, [m.model_dump(exclude={"evidence": {"pattern"}}) for m in found.mentions], found.note


@pytest.mark.parametrize("entry", PHRASES, ids=[entry["phrase"][:60] for entry in PHRASES])
def test_phrase_says(entry: dict[str, Any]) -> None:
    said: dict[str, list[str]] = {}
    for signal in extract(story(entry["phrase"])).signals:
        said.setdefault(signal.kind, []).append(signal.status)
    assert said == entry["says"]


@cache
def readings() -> list[str]:
    return [reading(entry["phrase"]) for entry in PHRASES]


@pytest.mark.parametrize("name", [row.name for row in lexicon().rows])
def test_row_is_needed_by_a_phrase(name: str) -> None:
    words = lexicon()
    row = next(row for row in words.rows if row.name == name)
    pattern = re.compile(expand(row.pattern, words.lists))
    without = words.without(name)
    matching = [entry["phrase"] for entry, text in zip(PHRASES, readings(), strict=True) if pattern.search(text)]
    assert any(outcome(phrase, words) != outcome(phrase, without) for phrase in matching), f"no phrase needs {name!r}"
