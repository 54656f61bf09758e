"""Numbers that a list deals out over places, and tolls of several places or of named persons."""

import pytest

from stream.signals import Signal
from tests.stream.tell import counted, one

DEALT = "14 in Taiz, nine in Marib and eight in Hodeidah"


def tolls(body: str) -> dict[str, int | None]:
    return {s.place.name: s.killed and s.killed.best for s in counted(body, "air_strike") if s.place}


def people(signals: list[Signal]) -> dict[str, int]:
    return {s.place.name: s.displaced.best for s in signals if s.place and s.displaced}


def test_each_place_of_a_list_has_its_own_number() -> None:
    body = "Air strikes killed 14 people in Taiz, nine in Marib and eight in Hodeidah."
    assert tolls(body) == {"Taiz": 14, "Marib": 9, "Hodeidah": 8}


@pytest.mark.parametrize("joint", [", including ", ", with ", ": "])
def test_a_total_over_a_list_is_an_umbrella(joint: str) -> None:
    body = f"Air strikes kill 31 people in Yemen{joint}{DEALT}."
    assert tolls(body) == {"Yemen": 31, "Taiz": 14, "Marib": 9, "Hodeidah": 8}
    assert [s.place.name for s in counted(body) if s.umbrella and s.place] == ["Yemen"]


def test_a_part_of_the_dead_is_no_place_of_a_list() -> None:
    assert tolls("An air strike killed 14 people in Taiz, including three children.") == {"Taiz": 14}


def test_a_toll_of_several_places_stands_on_none() -> None:
    body = "Air strikes on Homs, Hama and Idlib killed 40 people on Thursday."
    assert tolls(body) == {"Homs": None, "Hama": None, "Idlib": None}


def test_but_on_the_country_that_is_named_over_them() -> None:
    body = "Air strikes across Syria, hitting Homs, Hama and Idlib, killed 40 people on Thursday."
    assert tolls(body) == {"Syria": 40, "Homs": None, "Hama": None, "Idlib": None}


@pytest.mark.parametrize("joint", [", ", ", including "])
def test_a_movement_has_several_beginnings(joint: str) -> None:
    body = (
        f"Fighting drove 6,000 people from their homes in North Kivu{joint}3,500 from Masisi and 2,500 from Rutshuru."
    )
    assert people(counted(body)) == {"North Kivu": 6000, "Masisi": 3500, "Rutshuru": 2500}


def test_a_toll_may_be_told_before_its_attack() -> None:
    signal = one("Twenty-eight cadets were killed on Thursday. The academy in Tripoli was bombed by aircraft.")
    assert signal.killed is not None
    assert signal.killed.best == 28


@pytest.mark.parametrize(
    ("victims", "best"),
    [
        ("Salim al-Harithi and five others", 6),
        ("the group's commander and his wife", 2),
        ("a farmer", 1),
        ("the commander", 1),
    ],
)
def test_a_named_person_counts_as_one(victims: str, best: int) -> None:
    signal = one(f"A drone strike in Marib killed {victims} on Thursday.")
    assert signal.killed is not None
    assert signal.killed.best == best


def test_a_toll_told_before_is_of_this_attack_and_of_no_other() -> None:
    road = "Twenty people died in a road accident in Aden. Jets bombed the port of Hodeidah."
    assert tolls(road) == {"Hodeidah": None}
    between = "Jets bombed Taiz on Thursday. Nine people were killed. Aircraft bombed Marib."
    assert tolls(between) == {"Taiz": 9, "Marib": None}


def test_the_number_of_one_of_several_places_is_only_there() -> None:
    found = counted("Warplanes bombed Saraqib, Kafranbel and Ariha, killing four people in Saraqib.")
    assert [(s.place.name, s.killed.best if s.killed else None) for s in found if s.place] == [
        ("Saraqib", 4),
        ("Kafranbel", None),
        ("Ariha", None),
    ]


def test_those_who_died_before_an_attack_are_not_its_dead() -> None:
    assert (
        one("The army carried out an air raid on Falluja after eight marines were killed at a checkpoint.").killed
        is None
    )
    assert one("A plane crashed, killing 176 people, hours after drones struck Erbil.").killed is None


def test_a_part_of_a_flight_is_not_told_twice() -> None:
    body = "Thousands of people fled Goma, at least 18,000 of them into Rwanda."
    assert [s.displaced.best for s in counted(body) if s.displaced] == [18_000]
