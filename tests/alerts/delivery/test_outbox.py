"""The outbox as a table of what happens and what is then to be done: no clock, no socket, no disk."""

from datetime import datetime

import pytest
from delivery_samples import T0, after, delivery, notice, result, subscriber

from alerts.delivery.capacity import Limits
from alerts.delivery.circuit import OPENS_AFTER, CircuitState
from alerts.delivery.outbox import LOOK_AGAIN, Outbox
from alerts.delivery.outcomes import Answer, Outcome
from alerts.delivery.schedule import JITTER, WAITS
from alerts.delivery.work import Work
from alerts.subscribers import Subscriber

OK = Answer(Outcome.DELIVERED, 200)
BAD = Answer(Outcome.HTTP_5XX, 500)


class World:
    """An outbox, its subscribers, and the least there must be around it."""

    def __init__(self, limits: Limits = Limits()) -> None:
        self.subscribers: dict[str, Subscriber] = {"desk": subscriber()}
        self.outbox = Outbox(self.subscribers.get, limits)
        self.disabled: list[tuple[str, str]] = []
        self.log: list[tuple[int, str]] = []

    def add(self, *deliveries: object, at: float = 0) -> None:
        for each in deliveries:
            self.outbox.add(each, after(at))

    def due(self, at: float = 0) -> list[Work]:
        return self.outbox.due(after(at))

    def finish(self, work: Work, answer: Answer, at: float = 0) -> None:
        """What the sender does with a work, in its order."""
        for settled in work.settle:
            self.outbox.apply(settled)
            self.log.append((settled.sequence, f"{settled.outcome}"))
        if work.attempt is not None:
            verdict = self.outbox.conclude(work.attempt, answer, after(at), 0.01)
            self.outbox.answered(work, verdict)
            if verdict.disable:
                self.disabled.append((work.subscriber, verdict.disable))
            self.outbox.apply(verdict.result)
            self.log.append((verdict.result.sequence, verdict.result.outcome))
        self.outbox.done(work)

    def round(self, answer: Answer, at: float = 0) -> list[int]:
        """Everything due is tried and answered; the sequences that were tried."""
        works = self.due(at)
        for work in works:
            self.finish(work, answer, at)
        return [work.attempt.delivery.sequence for work in works if work.attempt]


def seconds(moment: datetime | None) -> float:
    assert moment is not None
    return (moment - T0).total_seconds()


def test_a_delivery_is_due_at_once_and_given_out_once() -> None:
    world = World()
    world.add(delivery(1))
    (work,) = world.due()
    assert (work.attempt.number, work.attempt.supersedes, work.settle) == (1, (), ())
    assert world.due(1000) == []
    world.finish(work, OK)
    assert world.outbox.depth == 0


def test_the_same_delivery_again_changes_nothing_pending_or_ended() -> None:
    world = World()
    world.add(delivery(1), delivery(1))
    assert world.outbox.depth == 1
    world.round(OK)
    world.add(delivery(1))
    assert world.outbox.depth == 0


def test_revisions_of_one_alert_go_one_after_the_other() -> None:
    world = World()
    world.add(delivery(1), delivery(2, number=2, transition="updated"))
    assert world.round(OK) == [1]
    assert world.round(OK) == [2]


def test_a_proved_subscriber_gets_several_alerts_at_once_in_sequence_order() -> None:
    world = World(Limits(per_subscriber=3))
    world.add(*(delivery(n, alert=f"alert-{n}") for n in range(1, 7)))
    assert world.round(OK) == [1], "nothing is known of the receiver yet: one at a time"
    assert [work.attempt.delivery.sequence for work in world.due()] == [2, 3, 4]


def test_the_default_schedule_is_that_of_the_specification_with_jitter() -> None:
    """At once, 5 s, 5 m, 30 m, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h, each within 20 %; then the end."""
    world = World()
    world.add(delivery(1))
    at, gaps = 0.0, []
    while world.outbox.depth:
        assert world.round(BAD, at) == [1]
        following = world.outbox.next_due(after(at))
        if following is not None:
            gaps.append(seconds(following) - at)
            at = seconds(following)
    assert len(gaps) == len(WAITS) == 9
    for gap, wait in zip(gaps, WAITS, strict=True):
        assert wait * (1 - JITTER) <= gap <= wait * (1 + JITTER)
    assert sum(WAITS) == 75 * 3600 + 35 * 60 + 5
    assert world.disabled == [("desk", "exhausted")]


def test_the_jitter_is_of_the_webhook_id_and_not_of_chance() -> None:
    def gaps(sequence: int) -> list[float]:
        world = World()
        world.add(delivery(sequence))
        world.round(BAD)
        return [seconds(world.outbox.next_due(T0))]

    assert gaps(1) == gaps(1) != gaps(2)


def test_a_subscribers_own_schedule_is_kept() -> None:
    world = World()
    world.subscribers["desk"] = subscriber(schedule=(60.0,))
    world.add(delivery(1))
    world.round(BAD)
    assert 48 <= seconds(world.outbox.next_due(T0)) <= 72
    world.round(BAD, 72)
    assert world.outbox.depth == 0
    assert world.disabled == [("desk", "exhausted")]


def test_after_an_outage_the_latest_revision_takes_the_place_of_the_earlier_and_names_them() -> None:
    """Opened and resolved while the receiver was down: it is still told, of both."""
    world = World()
    world.add(delivery(1))
    world.round(BAD)
    world.add(delivery(2, number=2, transition="escalated"), delivery(3, number=3, transition="resolved"), at=1)
    (work,) = world.due(1)
    assert work.attempt.delivery.revision.transition == "resolved"
    assert work.attempt.supersedes == (1, 2)
    assert [(r.sequence, r.settled, r.superseded_by) for r in work.settle] == [
        (1, "superseded", 3),
        (2, "superseded", 3),
    ]
    world.finish(work, OK, 1)
    assert world.outbox.depth == 0


def test_who_was_superseded_is_named_again_by_whoever_supersedes_its_successor() -> None:
    world = World()
    world.add(delivery(1))
    world.round(BAD)
    world.add(delivery(2, number=2), at=1)
    world.round(BAD, 1)
    world.add(delivery(3, number=3), at=2)
    (work,) = world.due(2)
    assert work.attempt.supersedes == (1, 2)


def test_what_a_post_names_is_the_same_at_every_attempt() -> None:
    world = World()
    world.add(delivery(1))
    world.round(BAD)
    world.add(delivery(2, number=2), at=1)
    world.round(BAD, 1)
    (work,) = world.due(20)
    assert (work.attempt.number, work.attempt.supersedes) == (2, (1,))


def test_without_an_outage_nothing_is_coalesced() -> None:
    world = World()
    world.add(*(delivery(n, number=n) for n in (1, 2, 3)))
    assert [world.round(OK), world.round(OK), world.round(OK)] == [[1], [2], [3]]


def test_after_a_stop_of_ours_what_waited_is_coalesced() -> None:
    world = World()
    world.add(*(delivery(n, number=n) for n in (1, 2, 3)), delivery(4, alert="other"))
    world.outbox.rebuilt()
    (work,) = world.due()
    assert (work.attempt.delivery.sequence, work.attempt.supersedes) == (3, (1, 2))


def test_an_alert_under_way_is_left_alone_until_it_has_ended() -> None:
    world = World()
    world.add(delivery(1))
    (work,) = world.due()
    world.add(delivery(2, number=2))
    assert world.due(60) == []
    world.finish(work, BAD, 60)
    (following,) = world.due(60)
    assert following.attempt.supersedes == (1,)


def test_notices_and_redeliveries_are_never_superseded() -> None:
    world = World()
    again = delivery(3).model_copy(update={"notice": "redelivery of 1"})
    world.add(delivery(1), notice(2), again, delivery(4, number=2))
    world.outbox.rebuilt()
    ends: list[int] = []
    for at in range(4):
        ends += world.round(OK, at)
    assert sorted(ends) == [2, 3, 4]
    assert world.log.count((1, "superseded")) == 1


def test_a_dead_delivery_does_not_block_the_others() -> None:
    world = World()
    world.add(delivery(1, alert="poison"), delivery(2, alert="fine"))
    (work,) = world.due()
    world.finish(work, BAD)
    assert world.round(OK) == [2]


def test_gone_disables_and_what_is_pending_ends_when_the_subscriber_reads_disabled() -> None:
    world = World()
    world.add(delivery(1), delivery(2, alert="other"))
    world.round(Answer(Outcome.GONE, 410))
    assert world.disabled == [("desk", "gone")]
    assert world.due(3600) == [], "nothing is sent after a 410, though the subscriber still reads active"
    world.subscribers["desk"] = world.subscribers["desk"].model_copy(update={"state": "disabled"})
    world.outbox.touch("desk")
    (work,) = world.due(3601)
    assert work.attempt is None
    assert [(r.sequence, r.outcome, r.settled) for r in work.settle] == [(2, "disabled", "dead_lettered")]


def test_what_is_handed_over_while_the_news_of_a_resumption_is_on_its_way_is_not_lost() -> None:
    """The engine makes no delivery for a disabled subscriber: one that comes means that it no longer is."""
    world = World()
    world.subscribers["desk"] = subscriber(state="disabled")
    world.add(delivery(1), at=1000)
    assert world.due(1000) == []
    world.subscribers["desk"] = subscriber()
    world.outbox.touch("desk")
    assert world.round(OK, 1001) == [1]


def test_a_subscriber_that_was_disabled_and_resumed_as_it_was_is_sent_to_again() -> None:
    """Nothing was pending in between: the two changes are all there is to see."""
    world = World()
    world.add(delivery(1))
    world.round(Answer(Outcome.GONE, 410))
    for state in ("disabled", "active"):
        world.subscribers["desk"] = world.subscribers["desk"].model_copy(update={"state": state})
        world.outbox.touch("desk")
    world.add(delivery(2, alert="other"))
    assert world.round(OK) == [2]


def test_a_subscriber_that_was_mended_is_sent_to_again() -> None:
    world = World()
    world.add(delivery(1))
    world.round(Answer(Outcome.GONE, 410))
    world.subscribers["desk"] = subscriber(name="desk", url="https://new.example/")
    world.add(delivery(2, alert="other"))
    assert world.round(OK, LOOK_AGAIN.total_seconds()) == [2]


def test_an_exhausted_delivery_alone_is_dead_lettered_when_others_got_through() -> None:
    world = World()
    world.subscribers["desk"] = subscriber(schedule=(10.0,))
    world.add(delivery(1, alert="poison"))
    world.round(BAD)
    world.add(delivery(2, alert="fine"), at=1)
    assert world.round(OK, 1) == [2]
    assert world.round(BAD, 20) == [1]
    assert world.disabled == []
    assert world.outbox.depth == 0


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_obeyed_exactly_and_holds_the_whole_subscriber(status: int) -> None:
    world = World()
    world.add(delivery(1), delivery(2, alert="other"))
    (work,) = world.due()
    world.finish(work, Answer(Outcome.THROTTLED, status, retry_at=after(3600)))
    assert world.due(3599) == []
    assert world.outbox.next_due(T0) == after(3600)
    assert world.round(OK, 3600)[0] in (1, 2)


def test_what_a_receiver_asks_is_heeded_before_it_is_on_record() -> None:
    """The record takes a moment; several alerts may be under way to a proved receiver."""
    world = World()
    world.outbox.apply(result(1))
    world.add(*(delivery(n, alert=f"alert-{n}") for n in range(2, 40)))
    first, *others = world.due()
    asked = world.outbox.conclude(first.attempt, Answer(Outcome.THROTTLED, 429, retry_at=after(60)), T0, 0.1)
    world.outbox.answered(first, asked)
    assert world.due(59) == []
    gone = world.outbox.conclude(others[0].attempt, Answer(Outcome.GONE, 410), T0, 0.1)
    world.outbox.answered(others[0], gone)
    assert world.due(61) == []


def test_a_place_is_free_when_the_post_is_over_but_its_alert_waits_for_the_record() -> None:
    world = World(Limits(per_subscriber=1))
    world.outbox.apply(result(1))
    world.add(delivery(2), delivery(3, number=2), delivery(4, alert="other"))
    (work,) = world.due()
    verdict = world.outbox.conclude(work.attempt, OK, T0, 0.1)
    assert world.due() == []
    world.outbox.answered(work, verdict)
    (other,) = world.due()
    assert other.attempt.delivery.sequence == 4
    world.finish(other, OK)
    assert world.due() == [], "revision 2 of the first alert does not overtake the record of revision 1"
    world.outbox.apply(verdict.result)
    world.outbox.done(work)
    assert [w.attempt.delivery.sequence for w in world.due()] == [3]


def test_being_throttled_does_not_use_up_the_schedule() -> None:
    world = World()
    world.add(delivery(1))
    for at in range(0, 3000, 10):
        assert world.round(Answer(Outcome.THROTTLED, 429, retry_at=after(at + 10)), at) == [1]
    assert world.outbox.depth == 1


def test_being_throttled_for_ever_ends_when_the_schedule_would_have() -> None:
    world = World()
    world.add(delivery(1))
    day = 86_400
    for at in range(0, 5 * day, day):
        if world.outbox.depth:
            world.round(Answer(Outcome.THROTTLED, 429, retry_at=after(at + day)), at)
    assert world.log[-1] == (1, "throttled")
    assert world.disabled == [("desk", "exhausted")]


def test_the_circuit_opens_after_five_failures_and_lets_one_probe_through() -> None:
    world = World()
    world.add(*(delivery(n, alert=f"alert-{n}") for n in range(1, 50)))
    tried = [world.round(BAD)[0] for _ in range(OPENS_AFTER)]
    assert tried == [1, 2, 3, 4, 5]
    assert world.outbox.circuits(T0) == {CircuitState.OPEN: 1}
    assert world.due(29) == []
    (probe,) = world.due(30)
    assert probe.attempt.delivery.sequence == 1, "the oldest, so that its schedule goes on"
    world.finish(probe, OK, 30)
    assert world.outbox.circuits(after(30)) == {CircuitState.CLOSED: 1}
    assert len(world.due(30)) == Limits().per_subscriber


def test_dead_subscribers_leave_room_for_live_ones() -> None:
    world = World(Limits(total=10, unproved=5, per_subscriber=8))
    for n in range(20):
        world.subscribers[f"dead-{n}"] = subscriber(f"dead-{n}")
        world.add(delivery(1, subscriber=f"dead-{n}"))
    world.add(delivery(1))
    world.outbox.apply(result(1))
    world.add(*(delivery(n, alert=f"alert-{n}") for n in range(2, 5)), at=1)
    works = world.due(1)
    assert sum(work.subscriber.startswith("dead") for work in works) == 5
    assert sum(work.subscriber == "desk" for work in works) == 3
    world.finish(works[0], BAD, 1)
    assert len(world.due(1)) == 1, "the place that is free goes to the next"


def test_a_paused_subscriber_is_held_and_told_what_it_missed() -> None:
    world = World()
    world.subscribers["desk"] = subscriber(state="paused")
    world.add(delivery(1), delivery(2, number=2))
    assert world.due() == []
    world.subscribers["desk"] = subscriber()
    world.outbox.touch("desk")
    (work,) = world.due(1)
    assert (work.attempt.delivery.sequence, work.attempt.supersedes) == (2, (1,))


def test_an_unknown_subscriber_is_waited_for_and_then_taken_to_be_deleted() -> None:
    world = World()
    del world.subscribers["desk"]
    world.add(delivery(1))
    assert world.due() == []
    assert world.due(LOOK_AGAIN.total_seconds()) == []
    (work,) = world.due(Limits().grace.total_seconds())
    assert [(r.outcome, r.settled) for r in work.settle] == [("deleted", "dead_lettered")]


def test_next_due_never_makes_a_sender_spin() -> None:
    """When everything that could be done is under way, only news can bring more."""
    world = World(Limits(total=1))
    world.subscribers["other"] = subscriber("other")
    world.add(delivery(1), delivery(1, subscriber="other"))
    (work,) = world.due()
    assert world.outbox.next_due(T0) is None
    world.finish(work, OK)
    assert world.outbox.next_due(T0) == T0


def test_oldest_and_depth_are_of_what_is_pending() -> None:
    world = World()
    world.add(delivery(1), at=5)
    world.add(delivery(2, alert="other"), at=7)
    assert (world.outbox.depth, world.outbox.oldest(), world.outbox.pending("desk")) == (2, after(5), [1, 2])
    world.round(OK, 7)
    world.round(OK, 7)
    assert (world.outbox.depth, world.outbox.oldest(), world.outbox.pending("desk")) == (0, None, [])
