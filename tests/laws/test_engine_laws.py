"""The engine's laws, on small random wires."""

from datetime import timedelta
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from alerts.engine.episodes import IDLE, stored
from alerts.engine.facts import of_stored
from alerts.engine.fold import fold
from alerts.engine.incidents import cluster
from alerts.engine.series import days_of
from alerts.engine.store import dump, ordinal
from stream.records import Record, StoryRecord, TickRecord, whole_minute
from tests.alerts.engine.wire import RULES, Desk, story, tick
from tests.laws.wires import DAYS, LATENESS, wires

END = tick(DAYS + 4)
pytestmark = pytest.mark.slow
many = settings(
    max_examples=300,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink a wire takes minutes
    suppress_health_check=list(HealthCheck),
)


def in_time(stories: list[StoryRecord]) -> list[Record]:
    """The journal of stories as they were received, with the tick of its minute before each."""
    records: list[Record] = []
    for record in sorted(stories, key=lambda record: record.received):
        records += [TickRecord(at=whole_minute(record.received)), record]
    return [*records, END]


def run(records: list[Record]) -> Desk:
    desk = Desk()
    desk.take(*records)
    return desk


def outgoing(desk: Desk) -> list[bytes]:
    rows = desk.rows("SELECT json FROM revisions ORDER BY engine_sequence, alert_id, revision")
    return [row[0] for row in rows]


@many
@given(wires(), st.data())
def test_any_order_of_arrival_gives_the_same_signals_incidents_measures_and_fold(
    stories: list[StoryRecord], data: st.DataObject
) -> None:
    delays = data.draw(st.lists(st.floats(0, LATENESS), min_size=len(stories), max_size=len(stories)))
    delayed = [
        record.model_copy(update={"received": record.received + timedelta(days=delay)})
        for record, delay in zip(stories, delays, strict=True)
    ]

    assert run(in_time(delayed)).derived() == run(in_time(stories)).derived()


@many
@given(wires(), st.randoms(use_true_random=False))
def test_stories_that_come_all_at_once_in_any_order_are_the_same(stories: list[StoryRecord], chance) -> None:
    shuffled = list(stories)
    chance.shuffle(shuffled)
    one, other = Desk(), Desk()
    one.take(*stories, END)
    other.take(*shuffled, END)

    assert one.derived() == other.derived()


SPIKES = (
    RULES
    + """
- {id: burst, kind: air_strike, by: country, measure: incidents, window: 1d, spike: {method: ears_c2, min: 1}}
- {id: climb, kind: air_strike, by: country, measure: incidents, window: 7d, spike: {method: negbin_cusum, limit: 1.5}}
- {id: memory, kind: air_strike, by: country, measure: killed, window: 1d, spike: {method: ears_c3, min: 1}}
"""
)


@many
@given(wires(), st.sets(st.integers(-32, -1)), st.data())
def test_any_order_gives_the_same_spikes_and_counts_the_same_days_as_missing(
    stories: list[StoryRecord], silent: set[int], data: st.DataObject
) -> None:
    heard = [story(f"quiet{n}", float(n), offset=100 - n) for n in range(-32, 0) if n not in silent]
    shuffled = data.draw(st.permutations([*heard, *stories]))
    one, other = Desk(SPIKES), Desk(SPIKES)
    one.take(tick(-40), *in_time([*heard, *stories]))
    other.take(tick(-40), *shuffled[: len(shuffled) // 2], tick(2), *shuffled[len(shuffled) // 2 :], END)

    assert other.derived() == one.derived()


@many
@given(wires())
def test_incidents_kept_day_by_day_are_those_clustered_from_nothing(stories: list[StoryRecord]) -> None:
    desk = run(in_time(stories))

    facts = [of_stored(row[0]) for row in desk.rows("SELECT body FROM facts")]
    parts = {fact.part for fact in facts}
    expected = {
        (group.id, fact.id)
        for part in parts
        for group in cluster([f for f in facts if f.part == part])
        for fact in group.members
    }
    assert set(desk.rows("SELECT incident, id FROM facts")) == expected
    assert {row[0] for row in desk.rows("SELECT id FROM incidents")} == {incident for incident, _ in expected}


@many
@given(wires())
def test_folds_kept_day_by_day_are_those_folded_from_nothing(stories: list[StoryRecord]) -> None:
    desk = run(in_time(stories))

    today = ordinal(END.at)
    heard = {row[0] for row in desk.rows("SELECT DISTINCT day FROM heartbeats")}
    rules = {rule.id: rule for rule in desk.engine.rules.rules}
    for rule, area in desk.rows("SELECT DISTINCT rule, area FROM daily"):
        series = days_of(desk.store, rule, area, 0)
        whole = fold(rules[rule], series, heard, IDLE, min(series), today)
        kept = dict(desk.rows("SELECT day, state FROM folds WHERE rule = ? AND area = ?", (rule, area)))
        assert kept == {day: dump(stored(state)) for day, state in whole.states.items()}


@many
@given(wires(), st.data())
def test_a_record_delivered_twice_changes_nothing(stories: list[StoryRecord], data: st.DataObject) -> None:
    records = in_time(stories)
    again = data.draw(st.lists(st.integers(0, len(records) - 1), max_size=6))
    doubled = [copy for number, record in enumerate(records) for copy in [record] * (1 + again.count(number))]

    once, twice = run(records), run(doubled)

    assert twice.derived() == once.derived()
    assert outgoing(twice) == outgoing(once)


@many
@given(wires(), wires(most=3))
def test_what_is_asserted_and_killed_might_never_have_been(
    stories: list[StoryRecord], false: list[StoryRecord]
) -> None:
    """Of a story under its own id, that no other names."""
    asserted = [
        record.model_copy(
            update={
                "story": record.story.model_copy(
                    update={"uri": f"false{n}", "links": (), "feed": "wire", "status": "usable"}
                ),
                "source": record.source.model_copy(update={"topic": "false", "offset": 2 * n}),
            }
        )
        for n, record in enumerate(false)
    ]
    killed = [
        record.model_copy(
            update={
                "story": record.story.model_copy(update={"status": "canceled", "version": "9"}),
                "source": record.source.model_copy(update={"offset": 2 * n + 1}),
                "signals": (),
                "fingerprint": None,
            }
        )
        for n, record in enumerate(asserted)
    ]
    with_it, without = run(in_time([*stories, *asserted, *killed])), run(in_time(stories))

    for what in ("facts", "incidents", "daily"):
        assert with_it.derived()[what] == without.derived()[what]
    told = with_it.rows("SELECT DISTINCT uri FROM cited WHERE uri LIKE 'false%'")
    assert told == []


@many
@given(wires(), st.data())
def test_stopping_anywhere_and_resuming_from_the_file_gives_the_same_bytes(
    stories: list[StoryRecord], data: st.DataObject
) -> None:
    records = in_time(stories)
    stops = sorted(data.draw(st.lists(st.integers(0, len(records)), max_size=3)))
    whole = run(records)

    with TemporaryDirectory() as folder:
        desk = Desk(path=f"{folder}/state.db")
        for first, last in zip([0, *stops], [*stops, len(records)], strict=True):
            desk.take(*records[first:last])
            desk.store.close()
            desk = Desk(None, path=f"{folder}/state.db")

        assert outgoing(desk) == outgoing(whole)
        assert desk.derived() == whole.derived()
        desk.store.close()


@many
@given(wires(), st.data())
def test_one_tick_equals_many(stories: list[StoryRecord], data: st.DataObject) -> None:
    records = in_time(stories)
    minutes = data.draw(st.lists(st.integers(0, 1440 * (DAYS + 4)), max_size=8))
    extra = [tick(minute / 1440) for minute in minutes]
    first, rest = records[0], records[1:]
    more = sorted([*rest, *[e for e in extra if e.at > first.at]], key=_moment)

    assert outgoing(run([first, *more])) == outgoing(run([first, *sorted(rest, key=_moment)]))


def _moment(record: Record):
    """Ticks first among what is received in their minute."""
    return record.at if isinstance(record, TickRecord) else record.received


@many
@given(wires())
def test_an_unrelated_story_changes_no_alert(stories: list[StoryRecord]) -> None:
    unrelated = [
        record.model_copy(
            update={
                "story": record.story.model_copy(update={"uri": f"sport{n}", "links": (), "status": "usable"}),
                "source": record.source.model_copy(update={"topic": "sport", "offset": n}),
                "signals": (),
                "fingerprint": None,
            }
        )
        for n, record in enumerate(stories)
    ]

    def pictures(desk: Desk) -> list[bytes]:
        keep = ("rule", "transition", "reason", "severity", "measure", "explanation", "incidents", "at")
        return [dump({k: r.model_dump(mode="json")[k] for k in keep}) for r in desk.revisions()]

    assert pictures(run(in_time([*stories, *unrelated]))) == pictures(run(in_time(stories)))


@many
@given(wires(), st.sampled_from((120, 400)))
@example([], 400)
def test_the_state_is_bounded_by_the_horizon(stories: list[StoryRecord], days: int) -> None:
    desk = run(in_time(stories))

    desk.take(tick(DAYS + days))

    held = {name: desk.rows(f"SELECT count(*) FROM {name}")[0][0] for name in ("stories", "waiting")}
    assert held == {"stories": 0, "waiting": 0}
    if days == 400:
        assert desk.rows("SELECT count(*) FROM facts") == [(0,)]
        assert desk.rows("SELECT count(*) FROM incidents") == [(0,)]
