from pathlib import Path

import pytest

from alerts.engine.rules import Rules, RulesFault, load_rules
from stream.journal import record_of
from stream.records import SourcePosition, StoryRecord
from tests.alerts.engine.wire import Desk, tick

ROOT = Path(__file__).parents[3]
DEFAULT = (ROOT / "config" / "rules.yaml").read_text()
SEED = ROOT.parent / "shared" / "seed" / "story.ninjs.json"


def faults(text: str) -> list[str]:
    with pytest.raises(RulesFault) as caught:
        load_rules(text)
    return caught.value.faults


def test_every_fault_of_a_file_is_reported_at_once_with_its_line() -> None:
    text = """household_size: 0
rules:
  - id: one
    kind: air_strike
    by: contry
    measure: displaced
    window: 2
    severity: {warning: 3, severe: 2}
  - id: one
    colour: red
  - id: two
    kind: air_strike
    by: country
    measure: incidents
    window: 2d
    cause: conflict
    clear: 5
    severity: {warning: 3}
"""
    assert [fault.split(":")[0] for fault in faults(text)] == [
        f"line {n}" for n in (1, 5, 6, 7, 8, 9, 9, 9, 10, 16, 17)
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("- id: [", "not YAML"),
        ("rules: 3", "must be a list"),
        ("[]", "no rule"),
        ("- 3", "a rule is a mapping"),
        ("- {id: a, id: b}", "given twice"),
        ("- {id: A B}", "is no id"),
        ("- {id: a, window: 400d}", "between 1d and 366d"),
        ("- {id: a, spike: {method: magic}}", "one of ears_c1"),
        ("- {id: a, spike: {min: 3}}", "needs a method"),
        ("- {id: a, area: {bbox: [1, 2]}}", "west, south, east, north"),
        ("- {id: a, area: {polygon: [[1, 2], [3, 4]]}}", "three"),
        ("- {id: a, area: {countries: [Syria]}}", "alpha-2"),
        ("- {id: a, min_origins: none}", "whole number"),
        ("- {id: a, renotify: {factor: 2}}", "needs `after`"),
        ("- {id: a, kind: displacement, measure: displaced_stock, spike: {method: ratio}}", "stocks are not added up"),
        ("- {id: a, include: [feared]}", "one of ordered"),
    ],
)
def test_a_fault_says_what_is_wrong(text: str, words: str) -> None:
    assert any(words in fault for fault in faults(text)), faults(text)


def test_a_list_alone_is_a_file_with_the_usual_settings() -> None:
    rules = load_rules("- {id: a, kind: air_strike, by: place, measure: strikes, window: 1d, severity: {severe: 2}}")
    assert (rules.household_size, rules.lateness_hours) == (5, 72)
    assert rules.rules[0].tiers == (("severe", 2),)


def test_rules_survive_the_journal_and_a_changed_document_is_refused() -> None:
    rules = load_rules(DEFAULT)
    document = rules.document()
    assert Rules.of_document(document) == rules
    with pytest.raises(RulesFault, match="hash"):
        Rules.of_document({**document, "hash": "0"})


def test_the_horizon_covers_the_longest_window() -> None:
    longer = (
        "- {id: a, kind: air_strike, by: place, measure: strikes, window: 200d, clear_for: 9d, severity: {warning: 2}}"
    )
    assert load_rules(DEFAULT).horizon == 90
    assert load_rules(longer).horizon == 212


def test_every_default_rule_says_why_it_is_there() -> None:
    assert all(rule.why.endswith(".") for rule in load_rules(DEFAULT).rules)


@pytest.mark.skipif(not SEED.exists(), reason="the seed story is not here (../shared)")
def test_the_default_rules_open_on_the_seed_story_exactly() -> None:
    from datetime import UTC, datetime

    source = SourcePosition(topic="seed", offset=0)
    record = record_of(SEED.read_bytes(), source=source, received=datetime(2026, 1, 1, tzinfo=UTC), clock="story")
    assert isinstance(record, StoryRecord)
    desk = Desk(DEFAULT)
    desk.take(tick(0).model_copy(update={"at": record.received}), record)

    assert {(r.transition, r.rule, r.area.key, r.measure.value) for r in desk.revisions()} == {
        ("opened", "air-strikes-country", "SY", 3),
        ("opened", "ceasefire-violations", "SY", 1),
        ("opened", "displacement-large", "SY", 180_000),
    }
