"""Flights told by the town that people left or reached, and numbers dealt out over towns."""

import pytest

from tests.stream.tell import counted


def told(body: str) -> list[tuple[str | None, int]]:
    return [
        (s.place and s.place.name, s.displaced.best) for s in counted(body, "displacement") if s.displaced is not None
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("UNRWA believed 75,000 people had left Khan Younis over the past few days.", ("Khan Younis", 75_000)),
        ("Relief workers said 6,650 people had arrived from Goma so far.", ("Goma", 6_650)),
        ("Aid workers registered 1,742 people from Macomia in two days.", ("Macomia", 1_742)),
        ("The fighting pushed 1,200 households out of Bentiu on Thursday.", ("Bentiu", 1_200)),
        ("A UNHCR spokeswoman told reporters in Geneva that 35,000 people had crossed from Sudan.", ("Sudan", 35_000)),
        ("In the largest flight this year, 22,000 people left Aleppo after an attack.", ("Aleppo", 22_000)),
    ],
)
def test_the_town_tells_a_flight(body: str, expected: tuple[str, int]) -> None:
    assert told(body) == [expected]


@pytest.mark.parametrize(
    "body",
    [
        "Some 75,000 people had left London for the coast over the holiday.",  # nobody flees
        "The hospital received the bodies of 29 children after the attack on Goma.",
        "The strikes hit camps of the Hafiz Gul Bahadur group.",
    ],
)
def test_no_flight(body: str) -> None:
    assert told(body) == []


def test_numbers_dealt_out_over_towns() -> None:
    body = "Fighting displaced 4,200 people in Malakal and 1,700 in Bentiu last week."
    assert told(body) == [("Malakal", 4_200), ("Bentiu", 1_700)]


def test_a_total_over_towns_is_an_umbrella() -> None:
    body = "Clashes in Yemen displaced 1,206 people last week, with 612 in Marib, 390 in Taiz and 204 in Hodeidah."
    signals = counted(body, "displacement")
    assert [(s.displaced.best, s.umbrella) for s in signals if s.displaced] == [
        (1_206, True),
        (612, False),
        (390, False),
        (204, False),
    ]
