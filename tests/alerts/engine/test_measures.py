"""What is summed, over which days, in which area."""

from typing import Any

import pytest

from alerts.engine.measures import NOTHING, Daily, window
from alerts.engine.overlaps import first_day
from alerts.engine.series import days_of
from alerts.engine.store import ordinal
from stream.records import Record
from stream.signals import Signal
from tests.alerts.engine.wire import (
    ALBA,
    BORA,
    CORVO,
    IRAQ,
    JORDAN,
    NORTH,
    START,
    SYRIA,
    Desk,
    breach,
    figure,
    flight,
    signal,
    story,
    strike,
)

ZERO = ordinal(START)


def rule(kind: str = "air_strike", measure: str = "incidents", by: str = "country", **more: Any) -> str:
    fields = {
        "id": "r",
        "kind": kind,
        "measure": measure,
        "by": by,
        "window": "2d",
        "severity": "{warning: 100}",
        **more,
    }
    return "- {" + ", ".join(f"{name}: {value}" for name, value in fields.items()) + "}"


def series(rules: str, *records: Record, area: str = "SY") -> dict[int, int]:
    """Day of the tests' calendar -> best."""
    desk = Desk(rules)
    desk.take(*records)
    return {day - ZERO: value.best for day, value in days_of(desk.store, "r", area, 0).items()}


def test_a_window_is_half_open_and_whole_days() -> None:
    """
    day      1   2   3   4
    events   1   2   4   .
    (4-2,4]          [----]   = 4
    (3-2,3]      [----]       = 6
    (3-3,3]  [--------]       = 7
    """
    days = {1: Daily(best=1), 2: Daily(best=2), 3: Daily(best=4)}
    assert [window(days, last, n).best for last, n in ((4, 2), (3, 2), (3, 3))] == [4, 6, 7]
    assert window(days, 9, 2) == NOTHING


def test_an_event_of_the_last_minute_counts_on_its_day_and_one_of_midnight_on_the_next() -> None:
    late, early = story("a", 1.999, strike(ALBA, 1)), story("b", 2.0, strike(ALBA, 2))
    assert series(rule(), late, early) == {1: 1, 2: 1}


@pytest.mark.parametrize(("measure", "value"), [("incidents", 2), ("strikes", 21), ("killed", 7), ("injured", 5)])
def test_what_is_measured_of_strikes(measure: str, value: int) -> None:
    one = story("a", 1.0, strike(ALBA, 1, 7, count=20), strike(BORA, 1, injured=figure(5)))
    assert series(rule(measure=measure), one) == {1: value}


def test_violations_are_counted_as_reported_and_never_added_to_strikes() -> None:
    one = story("a", 1.0, breach(NORTH, 1, count=399), strike(ALBA, 1, count=4))
    assert series(rule("ceasefire_violation", "violations"), one) == {1: 399}


def test_households_count_as_persons() -> None:
    rules = "household_size: 6\nrules:\n" + rule("displacement", "displaced")
    assert series(rules, story("a", 1.0, flight(NORTH, 1, 100, unit="households"))) == {1: 600}


def test_a_stock_is_not_added_to_the_newly_displaced_nor_over_days() -> None:
    stories = [story("a", 1.0, flight(NORTH, 1, 500)), story("b", 1.0, flight(NORTH, 1, 9_000, measure="stock"))]
    assert series(rule("displacement", "displaced"), *stories) == {1: 500}
    assert series(rule("displacement", "displaced_stock"), *stories) == {1: 9_000}
    assert window({1: Daily(best=5), 2: Daily(best=9)}, 2, 2, highest=True).best == 9


def test_areas_are_places_regions_or_countries() -> None:
    stories = [story("a", 1.0, strike(ALBA, 1), strike(CORVO, 1), strike(SYRIA, 1), strike(None, 1))]
    assert series(rule(), *stories) == {1: 3}
    assert series(rule(by="admin1"), *stories, area="SY/North") == {1: 1}
    assert series(rule(by="place"), *stories, area="1") == {1: 1}


def test_the_side_chooses_where_people_left_or_where_they_went() -> None:
    one = story("a", 1.0, flight(SYRIA, 1, 12_000, to=JORDAN))
    assert series(rule("displacement", "displaced", side="from"), one) == {1: 12_000}
    assert series(rule("displacement", "displaced", side="to"), one, area="JO") == {1: 12_000}
    assert series(rule("displacement", "displaced", side="to"), one) == {}


def test_a_part_that_comes_later_is_taken_off_a_total_by_where_people_went() -> None:
    total = story("a", 2.0, flight(SYRIA, 2, 20_000, period=(1, 2), to=JORDAN, umbrella=True))
    part = story("b", 2.5, flight(ALBA, 1, 5_000, to=JORDAN), credit="AP")
    assert series(rule("displacement", "displaced", side="to"), total, part, area="JO") == {1: 5_000, 2: 15_000}


def test_filters_leave_out_what_the_rule_does_not_ask_for() -> None:
    strikes = story("a", 1.0, strike(ALBA, 1, weapon="drone"), strike(BORA, 1, weapon="missile", certainty="possible"))
    assert series(rule(weapons="[drone]"), strikes) == {1: 1}
    assert series(rule(certainty="likely"), strikes) == {1: 1}
    assert series(rule(area="{admin1: [SY/South]}"), strikes) == {}
    assert series(rule(area="{bbox: [35.9, 34.9, 36.1, 35.1]}"), strikes) == {1: 1}
    assert series(rule(area="{polygon: [[36.5, 35.0], [37.5, 35.0], [37.0, 36.5]]}"), strikes) == {1: 1}
    floods = story("b", 1.0, flight(NORTH, 1, 100, cause="disaster"))
    assert series(rule("displacement", "displaced", cause="conflict"), floods) == {}


def test_an_order_to_leave_counts_only_where_a_rule_includes_it() -> None:
    order = signal(
        "displacement",
        NORTH,
        1,
        status="hypothetical",
        counted=False,
        reason="ordered",
        displaced=flight(NORTH, 1, 5_000).displaced,
    )
    assert series(rule("displacement", "displaced"), story("a", 1.0, order)) == {}
    assert series(rule("displacement", "displaced", include="[ordered]"), story("a", 1.0, order)) == {1: 5_000}


class TestTotals:
    """A total over a region is no event: who contains the region takes the larger of it and of its parts."""

    def total(self, killed: int) -> Any:
        return strike(NORTH, 1, killed, umbrella=True)

    def test_it_supplies_what_its_parts_do_not_tell(self) -> None:
        one = story("a", 1.0, self.total(40), strike(ALBA, 1, 12))
        assert series(rule(measure="killed"), one) == {1: 40}
        assert series(rule(), one) == {1: 1}

    def test_parts_that_add_up_to_more_stand(self) -> None:
        one = story("a", 1.0, self.total(40), strike(ALBA, 1, 30), strike(BORA, 1, 25))
        assert series(rule(measure="killed"), one) == {1: 55}

    def test_what_lies_outside_is_added(self) -> None:
        one = story("a", 1.0, self.total(40), strike(ALBA, 1, 12), strike(CORVO, 1, 5))
        assert series(rule(measure="killed"), one) == {1: 45}
        assert series(rule(measure="killed", by="admin1"), one, area="SY/North") == {1: 40}

    def test_smaller_areas_ignore_it(self) -> None:
        one = story("a", 1.0, self.total(40), strike(ALBA, 1, 12))
        assert series(rule(measure="killed", by="place"), one, area="1") == {1: 12}

    def test_a_part_that_comes_later_is_not_added_to_it(self) -> None:
        stories = [story("a", 1.0, self.total(40)), story("b", 1.5, strike(BORA, 1, 15), credit="AP")]
        assert series(rule(measure="killed"), *stories) == {1: 40}


class TestWideFlows:
    """A flow of a region counts the people of the towns inside it once."""

    RULES = rule("displacement", "displaced")

    def test_a_region_and_its_towns_are_counted_once(self) -> None:
        one = story("a", 1.0, flight(NORTH, 1, 6_000), flight(ALBA, 1, 3_500), flight(BORA, 1, 2_500))
        assert series(self.RULES, one) == {1: 6_000}

    def test_a_town_inside_a_region_inside_the_country_is_counted_once(self) -> None:
        one = story("a", 1.0, flight(SYRIA, 1, 10_000), flight(NORTH, 1, 6_000), flight(ALBA, 1, 4_000))
        assert series(self.RULES, one) == {1: 10_000}

    def test_a_regions_figure_in_one_movement_with_a_town_holds_the_next_town(self) -> None:
        stories = [
            story("a", 1.0, flight(ALBA, 1, 4_000)),
            story("b", 2.0, flight(NORTH, 2, 6_000), credit="AP"),
            story("c", 2.5, flight(BORA, 2, 2_500), credit="AFP"),
        ]
        assert series(self.RULES, *stories) == {2: 6_000}

    def test_towns_that_add_up_to_more_stand(self) -> None:
        one = story("a", 1.0, flight(NORTH, 1, 3_000), flight(ALBA, 1, 3_500), flight(BORA, 1, 2_500))
        assert series(self.RULES, one) == {1: 6_000}

    @pytest.mark.parametrize(
        ("town", "told"),
        [
            (flight(CORVO, 1, 4_000), {1: 24_000}),  # outside
            (flight(ALBA, 1, 4_000, cause="disaster"), {1: 24_000}),
            (flight(ALBA, 1, 4_000, to=JORDAN), {1: 24_000}),
        ],
    )
    def test_other_flows_add(self, town: Signal, told: dict[int, int]) -> None:
        stories = [story("a", 1.0, flight(NORTH, 1, 20_000, to=CORVO)), story("b", 3.0, town)]
        assert series(self.RULES, *stories) == told

    def test_a_town_of_long_ago_is_not_in_it(self) -> None:
        stories = [story("a", 1.0, flight(ALBA, 1, 4_000)), story("b", 16.0, flight(NORTH, 16, 20_000))]
        assert series(self.RULES, *stories) == {1: 4_000, 16: 20_000}

    def test_they_are_movements_all_the_same(self) -> None:
        one = story("a", 1.0, flight(NORTH, 1, 6_000), flight(ALBA, 1, 3_500))
        assert series(rule("displacement", "incidents"), one) == {1: 2}


def test_what_has_no_place_is_measured_nowhere() -> None:
    assert series(rule(), story("a", 1.0, strike(None, 1))) == {}
    assert series(rule(), story("a", 1.0, strike(IRAQ, 1))) == {}


def test_a_weak_report_inside_a_sure_one_takes_nothing_of_its_certainty() -> None:
    region = flight(NORTH, 1, 20_000, certainty="observed")
    town = flight(ALBA, 1, 18_000, certainty="possible")
    desk = Desk(rule("displacement", "displaced"))
    desk.take(story("a", 1.0, region, town))
    summed = window(days_of(desk.store, "r", "SY", 0), ZERO + 1, 2)
    assert (summed.best, summed.likely, summed.observed) == (20_000, 20_000, 20_000)


def test_a_second_report_makes_no_period() -> None:
    """Told of on days 8 and 9 and without a period, a flow by war still spans fourteen days, as it did on day 8."""
    flow = {"span": [8, 9], "day": 9, "dated": False, "figures": {"displaced": {"cause": "conflict"}}}
    assert first_day(flow) == 9 - 13
    assert first_day(flow | {"dated": True}) == 8
