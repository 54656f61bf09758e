"""Where a breach is placed: at the fight, not where the deal was made, nor with who accuses."""

import pytest

from tests.stream.tell import counted


def places(body: str) -> list[str | None]:
    return [s.place and s.place.name for s in counted(body, "ceasefire_violation")]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Houthi shelling in Hays killed three people on Wednesday, a breach of the Hodeidah truce.", "Hays"),
        ("Thai soldiers fired on civilians in Battambang, in defiance of the Kuala Lumpur ceasefire.", "Battambang"),
        (
            "The army said both parties broke the ceasefire in Darfur when a firefight near Nyala left three dead.",
            "Nyala",
        ),
    ],
)
def test_the_fight_tells_the_place(body: str, expected: str) -> None:
    assert places(body) == [expected]


LONG_STORY = (
    "Yemen's government and the Houthis each accused the other on Thursday of breaking a truce.\n\n"
    "The deal is a week old.\n\nThe army said its positions in Marib were shelled overnight.\n\n"
    "Nobody was hurt.\n\nTalks go on in Muscat.\n\nThe war began in 2014.\n\nFuel is short."
)


def test_in_a_long_story_it_is_at_the_first_fight() -> None:
    assert places(LONG_STORY) == ["Marib"]


def test_a_party_that_declares_its_truce_over_breaks_it_in_no_town() -> None:
    body = LONG_STORY.replace(
        "Yemen's government and the Houthis each accused the other on Thursday of breaking a truce.",
        "Yemen's Houthis declared their truce over on Thursday.",
    )
    assert places(body) == ["Yemen"]


def test_fighting_told_right_behind_a_truce_that_takes_effect() -> None:
    body = "A truce in the port of Hodeidah takes effect at midnight. Sporadic clashes are reported by residents."
    assert places(body) == ["Hodeidah"]


def test_who_brokered_a_lull_is_not_where_it_broke() -> None:
    body = "The lull that Egypt brokered in May came apart on Thursday. Troops crossed the fence near Deir al-Balah."
    assert places(body) == ["Deir al-Balah"]


def test_two_capitals_that_accuse_each_other_are_no_place() -> None:
    body = "Shells fell on Poonch on Thursday. New Delhi and Islamabad each accuse the other of breaking the truce."
    assert places(body) == ["Poonch"]
