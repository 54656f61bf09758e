"""The lexicon: every fault at once, anchors that every match contains, and what an operator may add without Python."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.extract import extract
from stream.lexicon import LexiconFault, lexicon, load, reading
from stream.patterns import expand
from stream.stories import Story

HOME = Path(__file__).parents[2] / "config" / "lexicon"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for path in HOME.glob("*.yaml"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def story(text: str) -> Story:
    return Story(uri="urn:test", published=datetime(2024, 6, 14, 12, tzinfo=UTC), body=text, language="en")


def test_all_faults_are_told_at_once_with_their_lines(copy: Path) -> None:
    (copy / "air_strike.yaml").write_text(
        "kind: air_strike\nrows:\n"
        "  - {name: a, role: trigger, pattern: 'bombs+ fell', comment: unbounded}\n"
        "  - {name: b, role: trigger, pattern: '{bogus} fell', comment: no such list}\n"
        "  - {name: c, role: trigger, pattern: '(fell', comment: broken}\n"
        "  - {name: d, role: trigger, pattern: 'fell'}\n"
        "  - {name: e, role: trigger, pattern: 'x?', comment: nothing fixed}\n"
        "  - {name: f, role: trigger, pattern: 'fell', comment: fine}\n"
        "  - {name: f, role: trigger, pattern: 'fell', comment: again}\n",
        encoding="utf-8",
    )
    with pytest.raises(LexiconFault) as raised:
        load(copy)
    faults = raised.value.faults
    for line, words in (
        (3, "unbounded"),
        (4, "bogus"),
        (5, "regular expression"),
        (6, "comment"),
        (7, "no fixed word"),
        (9, "taken"),
    ):
        assert any(f.startswith(f"air_strike.yaml:{line}:") and words in f for f in faults), (line, words, faults)


def test_unreadable_yaml_is_a_fault_of_its_file(copy: Path) -> None:
    (copy / "status.yaml").write_text("concern: [", encoding="utf-8")
    with pytest.raises(LexiconFault, match=r"status\.yaml"):
        load(copy)


def test_an_empty_directory_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LexiconFault, match="restore"):
        load(tmp_path)


def test_an_operator_adds_a_row(copy: Path) -> None:
    path = copy / "air_strike.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").rstrip()
        + (
            "\n  - {name: sky hammer, role: trigger, weapon: drone, pattern: 'sky ?hammers? ~4 hit', comment: local "
            "name of a drone}\n"
        ),
        encoding="utf-8",
    )
    text = "A sky hammer of the militia hit Derna."
    assert not extract(story(text)).signals
    (signal,) = extract(story(text), load(copy)).signals
    assert (signal.kind, signal.weapon, signal.evidence.pattern) == ("air_strike", "drone", "sky hammer")


def test_an_operator_adds_a_kind(copy: Path) -> None:
    (copy / "shelling.yaml").write_text(
        "kind: shelling\nrows:\n"
        "  - {name: shelling, role: trigger, pattern: 'shell(?:ing|ed|s)?|mortar(?:s| fire)', comment: artillery "
        "and mortars}\n"
        "  - {name: shell company, role: not_event, reason: no_attack, pattern: 'shell (?:company|companies"
        "|oil)', comment: not artillery}\n",
        encoding="utf-8",
    )
    words = load(copy)
    found = extract(
        story("Mortars killed six people in Donetsk on Thursday. The army warned of more shelling of Toretsk."), words
    )
    new, warned = (s for s in found.signals if s.kind == "shelling")
    assert (new.status, new.killed and new.killed.best, new.place and new.place.country) == ("new", 6, "UA")
    assert (str(new.day), new.certainty) == ("2024-06-13", "observed")
    assert (warned.status, warned.reason) == ("hypothetical", "threat")
    assert [
        m.reason for m in extract(story("The shell company moved its office."), words).mentions if m.kind == "shelling"
    ] == ["no_attack"]


@pytest.mark.parametrize("name", [row.name for row in lexicon().rows])
def test_a_row_is_found_where_its_pattern_matches(name: str) -> None:
    """The anchors that were derived must not hide a match."""
    import re

    row = next(row for row in lexicon().rows if row.name == name)
    scanner = next(s for s in lexicon().scanners.values() if any(one.row.name == name for one in s.compiled))
    pattern = re.compile(expand(row.pattern, lexicon().lists))
    corpus = "\n".join(p.read_text(encoding="utf-8") for p in (HOME.parents[1] / "tests" / "corpus").glob("*.yaml"))
    plain = reading(corpus)
    expected = {match.span() for match in pattern.finditer(plain)}
    found = {(h.start, h.end) for h in scanner.within(plain, 0, len(plain)) if h.row.name == name}
    assert found == expected


@given(st.text(max_size=300))
def test_a_reading_has_the_length_of_its_text(text: str) -> None:
    assert len(reading(text)) == len(text)


def test_a_reading_keeps_offsets_over_letters_that_grow() -> None:
    text = "İstanbul’s “air‑strike” – one"
    assert reading(text)[text.index("air") :].startswith("air-strike")
