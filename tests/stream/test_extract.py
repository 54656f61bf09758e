"""Extraction as a whole: the promises of the codebook, told with stories of our own."""

import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.extract import extract
from stream.lexicon import lexicon
from stream.status import REASONS
from stream.stories import Story
from tests.stream.tell import PUBLISHED, counted, one, told

SEED = Path(__file__).parents[3] / "shared" / "seed" / "story.ninjs.json"


def test_quotes_are_the_words_at_their_offsets() -> None:
    story = Story(
        uri="u",
        published=PUBLISHED,
        headline="Jets bomb Marib",
        body="Air strikes killed 12 people in Marib on Tuesday.",
    )
    found = extract(story)
    assert found.signals
    for evidence in (*(s.evidence for s in found.signals), *(m.evidence for m in found.mentions)):
        assert story.text[evidence.start : evidence.end] == evidence.quote


def test_headline_and_lead_are_one_signal() -> None:
    found = told(
        "Air strikes killed 12 people in Marib on Tuesday, medics said.\nA second witness counted 12 bodies in Marib.",
        "Jets bomb Marib",
    )
    (signal,) = [s for s in found.signals if s.counted]
    assert (signal.killed and signal.killed.best, str(signal.day), signal.day_certain) == (12, "2024-06-11", True)


def test_two_towns_are_two_signals() -> None:
    first, second = counted("Warplanes bombed Marib and Taiz on Thursday.")
    assert [s.place and s.place.name for s in (first, second)] == ["Marib", "Taiz"] or {
        first.place and first.place.country,
        second.place and second.place.country,
    } == {"YE"}


@pytest.mark.parametrize(
    ("words", "low", "best", "high"),
    [
        ("12 people", 12, 12, 12),
        ("at least 12 people", 12, 12, None),
        ("more than 12 people", 12, 12, None),
        ("up to 12 people", None, 12, 12),
        ("between 10 and 20 people", 10, 15, 20),
        ("dozens of people", 12, 24, None),
        ("several people", None, 3, None),
    ],
)
def test_figures(words: str, low: int | None, best: int, high: int | None) -> None:
    figure = one(f"An air strike killed {words} in Marib.").killed
    assert figure is not None
    assert figure.best == best
    if "several" not in words:
        assert (figure.low, figure.high) == (low, high)


def test_joint_numbers_fill_neither() -> None:
    signal = one("An air strike on Marib left 20 people killed or wounded.")
    assert signal.killed is None
    assert signal.injured is None


def test_a_toll_of_a_long_time_belongs_to_no_event() -> None:
    found = told("Air strikes hit Marib on Thursday.\nThe war has killed 150,000 people since 2014.")
    (signal,) = [s for s in found.signals if s.counted]
    assert signal.killed is None
    assert "cumulative" in {m.reason for m in found.mentions}


def test_numbers_of_another_attack_stay_with_it() -> None:
    signal = one("A car bomb killed 31 people in Kabul, while an air strike in Kunduz killed four.", "air_strike")
    assert signal.killed is not None
    assert signal.killed.best == 4


def test_an_umbrella_supplies_a_total() -> None:
    found = counted(
        "Air strikes killed 40 people across Gaza on Thursday. An air strike in Khan Younis killed 12 of them.",
        "air_strike",
    )
    assert sorted((s.umbrella, s.killed.best if s.killed else 0) for s in found) == [(False, 12), (True, 40)]


@pytest.mark.parametrize(
    ("body", "claim", "certainty"),
    [
        ("The ceasefire in Tripoli was broken on Thursday.", "observed", "observed"),
        ("The United Nations said the ceasefire in Tripoli was broken.", "observed", "observed"),
        ("The army accused the rebels of breaking the truce in Tripoli.", "alleged", "possible"),
        ("The army and the rebels accused each other of breaking the truce in Tripoli.", "mutual", "possible"),
    ],
)
def test_claims(body: str, claim: str, certainty: str) -> None:
    signal = one(body, "ceasefire_violation")
    assert (signal.claim, signal.certainty) == (claim, certainty)


def test_violations_are_counted() -> None:
    assert one("Monitors recorded 399 ceasefire violations in Donetsk on Thursday.").count == 399


@pytest.mark.parametrize(
    ("body", "best", "unit", "measure", "cause"),
    [
        ("Fighting displaced 180,000 people in Darfur in the past week.", 180_000, "persons", "flow", "conflict"),
        ("Some 2,400 families (12,000 people) fled clashes in Djibo.", 2_400, "households", "flow", "conflict"),
        ("Floods forced 3,000 people to flee their homes in Beira.", 3_000, "persons", "flow", "disaster"),
        (
            "Police evicted squatters, leaving 300 people homeless in Lagos after bulldozers demolished a slum.",
            300,
            "persons",
            "flow",
            "other",
        ),
        ("Lebanon hosts 1.2 million refugees from the conflict.", 1_200_000, "persons", "stock", "conflict"),
        ("Hundreds of families fled Palma after an attack.", 200, "households", "flow", "conflict"),
    ],
)
def test_displacement(body: str, best: int, unit: str, measure: str, cause: str) -> None:
    displaced = one(body, "displacement").displaced
    assert displaced is not None
    assert (displaced.best, displaced.unit, displaced.measure, displaced.cause) == (best, unit, measure, cause)


def test_from_and_to() -> None:
    signal = one("About 12,000 Syrians fled to Jordan in the past six days because of fighting.")
    assert (
        signal.from_ and signal.from_.country,
        signal.to and signal.to.country,
        signal.place and signal.place.country,
    ) == ("SY", "JO", "SY")


def test_a_period_is_told() -> None:
    signal = one("Fighting displaced 5,000 people in Djibo between June 3 and June 9.")
    assert signal.period == (date(2024, 6, 3), date(2024, 6, 9))
    assert signal.day == date(2024, 6, 9)


@pytest.mark.parametrize(
    ("body", "note"),
    [
        ("Shares in Milan fell by two per cent.", "no_trigger"),
        ("", "no_trigger"),
        (
            "Les avions ont frappé la ville et les drones de la coalition ont tué trois personnes dans le nord "
            "du pays.",
            "other_language",
        ),
        ("The minister threatened air strikes on Homs.", "nothing_new"),
        ("Air raid sirens sounded in Kyiv.", "look_alikes"),
    ],
)
def test_why_nothing_counts(body: str, note: str) -> None:
    assert told(body).note == note


def test_every_reason_is_on_the_list() -> None:
    used = {row.reason for row in lexicon().rows if row.reason}
    assert used <= set(REASONS)


def test_ids_are_stable_and_distinct() -> None:
    body = "Warplanes bombed Marib on Thursday. Fighting displaced 5,000 people in Djibo. A drone strike hit Derna."
    first, again = told(body), told(body)
    assert first == again
    assert len({s.id for s in first.signals}) == len(first.signals)


WORDS = [
    "air",
    "strike",
    "killed",
    "12",
    "people",
    "in",
    "Marib",
    ",",
    ".",
    ";",
    ":",
    "(",
    ")",
    '"',
    "'",
    "on",
    "Tuesday",
    "since",
    "2011",
    "truce",
    "ceasefire",
    "broken",
    "despite",
    "no",
    "will",
    "if",
    "fled",
    "3,000",
    "families",
    "displaced",
    "from",
    "to",
    "Syria",
    "warplanes",
    "bombed",
    "drones",
    "shelling",
    "at",
    "least",
    "more",
    "than",
    "between",
    "and",
    "or",
    "5",
    "million",
    "said",
    "accused",
    "each",
    "other",
    "the",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=80))
def test_no_word_salad_raises(words: list[str]) -> None:
    body = " ".join(words)
    for signal in told(body).signals:
        assert body[signal.evidence.start : signal.evidence.end] == signal.evidence.quote
        assert signal.counted == (signal.status == "new")
        assert signal.reason in REASONS


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["air strike ", "truce broken ", "3,000 people fled ", ""]))
def test_no_text_raises(text: str, lead: str) -> None:
    told(lead + text)


HOSTILE: dict[str, Callable[[int], str]] = {
    "digits": lambda n: "air strike killed " + "1" * n,
    "commas": lambda n: "air strike " + "1," * (n // 2),
    "quotes": lambda n: "air strike " + "\"'“" * (n // 3),
    "one sentence": lambda n: "an air strike killed 3 people and " * (n // 34),
    "one word": lambda n: "truce" + "a" * n,
    "brackets": lambda n: "(air strike" * (n // 11),
    "spaces": lambda n: "air" + " " * n + "strike",
    "cues": lambda n: "may will no not if " * (n // 19) + "air strike",
    "places": lambda n: "air strikes hit Homs, Hama and Aleppo, Syria; " * (n // 46),
    "titles": lambda n: "UN" + "-A" * (n // 2) + ", the general said warplanes bombed Marib on Thursday.",
    "fled": lambda n: "3,000 people fled Homs to Hama " * (n // 31),
    "sentences": lambda n: "The truce was broken. Jets bombed Homs. " * (n // 40),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_cost_is_linear(name: str) -> None:
    """Four times the text makes at most about four times as many calls."""
    make = HOSTILE[name]
    told(make(2_000))
    small, large = (calls(make(size)) for size in (8_000, 32_000))
    assert large < 6 * small + 20_000


def calls(body: str) -> int:
    """How many functions, ours and the interpreter's, reading this text calls."""
    count = 0

    def counting(*_: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(counting)
    try:
        told(body)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.skipif(not SEED.exists(), reason="the shared seed story is not here")
def test_the_seed_story() -> None:
    item = orjson.loads(SEED.read_bytes())
    published = datetime.fromisoformat(item["versioncreated"])
    found = extract(
        Story(uri=item["uri"], published=published, body=item["body_text"], located=item["located"], language="en")
    )
    real = [s for s in found.signals if s.counted]
    assert sorted((s.kind, s.place.name if s.place else "", str(s.day)) for s in real) == [
        ("air_strike", "Idlib", "2019-05-13"),
        ("air_strike", "Jabal al-Akrad", "2019-05-13"),
        ("air_strike", "Kafranbel", "2019-05-13"),
        ("ceasefire_violation", "northwestern Syria", "2019-05-13"),
        ("displacement", "Idlib", "2019-05-09"),
    ]
    (displaced,) = [s for s in real if s.displaced]
    assert displaced.displaced is not None
    assert (
        displaced.displaced.best,
        displaced.displaced.measure,
        displaced.displaced.unit,
        displaced.displaced.cause,
    ) == (180_000, "flow", "persons", "conflict")
    assert displaced.period == (date(2019, 4, 29), date(2019, 5, 9))
    assert all(s.killed is None and s.injured is None for s in real)
    assert {m.reason for m in found.mentions} >= {"other_attack", "cumulative", "untied"}


def test_a_number_that_a_toll_has_reached_may_be_hedged() -> None:
    (signal,) = counted("The number of people killed when jets bombed Taiz has reached at least 47, medics said.")
    assert signal.killed is not None
    assert (signal.killed.best, signal.killed.high) == (47, None)
