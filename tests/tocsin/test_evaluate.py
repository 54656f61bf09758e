"""Scores of gold files, on rows of our own whose scores can be worked out by hand."""

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest

from stream.signals import Figure, Place
from tocsin.evaluation.evaluate import evaluate, run
from tocsin.evaluation.matching import pairs, same_number, same_place


def signal(kind: str, quote: str, **fields: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("place", "country", "killed", "injured", "displaced"))
    return {"kind": kind, "status": "new", "quote": quote, "certain": True, **empty, **fields}


ROWS = [
    {
        "id": "right",
        "published": "2024-06-14",
        "text": "Air strikes killed 12 people in Marib.",
        "signals": [signal("air_strike", "Air strikes killed 12", place="Marib", country="YE", killed=12)],
    },
    {
        "id": "wrong-figure",
        "published": "2024-06-14",
        "text": "Air strikes killed 12 people in Marib.",
        "signals": [signal("air_strike", "Air strikes killed 12", place="Taiz", country="YE", killed=13)],
    },
    {"id": "alarm", "published": "2024-06-14", "text": "An air strike hit Homs.", "signals": []},
    {
        "id": "miss",
        "published": "2024-06-14",
        "text": "Nothing to see.",
        "signals": [signal("displacement", "Nothing", country="SY", displaced=5)],
    },
    {
        "id": "not-real",
        "published": "2024-06-14",
        "text": "An air strike hit Homs.",
        "signals": [signal("air_strike", "An air strike hit Homs", status="background")],
    },
    {
        "id": "unsure",
        "published": "2024-06-14",
        "text": "An air strike hit Homs.",
        "signals": [signal("air_strike", "An air strike hit Homs", country="SY", certain=False)],
    },
]


def written(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_scores_of_stories_and_signals(tmp_path: Path) -> None:
    result = evaluate(written(tmp_path / "gold.jsonl", ROWS))
    certain, everything = result["certain"], result["all"]
    assert {k: certain["story"]["air_strike"][k] for k in ("right", "wrong", "missed")} == {
        "right": 2,
        "wrong": 2,
        "missed": 0,
    }
    assert certain["story"]["displacement"]["missed"] == 1
    assert certain["signal"]["kind+country"]["right"] == 2
    assert certain["signal"]["kind+country+place"]["right"] == 1
    assert (certain["said"], certain["true"]) == (4, 3)
    assert everything["story"]["air_strike"]["right"] == 3
    assert (everything["said"], everything["true"]) == (5, 4)


def test_figures_misses_and_alarms_are_told(tmp_path: Path) -> None:
    part = evaluate(written(tmp_path / "gold.jsonl", ROWS))["certain"]
    assert {k: part["figures"]["killed"][k] for k in ("exact", "wrong")} == {"exact": 1, "wrong": 1}
    assert [fault["id"] for fault in part["misses"]] == ["miss"]
    assert [fault["id"] for fault in part["false_alarms"]] == ["alarm", "not-real"]
    assert [fault["id"] for fault in part["not_real"]] == ["not-real"]
    assert part["wrong_places"][0]["said"].endswith("/YE")


def test_the_day_of_what_is_found_at_its_place_is_scored(tmp_path: Path) -> None:
    wrong = signal("air_strike", "An air strike hit Homs", place="Homs", country="SY", day="2024-06-12")
    rows = [
        {"id": str(n), "published": "2024-06-14", "text": "An air strike hit Homs on Thursday.", "signals": [row]}
        for n, row in enumerate([{**wrong, "day": "2024-06-13"}, wrong, {**wrong, "day": None}])
    ]
    part = evaluate(written(tmp_path / "gold.jsonl", rows))["certain"]
    assert {k: part["figures"]["day"][k] for k in ("exact", "wrong")} == {"exact": 1, "wrong": 1}
    assert part["wrong_figures"][0]["said"] == "2024-06-13"


def test_quantities_and_units(tmp_path: Path) -> None:
    rows = [
        {
            "id": "1",
            "text": "About 310 households (about 1,600 people) fled clashes.",
            "quantity": 310,
            "unit": "Households",
        },
        {"id": "2", "text": "Between 10,000 and 12,000 people fled clashes.", "quantity": 12_000, "unit": "People"},
        {"id": "3", "text": "More than 900 people fled clashes.", "quantity": 901, "unit": "People"},
        {"id": "4", "text": "Nothing moved.", "quantity": 7, "unit": "People"},
    ]
    figures = evaluate(written(tmp_path / "quantities.jsonl", rows))["all"]["figures"]
    assert figures["quantity"]["exact"] == 3
    assert figures["quantity"]["of_gold"] == pytest.approx(0.75)
    assert figures["unit"]["of_gold"] == 1.0


def test_in_a_quiet_file_whatever_counts_is_an_alarm(tmp_path: Path) -> None:
    path = tmp_path / "quiet.jsonl.gz"
    rows = [{"id": "1", "text": "Shares fell."}, {"id": "2", "text": "An air strike hit Homs."}]
    path.write_bytes(gzip.compress("\n".join(json.dumps(row) for row in rows).encode()))
    part = evaluate(path)["all"]
    assert (part["stories"], part["said"], [a["id"] for a in part["false_alarms"]]) == (2, 1, ["2"])


def test_two_runs_are_compared(tmp_path: Path) -> None:
    before = written(tmp_path / "gold.jsonl", ROWS[:1])
    saved = io.StringIO()
    assert run([before], as_json=True, out=saved) == 0
    (tmp_path / "run.json").write_text(saved.getvalue(), encoding="utf-8")
    written(before, ROWS[:3])
    out = io.StringIO()
    assert run([before], against=tmp_path / "run.json", out=out) == 0
    assert "new in false_alarms: alarm air_strike" in out.getvalue()
    assert "story.air_strike.wrong" in out.getvalue()


def test_a_held_set_can_be_scored_unread(tmp_path: Path) -> None:
    gold = written(tmp_path / "gold.jsonl", ROWS)
    whole, scores = io.StringIO(), io.StringIO()
    assert run([gold], out=whole) == 0
    assert run([gold], scores_only=True, out=scores) == 0
    assert "counted but not real" in scores.getvalue()
    assert whole.getvalue().startswith(scores.getvalue())
    assert "\n    " not in scores.getvalue()  # a fault is told under its scores, further in
    assert "missed:" in whole.getvalue()


@pytest.mark.parametrize("content", ["{", '["text"]', '{"id": 1}'])
def test_a_bad_file_is_one_line_and_no_traceback(
    tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(content, encoding="utf-8")
    assert run([path]) == 3
    assert capsys.readouterr().err.count("\n") == 1


def test_a_missing_file_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["/nowhere/gold.jsonl"]) == 3
    assert "nowhere" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("quote", "high", "wanted", "fits"),
    [
        ("more than 12", None, 13, True),
        ("at least 12", None, 13, False),
        ("12", 12, 12, True),
        ("over 12", None, 14, False),
    ],
)
def test_more_than_n_may_be_n_plus_one(quote: str, high: int | None, wanted: int, fits: bool) -> None:
    assert same_number(wanted, Figure(low=12, best=12, high=high, quote=quote)) is fits


@pytest.mark.parametrize(
    ("gold", "name", "fits"),
    [
        ("Kafr Nabl", "Kafranbel", True),
        ("Helmand province", "Helmand", True),
        ("Homs", "Hama", False),
    ],
)
def test_places_are_compared_by_their_own_words(gold: str, name: str, fits: bool) -> None:
    from stream.extract import extract
    from stream.stories import Story
    from tests.stream.test_extract import PUBLISHED

    found = extract(Story(uri="u", published=PUBLISHED, body="An air strike hit Homs.", language="en")).signals[0]
    here = found.model_copy(update={"place": Place(name=name, as_written=name, country="SY", precision="town")})
    assert same_place({"place": gold, "country": "SY"}, here) is fits


def test_pairs_take_the_largest_set() -> None:
    fits = {(0, 0), (0, 1), (1, 0)}
    said: Any = [0, 1]
    gold: Any = [{"n": 0}, {"n": 1}]
    assert pairs(gold, said, lambda g, s: (g["n"], s) in fits, lambda g, s: 0.0) == [(0, 1), (1, 0)]  # type: ignore[comparison-overlap]
