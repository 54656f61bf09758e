"""Which signals are one real event, and what is known of it."""

from typing import Any

from alerts.engine.store import load
from stream.records import StoryRecord
from stream.signals import Figure, Place
from tests.alerts.engine.wire import (
    ALBA,
    ALBA_EAST,
    BORA,
    CORVO,
    IRAQ,
    JORDAN,
    NORTH,
    SYRIA,
    Desk,
    breach,
    day,
    flight,
    story,
    strike,
    tick,
)


def incidents(*stories: StoryRecord) -> list[dict[str, Any]]:
    desk = Desk()
    desk.take(*stories)
    return [load(row[0]) for row in desk.rows("SELECT body FROM incidents ORDER BY day, id")]


def one(*stories: StoryRecord) -> dict[str, Any]:
    found = incidents(*stories)
    assert len(found) == 1, [(i["place"]["name"], i["day"], i["figures"]) for i in found]
    return found[0]


def test_two_agencies_on_one_strike_tell_of_one_incident() -> None:
    found = one(story("a", 1.0, strike(ALBA, 1, 4)), story("b", 1.1, strike(ALBA, 1, 4), credit="Reuters"))
    assert found["origins"] == ["AFP", "Reuters"]


def test_a_growing_toll_updates_and_never_adds() -> None:
    found = one(
        story("a", 1.0, strike(ALBA, 1, 4)),
        story("b", 1.3, strike(ALBA, 1, 9), credit="Reuters"),
        story("c", 1.6, strike(ALBA, 1, 12), credit="AP"),
    )
    assert found["figures"]["killed"] == {"low": 12, "best": 12, "high": 12}


def test_two_strikes_of_one_story_are_two_incidents() -> None:
    assert len(incidents(story("a", 1.0, strike(ALBA, 1), strike(ALBA, 1, ordinal=1)))) == 2


def test_a_reprint_of_two_strikes_is_the_same_two_incidents() -> None:
    assert len(incidents(*(story(uri, 1.0, strike(ALBA, 1, 3), strike(ALBA, 1, 8)) for uri in "abc"))) == 2


def test_another_town_is_another_event() -> None:
    assert len(incidents(story("a", 1.0, strike(ALBA, 1, 4)), story("b", 1.0, strike(BORA, 1, 4)))) == 2


def test_a_suburb_is_the_same_place() -> None:
    assert one(story("a", 1.0, strike(ALBA, 1)), story("b", 1.0, strike(ALBA_EAST, 1)))


def test_the_next_day_is_another_event_when_both_days_are_certain() -> None:
    assert len(incidents(story("a", 1.0, strike(ALBA, 1, 4)), story("b", 2.0, strike(ALBA, 2, 7)))) == 2


def test_a_story_of_the_day_after_with_the_same_toll_is_the_same_event() -> None:
    found = one(story("a", 1.0, strike(ALBA, 1, 12)), story("b", 2.0, strike(ALBA, 2, 12, day_certain=False)))
    assert found["day"] == found["span"][0]


def test_a_region_joins_one_incident_and_never_bridges_two() -> None:
    found = incidents(
        story("a", 1.0, strike(ALBA, 1)), story("b", 1.0, strike(BORA, 1)), story("c", 1.0, strike(NORTH, 1))
    )
    assert sorted(len(i["members"]) for i in found) == [1, 2]
    assert {i["place"]["name"] for i in found} == {"Alba", "Bora"}


def test_a_region_of_another_town_is_another_event() -> None:
    assert len(incidents(story("a", 1.0, strike(CORVO, 1)), story("c", 1.0, strike(NORTH, 1)))) == 2


def test_another_country_is_another_event() -> None:
    assert len(incidents(story("a", 1.0, strike(SYRIA, 1)), story("b", 1.0, strike(IRAQ, 1)))) == 2


def test_other_attackers_are_another_event() -> None:
    assert (
        len(
            incidents(
                story("a", 1.0, strike(ALBA, 1, actors=("Russia",), day_certain=False)),
                story("b", 1.0, strike(ALBA, 1, actors=("Israel",), day_certain=False)),
            )
        )
        == 2
    )


def test_a_nation_and_its_people_are_one_attacker() -> None:
    assert one(
        story("a", 1.0, strike(NORTH, 1, actors=("Israel",), day_certain=False)),
        story("b", 1.0, strike(NORTH, 1, actors=("Israeli",), day_certain=False)),
    )


def test_overlapping_flows_out_of_one_place_are_one_movement_with_the_latest_figure() -> None:
    found = one(
        story("a", 12.0, flight(NORTH, 12, 180_000, period=(1, 12))),
        story("b", 16.0, flight(NORTH, 16, 270_000, period=(1, 16)), credit="UN"),
    )
    assert found["figures"]["displaced"]["best"] == 270_000
    assert found["day"] == found["span"][1]


def test_a_part_never_replaces_the_whole() -> None:
    found = one(
        story("a", 16.0, flight(NORTH, 16, 270_000, period=(1, 16))),
        story("b", 17.0, flight(ALBA, 16, 12_000, period=(15, 16)), credit="UN"),
    )
    assert found["figures"]["displaced"]["best"] == 270_000


def test_flights_from_two_causes_or_over_a_border_are_apart() -> None:
    assert (
        len(
            incidents(
                story("a", 5.0, flight(NORTH, 5, 10_000, to=NORTH)),
                story("b", 5.0, flight(NORTH, 5, 10_000, cause="disaster")),
                story("c", 5.0, flight(SYRIA, 5, 10_000, to=JORDAN)),
            )
        )
        == 3
    )


def test_those_who_crossed_a_border_may_be_those_of_whom_only_the_flight_was_told_some_days_before() -> None:
    crossed = story("b", 7.0, flight(SYRIA, 7, 10_000, to=JORDAN))
    assert len(incidents(story("a", 5.0, flight(NORTH, 5, 9_000)), crossed)) == 1
    assert len(incidents(story("a", 3.0, flight(NORTH, 3, 9_000)), crossed)) == 2


def test_a_reaction_joins_the_strike_of_some_days_before() -> None:
    struck = story("a", 1.0, strike(NORTH, 1, 9, actors=("Redland",)))

    def told(when: int, **more: Any) -> StoryRecord:
        return story("b", when, strike(SYRIA, when, 9, actors=("Redland",), day_certain=False, **more))

    assert one(struck, told(4, follow_up=True))["place"]["name"] == NORTH.name
    assert len(incidents(struck, told(4))) == len(incidents(struck, told(9, follow_up=True))) == 2


def test_as_many_dead_recalled_within_the_week_are_those_of_the_certain_day() -> None:
    struck = story("a", 1.0, strike(NORTH, 1, 52))

    def recalled(when: int, killed: int, **more: Any) -> StoryRecord:
        return story("b", when, strike(NORTH, when, killed, **{"day_certain": False, **more}))

    assert one(struck, recalled(4, 52))["day"] == day(1).toordinal()
    for other in (recalled(4, 50), recalled(4, 52, day_certain=True), recalled(9, 52)):
        assert len(incidents(struck, other)) == 2


def test_one_dead_by_name_may_be_among_all_who_died() -> None:
    def told(name: str, when: int, place: Place, killed: int, words: str, **more: Any) -> StoryRecord:
        return story(name, when, strike(place, when, killed, words=words, **more))

    struck = told("a", 1, SYRIA, 6, "A drone strike kills Haji Omar, a commander, and five more.", day_certain=False)
    assert one(struck, told("b", 1, ALBA, 1, "the raid in which Haji Omar was killed"))
    assert len(incidents(struck, told("b", 1, ALBA, 1, "the raid in which Abu Bakr was killed"))) == 2


def test_a_stock_is_no_flow() -> None:
    assert (
        len(incidents(story("a", 5.0, flight(NORTH, 5, 9)), story("b", 5.0, flight(NORTH, 5, 9, measure="stock")))) == 2
    )


def test_opposite_accusations_are_one_mutual_incident_that_is_only_possible() -> None:
    found = one(
        story("a", 1.0, breach(NORTH, 1, "alleged", actors=("Redland",))),
        story("b", 1.0, breach(NORTH, 1, "alleged", actors=("Blueland",)), credit="Reuters"),
    )
    assert (found["claim"], found["certainty"]) == ("mutual", "possible")


def test_what_a_monitor_saw_is_observed_whoever_else_alleges_it() -> None:
    found = one(story("a", 1.0, breach(NORTH, 1, "alleged")), story("b", 1.0, breach(NORTH, 1), credit="UN"))
    assert (found["claim"], found["certainty"]) == ("observed", "observed")


def test_certainty_comes_of_the_sources() -> None:
    doubtful = {"certain": False, "certainty": "possible"}
    assert one(story("a", 1.0, strike(ALBA, 1, **doubtful)))["certainty"] == "possible"
    assert one(story("a", 1.0, strike(ALBA, 1)))["certainty"] == "likely"
    twice = [story("a", 1.0, strike(ALBA, 1, **doubtful)), story("b", 1.0, strike(ALBA, 1, **doubtful), credit="AP")]
    assert one(*twice)["certainty"] == "observed"


def test_a_killed_story_takes_its_part_of_the_incident_with_it() -> None:
    desk = Desk()
    desk.take(story("a", 1.0, strike(ALBA, 1, 4)), story("b", 1.1, strike(ALBA, 1, 9), credit="Reuters"))
    desk.take(story("b", 1.2, version="2", status="canceled"), tick(1.5))
    (body,) = [load(row[0]) for row in desk.rows("SELECT body FROM incidents")]
    assert body["figures"]["killed"]["best"] == 4
    assert body["origins"] == ["AFP"]


def test_a_part_of_a_country_is_where_the_compass_says() -> None:
    north = Place(name="northern Syria", as_written="the north", country="SY", lat=36.1, lon=37.1, precision="region")
    south = north.model_copy(update={"name": "southern Syria", "as_written": "the south", "lat": 33.7})
    far = BORA.model_copy(update={"lat": 37.05, "lon": 41.2})
    assert len(incidents(story("a", 1.0, strike(far, 1, 4)), story("b", 1.0, strike(north, 1, 4)))) == 1
    assert len(incidents(story("a", 1.0, strike(far, 1, 4)), story("b", 1.0, strike(south, 1, 4)))) == 2
    assert len(incidents(story("a", 1.0, strike(north, 1, 4)), story("b", 1.0, strike(south, 1, 4)))) == 2


def test_the_same_number_of_people_within_three_days_is_one_movement_wherever_told() -> None:
    assert len(incidents(story("a", 1.0, flight(ALBA, 1, 3_417)), story("b", 3.0, flight(CORVO, 3, 3_417)))) == 1
    assert len(incidents(story("a", 1.0, flight(ALBA, 1, 3_417)), story("b", 3.0, flight(CORVO, 3, 3_418)))) == 2
    assert len(incidents(story("a", 1.0, flight(ALBA, 1, 3_417)), story("b", 6.0, flight(CORVO, 6, 3_417)))) == 2


def test_a_flood_without_a_period_lasts_eight_days_and_a_war_fourteen() -> None:
    for cause, known in (("disaster", 2), ("conflict", 1)):
        flood = {"cause": cause}
        stories = story("a", 1.0, flight(ALBA, 1, 900, **flood)), story("b", 11.0, flight(ALBA, 11, 4_000, **flood))
        assert len(incidents(*stories)) == known


def test_the_number_of_an_open_toll_speaks_for_one_event() -> None:
    """ "More than 80 killed" somewhere in the country on that day, and 87 in the town."""
    open_toll = Figure(low=80, best=80, high=None, quote="more than 80")
    told = story("b", 1.5, strike(SYRIA, 1, day_certain=False).model_copy(update={"killed": open_toll}))
    assert len(incidents(story("a", 1.0, strike(ALBA, 1, 87)), told)) == 1
    other = story("b", 1.5, strike(SYRIA, 1, 20, day_certain=False))
    assert len(incidents(story("a", 1.0, strike(ALBA, 1, 87)), other)) == 2


def test_one_night_is_one_day() -> None:
    night = (day(1), day(2))
    late, early = strike(ALBA, 1, 40, period=night), strike(ALBA, 2, 44, period=night)
    assert one(story("a", 2.0, late), story("b", 2.1, early, credit="Reuters"))
    assert len(incidents(story("a", 2.0, late), story("b", 3.0, strike(ALBA, 2, 44), credit="Reuters"))) == 2


def test_the_same_vague_toll_told_without_a_day_on_the_day_after_is_one_event() -> None:
    def dozens(when: int, **more: Any) -> StoryRecord:
        toll = Figure(low=12, best=24, high=None, vague=True, quote="dozens")
        return story(str(when), when, strike(ALBA, when, **more).model_copy(update={"killed": toll}))

    assert one(dozens(1), dozens(2, day_certain=False))
    assert len(incidents(dozens(1), dozens(2))) == 2


def test_an_alliance_is_no_other_attacker_than_its_leader() -> None:
    def by(actor: str) -> StoryRecord:
        return story(actor, 1.0, strike(NORTH, 1, actors=(actor,), day_certain=False))

    assert one(by("NATO"), by("U.S."))
    assert len(incidents(by("NATO"), by("Russia"))) == 2


def test_two_towns_of_one_day_are_two_unless_their_toll_makes_one_a_suburb() -> None:
    away = ALBA.model_copy(update={"name": "Elva", "geonameid": None, "lat": (ALBA.lat or 0.0) + 0.16})  # 18 km

    def told(a: int | None, b: int | None) -> int:
        return len(incidents(story("a", 1.0, strike(ALBA, 1, a)), story("b", 1.5, strike(away, 1, b))))

    assert told(None, None) == 2
    assert told(40, 40) == 1


def test_a_few_over_the_border_are_not_the_many_who_left_one_town() -> None:
    left = story("a", 1.0, flight(NORTH, 1, 30_000))
    crossed = story("b", 1.0, flight(SYRIA, 1, 6_000, to=JORDAN))
    as_many = story("b", 1.0, flight(SYRIA, 1, 28_000, to=JORDAN))
    assert len(incidents(left, crossed)) == 2
    assert len(incidents(left, as_many)) == 1
