"""The engine as a whole: records in, revisions and deliveries out."""

from datetime import timedelta
from typing import Any

import pytest

from alerts.engine import alert_views, feed_views, incident_views, progress_views, routing_views, series_views
from stream.records import RejectedRecord, SourcePosition, TickRecord
from tests.alerts.engine.wire import (
    ALBA,
    BORA,
    CORVO,
    NORTH,
    RULES,
    START,
    Desk,
    at,
    breach,
    command,
    flight,
    rules_of,
    story,
    strike,
    tick,
)
from tests.alerts.engine.wire import day as date_of

RAID = [strike(ALBA, 1, 2), strike(BORA, 1), strike(CORVO, 1)]
"""Three strikes in one country in one day: the rule `strikes` rings."""


def subscriber(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "endpoint": "ciphertext", "managed_by": "api", **more}


def subscribe(name: str, **more: Any) -> Any:
    return command("subscribers.put", {"subscriber": subscriber(name, **more)})


def desk(*names: str) -> Desk:
    made = Desk()
    made.take(*(subscribe(name) for name in names), tick(1))
    return made


def inbox(desk: Desk, name: str) -> list[tuple[int, str | None]]:
    """(sequence, transition) of what a subscriber was sent."""
    sent = [delivery for done in desk.applied for delivery in done.deliveries if delivery.subscriber == name]
    return [(d.sequence, d.revision.transition if d.revision else d.notice) for d in sent]


class TestLife:
    def test_an_alert_opens_grows_and_ends(self) -> None:
        wire = desk()
        assert wire.told(story("a", 1.1, *RAID)) == [("strikes", "opened", "threshold_crossed")]
        assert wire.told(story("b", 1.2, strike(NORTH.model_copy(update={"admin1": "East"}), 1), credit="AP")) == [
            ("strikes", "updated", "figure_grew")
        ]
        more = [strike(ALBA, 2), strike(BORA, 2)]
        assert wire.told(tick(2), story("c", 2.1, *more)) == [("strikes", "escalated", "tier_raised")]
        daily = [story(f"quiet{n}", float(n)) for n in range(3, 9)]
        quiet = [record for n, one in enumerate(daily, 3) for record in (tick(n), one)]
        assert wire.told(*quiet) == [("strikes", "resolved", "below_clear")]

    def test_it_does_not_end_while_nobody_is_heard(self) -> None:
        wire = desk()
        assert wire.told(story("a", 1.1, *RAID), tick(20)) == [("strikes", "opened", "threshold_crossed")]

    def test_a_kill_takes_the_alert_back_and_references_it(self) -> None:
        wire = desk()
        wire.take(story("a", 1.1, *RAID))
        assert wire.told(story("a", 1.2, version="2", status="canceled")) == [("strikes", "retracted", "story_killed")]
        opened, retracted = wire.revisions()
        assert retracted.references == (f"{opened.id}/1",)
        assert retracted.references_at == (opened.at,)

    def test_a_kill_that_leaves_the_alert_standing_is_told_all_the_same(self) -> None:
        wire = desk()
        wire.take(*(story(f"{n}", 1.1, *RAID, credit=f"Agency {n}") for n in range(3)))
        told = wire.told(story("1", 1.2, version="2", status="canceled"))
        assert told == [("strikes", "updated", "story_withdrawn")]

    def test_a_hold_takes_back_and_a_release_opens_anew(self) -> None:
        wire = desk()
        wire.take(story("a", 1.1, *RAID))
        assert wire.told(story("a", 1.2, version="2", status="withheld"))[0][1] == "retracted"
        assert wire.told(story("a", 1.3, *RAID, version="3"))[0][1] == "opened"

    def test_a_correction_is_told_even_when_the_figure_hardly_changes(self) -> None:
        wire = desk()
        wire.take(story("a", 1.1, strike(ALBA, 1, 20), strike(BORA, 1), strike(CORVO, 1)))
        fixed = [strike(ALBA, 1, 19), strike(BORA, 1), strike(CORVO, 1)]
        told = wire.told(story("b", 1.2, *fixed, links=[("corrects", "a")]))
        assert {reason for _, _, reason in told} == {"story_corrected"}

    def test_what_remains_after_a_kill_is_told_of_the_days_on_which_it_now_stands(self) -> None:
        wire = desk()
        wire.take(tick(7), story("a", 7.1, flight(NORTH, 7, 20_000, period=(1, 7))))
        wire.take(tick(8), story("b", 8.1, flight(NORTH, 8, 24_000, period=(1, 8)), version="1"))
        assert wire.told(story("a", 8.2, version="2", status="canceled")) == [("flight", "updated", "story_withdrawn")]
        assert wire.revisions()[-1].measure.value == 24_000

    def test_what_was_over_is_told_of_the_days_on_which_it_stood(self) -> None:
        wire = desk()
        wire.take(tick(7), story("a", 7.1, flight(NORTH, 7, 20_000, period=(1, 7))))
        wire.take(tick(8), story("b", 8.1, flight(NORTH, 8, 24_000, period=(1, 8))))
        for number in range(9, 50):
            wire.take(tick(number), story(f"quiet{number}", number))
        assert wire.revisions()[-1].transition == "resolved"
        assert wire.told(story("c", 49.1, flight(NORTH, 10, 26_000, period=(1, 10)))) == []
        assert wire.told(story("a", 49.2, version="2", status="canceled")) == [("flight", "updated", "story_withdrawn")]
        last = wire.revisions()[-1]
        assert (last.measure.value, last.measure.window[1]) == (26_000, date_of(10))
        assert [row[0] for row in wire.rows("SELECT state FROM alerts")] == ["resolved"]

    def test_the_alert_of_a_purged_story_hears_of_its_kill(self) -> None:
        wire = desk()
        wire.take(story("a", 1.1, *RAID), tick(140))
        killed = story("a", 140.0, version="2", status="canceled")
        assert ("strikes", "updated", "story_withdrawn") in wire.told(killed)

    def test_late_stories_change_alerts_and_open_none(self) -> None:
        wire = desk()
        late = story("a", 1.1, *RAID, received=5.0)
        wire.take(tick(5))
        assert [(done.reason, done.revisions) for done in wire.take(late)] == [("late", [])]
        assert wire.told(tick(5.5)) == []
        more = story("b", 4.9, strike(ALBA, 1, ordinal=1, day_certain=True), received=5.5, credit="AP")
        assert wire.told(more) == [("strikes", "opened", "threshold_crossed")]

    def test_an_outage_makes_nothing_late(self) -> None:
        wire = desk()
        wire.take(tick(9))
        assert wire.take(story("a", 8.9, strike(ALBA, 8), received=9.0))[0].reason == "applied"

    def test_a_long_war_is_one_alert_that_grows(self) -> None:
        wire = desk()
        for day in range(1, 40):
            wire.take(tick(day), story(f"s{day}", day + 0.1, *[strike(p, day, 2) for p in (ALBA, BORA, CORVO)]))
        rule = [r for r in wire.revisions() if r.rule == "strikes"]
        assert len({r.id for r in rule}) == 1
        assert len(rule) < 15, "updates come with every quarter more, so they thin out"


class TestTime:
    def test_only_later_whole_minutes_move_the_clock(self) -> None:
        wire = desk()
        assert [done.reason for done in wire.take(tick(1), tick(0.5))] == ["clock_is_later"] * 2
        assert wire.take(TickRecord(at=at(2) + timedelta(seconds=5)))[0].reason == "not_a_whole_minute"
        assert not wire.take(tick(1))[0].effective

    def test_a_timer_is_told_as_of_the_moment_it_was_due(self) -> None:
        wire = desk()
        wire.take(story("a", 1.1, *RAID, embargoed_until=at(1.5)))
        wire.take(tick(3))
        (opened,) = [r for r in wire.revisions() if r.rule == "strikes"]
        assert opened.at == at(1.5)

    def test_what_is_dated_tomorrow_counts_tomorrow(self) -> None:
        wire = desk()
        assert wire.told(story("a", 1.9, *(strike(place, 2) for place in (ALBA, BORA, CORVO)))) == []
        wire.take(tick(2))
        assert [r.at for r in wire.revisions()] == [at(2)]

    def test_an_open_alert_is_told_again_ever_more_rarely(self) -> None:
        wire = Desk(RULES.replace("clear: 1, clear_for: 2d}", "clear: 1, clear_for: 2d, renotify: 2d}"))
        wire.take(tick(1), story("a", 1.0, *RAID), tick(20))
        told = [r for r in wire.revisions() if r.reason == "still_open"]
        assert [r.at for r in told] == [at(3), at(7), at(15)]

    def test_after_years_unheard_it_is_still_told_with_its_figures(self) -> None:
        wire = Desk(RULES.replace("clear: 1, clear_for: 2d}", "clear: 1, clear_for: 2d, renotify: 2d}"))
        wire.take(tick(1), story("a", 1.0, *RAID), tick(2100))
        last = [r for r in wire.revisions() if r.reason == "still_open"][-1]
        assert (last.at, last.measure.value) == (at(2047), 3)

    def test_a_reminder_tells_what_it_stands_at_where_the_flow_has_moved_on_a_little(self) -> None:
        """As "131,000 since 21 November" become 149,000 with a later last day: one incident, on another day."""
        wire = Desk(RULES.replace("clear: 1_000, clear_for: 5d}", "clear: 1_000, clear_for: 5d, renotify: 30d}"))
        wire.take(tick(7), story("a", 7.1, flight(NORTH, 7, 20_000, period=(1, 7))))
        assert wire.told(tick(12), story("b", 12.1, flight(NORTH, 12, 22_000, period=(1, 12)), credit="AP")) == [
            ("flight", "updated", "second_origin")
        ]
        assert wire.told(tick(14), story("c", 14.1, flight(NORTH, 14, 24_000, period=(1, 14)), credit="AP")) == []
        wire.take(tick(45))
        reminder = wire.revisions()[-1]
        assert (reminder.reason, reminder.measure.value) == ("still_open", 24_000)
        assert reminder.measure.window[1] == date_of(14)
        assert wire.told(tick(46), story("d", 46.1, flight(NORTH, 14, 26_000, period=(1, 14)), credit="DPA")) == [], (
            "the reminder is what was told"
        )

    def test_nobody_is_reminded_of_what_was_acknowledged(self) -> None:
        wire = Desk(RULES.replace("clear: 1, clear_for: 2d}", "clear: 1, clear_for: 2d, renotify: 2d}"))
        wire.take(tick(1), story("a", 1.0, *RAID))
        alert = wire.revisions()[0].id
        assert wire.take(command("alerts.acknowledge", {"alert": alert, "note": "seen"}, "bo"))[0].outcome.ok
        assert wire.told(tick(20)) == []
        assert alert_views.alert(wire.store.connection, alert)["acknowledged"]["author"] == "bo"


class TestRouting:
    def test_each_revision_goes_to_the_subscribers_of_that_moment_with_their_next_sequence(self) -> None:
        wire = desk("ana")
        wire.take(story("a", 1.1, *RAID), subscribe("bo"), story("a", 1.2, *RAID, strike(NORTH, 1), version="2"))
        assert inbox(wire, "ana") == [(1, "opened"), (2, "updated")]
        assert inbox(wire, "bo") == [(1, "updated")]

    def test_whoever_was_told_is_told_that_it_was_taken_back_whatever_the_filters_say_by_then(self) -> None:
        wire = desk("ana", "bo")
        wire.take(story("a", 1.1, *RAID), subscribe("ana", kinds=["displacement"]), subscribe("cy"))
        wire.take(story("a", 1.2, version="2", status="canceled"))
        assert inbox(wire, "ana") == [(1, "opened"), (2, "retracted")]
        assert inbox(wire, "cy") == [], "who was not told has nothing to take back"

    @pytest.mark.parametrize(
        ("wanted", "told"),
        [
            ({}, True),
            ({"kinds": ["displacement"]}, False),
            ({"severity": "severe"}, False),
            ({"certainty": "observed"}, False),
            ({"min_origins": 2}, False),
            ({"area": {"countries": ["IQ"]}}, False),
            ({"area": {"countries": ["IQ", "SY"]}}, True),
            ({"area": {"admin1": ["SY/South"]}}, True),
            ({"area": {"bbox": [35.9, 34.9, 36.1, 35.1]}}, True),
            ({"area": {"bbox": [0, 0, 1, 1]}}, False),
            ({"area": {"polygon": [[36.5, 35.2], [37.5, 35.2], [37.0, 36.5]]}}, True),
            ({"state": "disabled"}, False),
            ({"state": "paused"}, True),
        ],
    )
    def test_filters(self, wanted: dict[str, Any], told: bool) -> None:
        wire = desk()
        wire.take(subscribe("ana", **wanted), story("a", 1.1, *RAID))
        assert bool(inbox(wire, "ana")) is told

    def test_a_disabled_subscriber_s_fallback_is_told_once(self) -> None:
        wire = desk("bo")
        wire.take(subscribe("ana", fallback="bo"))
        state = {"id": "ana", "state": "disabled", "reason": "gone"}
        wire.take(command("subscribers.state", state), command("subscribers.state", state))
        assert inbox(wire, "bo") == [(1, "subscriber_disabled: ana: gone")]

    def test_a_file_replaces_its_own_subscribers_only_and_sequences_go_on(self) -> None:
        wire = desk("ana")
        from_file = {"subscribers": [subscriber("desk", managed_by="file")]}
        wire.take(command("subscribers.apply", from_file), story("a", 1.1, *RAID))
        wire.take(command("subscribers.apply", {"subscribers": []}), command("subscribers.apply", from_file))
        wire.take(story("a", 1.2, *RAID, strike(NORTH, 1), version="2"))
        assert inbox(wire, "ana") == [(1, "opened"), (2, "updated")]
        assert inbox(wire, "desk") == [(1, "opened"), (2, "updated")]

    def test_a_delivery_may_be_asked_for_again(self) -> None:
        wire = desk("ana")
        wire.take(story("a", 1.1, *RAID), command("alerts.redeliver", {"subscriber": "ana", "sequence": 1}))
        assert inbox(wire, "ana") == [(1, "opened"), (2, "opened")]


class TestSilence:
    def silence(self, **more: Any) -> Any:
        return command("silences.put", {"id": "s", "until": at(3).isoformat(), **more}, "bo")

    @pytest.mark.parametrize("scope", [{"rule": "strikes"}, {"kind": "air_strike"}, {"area": "SY"}])
    def test_it_holds_back_what_it_names_until_its_end(self, scope: dict[str, str]) -> None:
        wire = desk("ana")
        wire.take(self.silence(**scope), story("a", 1.1, *RAID))
        assert inbox(wire, "ana") == []
        more = [strike(place, 3) for place in (ALBA, BORA, CORVO, NORTH)]
        wire.take(tick(3), story("b", 3.1, *more, strike(ALBA, 3, ordinal=1)))
        assert inbox(wire, "ana") == [(1, "updated")]

    def test_it_holds_back_nothing_else(self) -> None:
        wire = desk("ana")
        wire.take(self.silence(rule="killed"), self.silence(kind="displacement"), story("a", 1.1, *RAID))
        assert inbox(wire, "ana") == [(1, "opened")]

    def test_the_end_of_what_was_told_gets_through(self) -> None:
        wire = desk("ana")
        wire.take(story("a", 1.1, *RAID), self.silence(area="SY"), story("a", 1.2, version="2", status="canceled"))
        assert inbox(wire, "ana") == [(1, "opened"), (2, "retracted")]

    def test_it_names_its_author_and_may_be_lifted(self) -> None:
        wire = desk("ana")
        wire.take(self.silence(area="SY"))
        assert routing_views.silences(wire.store.connection)[0]["author"] == "bo"
        assert wire.take(command("silences.delete", {"id": "s"}))[0].outcome.ok
        assert wire.take(command("silences.delete", {"id": "s"}))[0].outcome.reason == "not_found"

    def test_one_that_is_over_or_names_nothing_is_refused(self) -> None:
        wire = desk()
        assert wire.take(self.silence())[0].outcome.reason == "matches_everything"
        over = command("silences.put", {"id": "s", "area": "SY", "until": START.isoformat()})
        assert wire.take(over)[0].outcome.reason == "already_over"


class TestRules:
    def test_a_removed_rule_closes_its_alerts_and_says_so(self) -> None:
        wire = desk("ana")
        wire.take(story("a", 1.1, *RAID))
        kept = "".join(line for line in RULES.splitlines(keepends=True) if "flight" in line or "50_000" in line)
        assert wire.told(rules_of(kept)) == [("strikes", "resolved", "rule_removed")]
        assert inbox(wire, "ana") == [(1, "opened"), (2, "resolved")]
        assert wire.told(tick(9)) == []

    def test_a_removed_rule_s_alert_ends_with_what_it_stands_at(self) -> None:
        wire = desk()
        wire.take(tick(7), story("a", 7.1, flight(NORTH, 7, 20_000, period=(1, 7))))
        wire.take(tick(8), story("b", 8.1, flight(NORTH, 8, 24_000, period=(1, 8))))
        kept = RULES.replace("id: flight", "id: exodus")
        assert ("flight", "resolved", "rule_removed") in wire.told(rules_of(kept))
        ended = next(r for r in wire.revisions() if r.reason == "rule_removed")
        assert ended.measure.value == 24_000
        assert wire.rows("SELECT ended FROM alerts WHERE rule = 'flight'") == [(date_of(8).toordinal(),)]

    def test_a_new_rule_looks_at_all_that_is_known(self) -> None:
        wire = Desk("- {id: x, kind: air_strike, by: country, measure: incidents, window: 1d, severity: {warning: 9}}")
        wire.take(tick(1), story("a", 1.1, *RAID))
        assert wire.told(rules_of(RULES)) == [("strikes", "opened", "threshold_crossed")]

    def test_what_was_over_before_a_rule_came_is_recorded_and_not_told(self) -> None:
        wire = Desk("- {id: x, kind: air_strike, by: country, measure: incidents, window: 1d, severity: {warning: 9}}")
        wire.take(tick(1), story("a", 1.1, *RAID), *(r for n in range(2, 9) for r in (tick(n), story(f"q{n}", n))))
        assert wire.told(rules_of(RULES)) == []
        assert [alert["state"] for alert in alert_views.alerts(wire.store.connection, state="recorded")] == ["recorded"]

    def test_a_rule_that_asks_for_more_ends_what_it_would_not_have_raised(self) -> None:
        wire = desk()
        wire.take(story("a", 1.1, *RAID))
        stricter = RULES.replace("warning: 3, severe: 6", "warning: 5, severe: 6")
        assert wire.told(rules_of(stricter)) == [("strikes", "resolved", "rules_changed")]

    def test_the_same_rules_again_change_nothing(self) -> None:
        wire = desk()
        assert wire.take(rules_of(RULES))[0].outcome.reason == "unchanged"

    def test_rules_that_cannot_be_are_refused(self) -> None:
        outcome = desk().take(command("rules.apply", {"rules": {"rules": [{"id": "a"}]}}))[0].outcome
        assert (outcome.ok, outcome.reason) == (False, "invalid_rules")


class TestRecords:
    def test_a_story_that_was_seen_at_its_position_is_dropped(self) -> None:
        wire = desk()
        one = story("a", 1.1, *RAID)
        assert [done.reason for done in wire.take(one, one)] == ["applied", "duplicate"]

    def test_a_journal_position_is_applied_once(self) -> None:
        wire = desk()
        position = wire.store.position
        assert position is not None
        assert wire.engine.apply(tick(5), position).reason == "already_applied"

    def test_a_command_is_carried_out_once_and_answered_again(self) -> None:
        wire = desk()
        again = command("subscribers.put", {"subscriber": subscriber("ana")}, id_="same")
        first, second = wire.take(again, again)
        assert (first.effective, second.effective, second.outcome) == (True, False, first.outcome)

    @pytest.mark.parametrize(
        ("name", "body", "reason"),
        [
            ("no.such", {}, "unknown_command"),
            ("subscribers.put", {}, "invalid_body"),
            ("subscribers.put", {"subscriber": {"id": "x"}}, "invalid_body"),
            ("subscribers.delete", {"id": "x"}, "not_found"),
            ("alerts.acknowledge", {"alert": "x"}, "not_found"),
            ("alerts.redeliver", {"subscriber": "x", "sequence": 1}, "not_found"),
        ],
    )
    def test_a_command_that_cannot_be_carried_out_says_why(self, name: str, body: dict[str, Any], reason: str) -> None:
        assert desk().take(command(name, body))[0].outcome.reason == reason

    def test_rejected_bytes_are_counted_and_not_missed(self) -> None:
        wire = desk()
        rejected = RejectedRecord(
            source=SourcePosition(topic="t", offset=0),
            received=START,
            stage="intake",
            reason="not_json",
            detail="",
            sha256="0",
            size=3,
        )
        assert [done.reason for done in wire.take(rejected, rejected)] == ["rejected", "duplicate"]
        assert progress_views.counts(wire.store.connection)["stories_rejected"] == 1

    def test_a_story_older_than_the_horizon_counts_nowhere(self) -> None:
        wire = desk()
        wire.take(tick(100))
        assert wire.take(story("a", 1.0, *RAID, received=100.0))[0].reason == "beyond_horizon"

    def test_a_rolled_back_transaction_leaves_no_trace(self) -> None:
        wire = desk("ana")
        position = wire.store.position
        assert position is not None
        wire.store.begin()
        wire.engine.apply(story("a", 1.1, *RAID, offset=5), position + 1)
        wire.store.rollback()
        assert wire.store.position == position
        wire.take(story("a", 1.1, *RAID, offset=5))
        assert inbox(wire, "ana") == [(1, "opened")]


class TestViews:
    def test_alerts_incidents_feeds_and_series_are_there_to_be_read(self) -> None:
        wire = desk("ana")
        wire.take(story("a", 1.1, *RAID), story("b", 1.2, breach(NORTH, 1), flight(NORTH, 1, 12_000)))
        read = wire.store.connection
        assert {alert["rule"] for alert in alert_views.alerts(read, state="open")} == {"strikes", "breaches", "flight"}
        assert [alert["rule"] for alert in alert_views.alerts(read, kind="displacement")] == ["flight"]
        detail = alert_views.alert(read, alert_views.alerts(read, rule="strikes")[0]["id"])
        assert [revision["transition"] for revision in detail["revisions"]] == ["opened"]
        assert detail["recipients"] == ["ana"]
        assert {incident["place"]["name"] for incident in incident_views.incidents(read, kind="air_strike")} == {
            "Alba",
            "Bora",
            "Corvo",
        }
        assert feed_views.feeds(read)[0]["stories"] == 2
        days = series_views.series(read, "strikes", "SY", at(0).date(), at(1).date())["days"]
        assert [(day["value"], day["monitored"]) for day in days] == [(0, False), (3, True)]
        assert alert_views.revisions(read, after=-1)[0]["rule"] == "strikes"
        assert alert_views.open_counts(read)["air_strike", "warning"] == 1

    def test_three_episodes_in_a_month_are_flapping(self) -> None:
        wire = desk()
        for start in (1, 7, 13):
            for day in range(start, start + 6):
                said = [strike(place, day) for place in (ALBA, BORA, CORVO)] if day == start else []
                wire.take(tick(day), story(f"s{day}", day + 0.1, *said))
        found = alert_views.alerts(wire.store.connection, rule="strikes")
        assert [alert["flapping"] for alert in found] == [True, False, False]
