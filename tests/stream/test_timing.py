"""Which day dates an event, and which time is over: stories of our own, published on Friday 14 June 2024."""

from datetime import date

import pytest

from tests.stream.tell import counted, one, told


@pytest.mark.parametrize(
    ("body", "day"),
    [
        ("Air strikes hit Taiz on Monday, before talks due to begin on Thursday.", date(2024, 6, 10)),
        (
            "Some 9,000 people were evacuated from Beira ahead of the storm's expected landfall on Thursday.",
            date(2024, 6, 14),
        ),
        ("Jets bombed a depot near Rafah after rockets were fired at Sderot on Wednesday.", date(2024, 6, 14)),
        ("In mid-June jets bombed Kutum.", date(2024, 6, 14)),
    ],
)
def test_the_day_is_the_events_own(body: str, day: date) -> None:
    assert one(body).day == day


@pytest.mark.parametrize(
    "body",
    [
        "In mid-April jets bombed Kutum.",
        "Officials admitted that a 2019 airstrike in Baghuz killed dozens of people.",
        "Kenyan jets bombed camps in Gedo after an attack by the group on a campus in 2015.",
        "Schools where thousands of families took refuge in the war of 2012 have been shut.",
    ],
)
def test_what_is_long_over_is_not_new(body: str) -> None:
    assert counted(body) == []


PARAGRAPHS = (
    "Ministers met in Cairo on Thursday. They spoke for two hours.",
    "The talks will go on, a spokesman said. Nobody expects a result.",
    "In Khartoum the streets were empty. Shops were shut.",
)
HISTORY = (
    "In April last year the war turned. Jets bombed Nyala and killed 40 people. "
    "By the end 9,000 people had fled the town."
)


def test_a_paragraph_of_history_tells_nothing_new() -> None:
    assert counted("\n\n".join((*PARAGRAPHS, HISTORY))) == []
    news = HISTORY.replace("In April last year", "On Tuesday")
    assert len(counted("\n\n".join((*PARAGRAPHS, news)))) == 2


def test_what_was_struck_may_be_a_feast_of_remembrance() -> None:
    assert one("Jets bombed a concert marking the anniversary of the revolt in Loikaw.").status == "new"
    assert counted("The town marked the anniversary of the air strikes on Loikaw.") == []


def test_an_inquiry_into_a_raid_of_this_week_tells_of_it() -> None:
    assert (
        one("Thousands marched in Sanaa to demand an inquiry into Wednesday's air raid on a funeral hall.").kind
        == "air_strike"
    )
    assert counted("Thousands marched in Sanaa to demand an inquiry into the air raids on markets.") == []


def test_a_reaction_and_a_new_toll_follow_up() -> None:
    assert one("Pakistan condemned a drone strike in Bajaur that killed nine people.").follow_up
    assert one("The death toll from an air strike on Taiz rose to 16.").follow_up
    assert not one("A drone strike in Bajaur killed nine people.").follow_up


def test_a_heading_tells_no_event_beside_its_story() -> None:
    assert len(told("Kunduz airstrike: A US airstrike hit a clinic in Kunduz, killing nine people.").signals) == 1


@pytest.mark.parametrize(
    ("body", "days"),
    [
        (
            "Jets bombed Saada on Tuesday. A depot in Taiz was hit by another jet.\n\nNobody claimed it. Aid is short.",
            ["2024-06-11", "2024-06-11"],
        ),
        (
            "Jets bombed a school in Saada.\n\nPupils were at their desks on Wednesday when it fell in.\n\n"
            "Talks were held on Monday. Aid is short.",
            ["2024-06-12"],
        ),
        (
            "Jets bombed Saada on Tuesday.\n\nThe town lies on a hill.\n\nHours later jets bombed Taiz.\n\n"
            "Aid is short. Envoys met on Thursday.",
            ["2024-06-11", "2024-06-11"],
        ),
        (
            "Drones hit a funeral in Taiz\n\nOn Saturday shops were shut. On Thursday mourners met.\n\nAid is short.",
            ["2024-06-13"],
        ),
        (
            "Jets bombed Saada on Tuesday. A day earlier jets had bombed Taiz.\n\nNobody claimed it. Aid is short.",
            ["2024-06-11", "2024-06-10"],
        ),
        (
            "Jets bombed Saada on Tuesday. Shops stayed shut on Wednesday.\n\nAid is short.\n\nJets bombed Taiz.",
            ["2024-06-11", "2024-06-14"],
        ),
    ],
)
def test_the_sentences_around_tell_the_day(body: str, days: list[str]) -> None:
    assert [str(signal.day) for signal in counted(body, "air_strike")] == days


def test_a_breach_is_of_the_day_of_its_attack() -> None:
    body = (
        "Aid is short. Roads are shut. Wells are dry. The envoy for Yemen urged calm after soldiers and rebels fought "
        "along the edge of Marib on Wednesday, in the sharpest clash since a truce came into effect on June 2. "
        "Envoys met on Tuesday."
    )
    assert str(one(body, "ceasefire_violation").day) == "2024-06-12"


def test_the_day_of_the_telling_is_not_that_of_the_strike() -> None:
    body = "A doctor in Taiz told the BBC that on Tuesday a drone hit a bus in Saada, killing four people."
    assert str(one(body, "air_strike").day) == "2024-06-11"
    body = "One soldier said by telephone on Thursday that a drone hit a bus in Saada two nights earlier."
    assert str(one(body, "air_strike").day) == "2024-06-12"


@pytest.mark.parametrize(
    "body",
    [
        "Aircraft bombed Khan Sheikhun, a town best known for the nerve-agent attack of April 2017.",
        "In Lebanon, where a truce since January has not stopped the attacks, a drone hit a car at Haris.",
    ],
)
def test_a_time_that_dates_something_else(body: str) -> None:
    assert one(body, "air_strike").counted


@pytest.mark.parametrize(
    "body",
    [
        "Fighting began in April.\n\nThe United Nations says more than 3,000 people have left their homes since then.",
        "The fall of Ramadi in January, and the shelling that followed, has forced some 4,000 people from their homes.",
    ],
)
def test_a_flow_of_months_is_no_news(body: str) -> None:
    assert counted(body, "displacement") == []


def test_what_is_counted_up_to_now_is_news() -> None:
    body = (
        "Talks go on. Aid is short. Roads are cut. Schools are shut. Mines are found. Water is scarce. Wells are dry. "
        "Families of Waziristan came to Spera in 2014, when the army cleared their home. "
        "Elders said 300 households had fled Spera in the past two weeks."
    )
    assert one(body, "displacement").displaced is not None


@pytest.mark.parametrize(
    ("told", "new"),
    [
        ("since the end of May", True),
        ("since the beginning of May", False),
        ("since May", False),
    ],
)
def test_the_edge_of_a_month(told: str, new: bool) -> None:
    assert bool(counted(f"Some 4,000 people have fled Kutum {told}.", "displacement")) is new
