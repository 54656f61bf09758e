"""Looser words for one more attack: only of a town of its own in the same war, and in a sentence of nothing else."""

import pytest

from tests.stream.tell import counted


def places(body: str) -> list[str | None]:
    return [s.place and s.place.name for s in counted(body, "air_strike")]


@pytest.mark.parametrize(
    "sentence",
    [
        "Half an hour earlier, two raids had come in near Marib.",
        "At Marib a school was flattened on Thursday.",
        "On Wednesday bombs had killed seven people in Marib.",
    ],
)
def test_one_more_town(sentence: str) -> None:
    assert places(f"Warplanes bombed a market in Hodeidah on Thursday, killing nine. {sentence}") == [
        "Hodeidah",
        "Marib",
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "Half an hour earlier, two raids had come in near Hodeidah.",  # the same town
        "In Muscat a bank was damaged on Thursday.",  # another country
        "Mortar shells hit a school in Marib.",  # another attack
        "An earthquake flattened much of Marib.",  # none
        "The deal was struck on Thursday in Marib.",
        "The strikes were condemned abroad.",  # no place
    ],
)
def test_no_further_attack(sentence: str) -> None:
    assert places(f"Warplanes bombed a market in Hodeidah on Thursday, killing nine. {sentence}") == ["Hodeidah"]


def test_nothing_without_an_attack_told_outright() -> None:
    assert places("Troops were seen in Hodeidah. Half an hour earlier, two raids had come in near Marib.") == []


def test_a_strike_of_another_day_on_the_same_town() -> None:
    body = (
        "Warplanes bombed a market in Hodeidah on Thursday, killing nine. On Tuesday a strike brought down two houses."
    )
    assert places(body) == ["Hodeidah", "Hodeidah"]
