"""Outbox: every delivery that has not ended, and what to do about it next. A pure state machine.

It is rebuilt from two logs, the deliveries and the results, in any interleaving that keeps the order of each. It makes
no attempt and records nothing: `due` says what to do; the sender does it, records the result, and then applies it.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alerts.delivery import schedule
from alerts.delivery.agenda import Agenda
from alerts.delivery.circuit import CircuitState
from alerts.delivery.lane import Lane, Pending, Queue
from alerts.delivery.outcomes import Answer, Outcome
from alerts.delivery.records import Delivery, DeliveryResult, Settled
from alerts.subscribers import Subscriber

Lookup = Callable[[str], Subscriber | None]
LOOK_AGAIN = timedelta(seconds=30)
"""A subscriber that cannot be sent to is looked up again after this, at the latest."""


@dataclass(frozen=True)
class Limits:
    """Attempts under way at once. `unproved`: for all subscribers together whose last attempt was not delivered."""

    total: int = 512
    unproved: int = 256
    per_subscriber: int = 8
    grace: timedelta = timedelta(seconds=60)
    """How long a delivery waits, from when it was handed over, before it ends because its subscriber reads disabled or
    is not known: what was decided about a subscriber may travel behind its deliveries."""


@dataclass(frozen=True)
class Attempt:
    """One POST to be made. `supersedes` was fixed when the first attempt was."""

    delivery: Delivery
    webhook_id: str
    number: int
    supersedes: tuple[int, ...]
    queued: datetime
    step: int
    """Place in the schedule: failed attempts, without the throttled ones."""
    first_attempt: datetime | None


@dataclass(frozen=True, eq=False)
class Work:
    """Record `settle`, each durably; then make `attempt`, if there is one; then give the work back with `done`."""

    subscriber: str
    settle: tuple[DeliveryResult, ...]
    attempt: Attempt | None
    queues: tuple[str, ...]
    unproved: bool
    lane: Lane = field(repr=False)


@dataclass(frozen=True)
class Verdict:
    """What an attempt means. `disable`: why the subscriber is to be disabled, before the result is recorded."""

    result: DeliveryResult
    disable: str | None = None


class Outbox:
    """`lookup` gives the subscriber as it is now: a value that the shell keeps current."""

    def __init__(self, lookup: Lookup, limits: Limits = Limits()) -> None:
        self._lookup = lookup
        self._limits = limits
        self._lanes: dict[str, Lane] = {}
        self._agenda: Agenda[str] = Agenda()
        self._crowded: set[str] = set()
        self._placed: set[Work] = set()
        """Works that hold a place among the limits."""
        self._unproved = 0

    # ---- what happened -------------------------------------------------------------------------------------------

    def add(self, delivery: Delivery, now: datetime) -> None:
        """The engine handed over a delivery. The same one again changes nothing."""
        lane = self._lane(delivery.subscriber)
        lane.add(delivery, now)
        self._arrange(lane)

    def apply(self, result: DeliveryResult) -> None:
        """A result is on record. One of a delivery that has ended changes nothing."""
        lane = self._lane(result.subscriber)
        lane.apply(result)
        self._arrange(lane)

    def rebuilt(self) -> None:
        """The logs were read to their ends: whatever is pending has waited through a stop of ours."""
        for lane in self._lanes.values():
            lane.all_waited()
            self._arrange(lane)

    def bar(self, subscriber: str) -> None:
        """Send nothing until the subscriber reads otherwise than now. Its deliveries end when it reads disabled."""
        lane = self._lane(subscriber)
        lane.barred = self._lookup(subscriber)
        self._arrange(lane)

    def touch(self, subscriber: str) -> None:
        """The subscriber was changed: look at it now. To be told of each change in its turn."""
        if lane := self._lanes.get(subscriber):
            self._unbar(lane, self._lookup(subscriber))
            self._arrange(lane)

    # ---- what to do ----------------------------------------------------------------------------------------------

    def due(self, now: datetime) -> list[Work]:
        """What can be begun now, within the limits. Each work is given out once."""
        works: list[Work] = []
        while len(self._placed) < self._limits.total:
            name = self._agenda.pop_due(now)
            if name is None:
                break
            if work := self._begin(self._lanes[name], now):
                works.append(work)
        return works

    def next_due(self, now: datetime) -> datetime | None:
        """When there is something to do, at or after `now`; None when only a `done` or an `add` can bring work."""
        when = None if len(self._placed) >= self._limits.total else self._agenda.next_time()
        return None if when is None else max(when, now)

    def conclude(self, attempt: Attempt, answer: Answer, at: datetime, seconds: float) -> Verdict:
        """What the answer means for the delivery and for its subscriber. Changes nothing."""
        delivery = attempt.delivery
        settled, next_attempt, disable = self._after(attempt, answer, at)
        result = DeliveryResult(
            subscriber=delivery.subscriber,
            sequence=delivery.sequence,
            attempt=attempt.number,
            at=at,
            outcome=answer.outcome,
            http_status=answer.status,
            seconds=round(seconds, 6),
            settled=settled,
            next_attempt=next_attempt,
            supersedes=attempt.supersedes,
        )
        return Verdict(result, disable)

    def answered(self, work: Work, verdict: Verdict) -> None:
        """The POST is over, its result not yet on record. What the receiver asked for is heeded from now on; the place
        goes to another alert, unless the subscriber is still unproved; the alert itself waits for the record."""
        work.lane.heed(verdict.result)
        if verdict.disable is not None:
            self.bar(work.subscriber)
        if not work.unproved:
            self._free(work)

    def done(self, work: Work) -> None:
        """The work is on record, or was given up: what it held may be taken again."""
        for key in work.queues:
            work.lane.give_back(key)
        self._free(work)

    # ---- what is pending -----------------------------------------------------------------------------------------

    def pending(self, subscriber: str) -> list[int]:
        """Sequences that have not ended, ascending."""
        lane = self._lanes.get(subscriber)
        return [] if lane is None else sorted(lane.pending)

    @property
    def depth(self) -> int:
        """Deliveries that have not ended."""
        return sum(len(lane.pending) for lane in self._lanes.values())

    def oldest(self) -> datetime | None:
        """Since when the delivery that has waited longest is waiting."""
        firsts = (next(iter(lane.pending.values())) for lane in self._lanes.values() if lane.pending)
        return min((item.first_attempt or item.queued for item in firsts), default=None)

    def circuits(self, now: datetime) -> Counter[CircuitState]:
        """Subscribers by the state of their circuit."""
        return Counter(lane.circuit.state(now) for lane in self._lanes.values())

    # ---- inside --------------------------------------------------------------------------------------------------

    def _lane(self, subscriber: str) -> Lane:
        lane = self._lanes.get(subscriber)
        if lane is None:
            lane = self._lanes[subscriber] = Lane(subscriber)
        return lane

    def _arrange(self, lane: Lane) -> None:
        most = self._limits.per_subscriber if lane.circuit.proved else 1
        when = None if lane.under_way >= most else lane.next_time()
        if when is None:
            self._agenda.discard(lane.subscriber)
        else:
            self._agenda.put(lane.subscriber, when)

    def _free(self, work: Work) -> None:
        """Give back the place of a work, once."""
        if work in self._placed:
            self._placed.discard(work)
            self._unproved -= work.unproved
            work.lane.under_way -= 1
        self._arrange(work.lane)
        crowded, self._crowded = self._crowded, set()
        for name in crowded:
            self._arrange(self._lanes[name])

    def _begin(self, lane: Lane, now: datetime) -> Work | None:
        subscriber = self._lookup(lane.subscriber)
        ending = self._ending(lane, subscriber)
        if ending is not None and (queues := lane.take_all(queued_before=now - self._limits.grace)):
            settle = tuple(_ended(item, ending, now) for queue in queues for item in queue.items)
            return self._hand_out(lane, settle, None, queues)
        if subscriber is None or subscriber.state != "active" or lane.barred is not None:
            lane.all_waited()
            self._agenda.put(lane.subscriber, now + LOOK_AGAIN)
            return None
        if not lane.circuit.proved and self._unproved >= self._limits.unproved:
            self._crowded.add(lane.subscriber)
            return None
        queue = lane.take(now)
        if queue is None:
            self._arrange(lane)
            return None
        item = queue.next(outage=lane.circuit.open)
        older = [other for other in queue.items if other.sequence < item.sequence]
        settle = tuple(_superseded(lane, other, item, now) for other in older)
        names = set(lane.replaced.get(item.sequence, ())).union(*((r.sequence, *r.supersedes) for r in settle))
        attempt = Attempt(
            delivery=item.delivery,
            webhook_id=item.webhook_id,
            number=item.attempts + 1,
            supersedes=tuple(sorted(names)),
            queued=item.queued,
            step=item.step,
            first_attempt=item.first_attempt,
        )
        return self._hand_out(lane, settle, attempt, [queue])

    def _ending(self, lane: Lane, subscriber: Subscriber | None) -> Outcome | None:
        """Why nothing more can be sent to the subscriber, if so."""
        self._unbar(lane, subscriber)
        if subscriber is None:
            return Outcome.DELETED
        return Outcome.DISABLED if subscriber.state == "disabled" else None

    def _unbar(self, lane: Lane, subscriber: Subscriber | None) -> None:
        """What was found out about a subscriber holds until somebody has changed it."""
        if lane.barred is not None and subscriber != lane.barred:
            lane.barred = None

    def _hand_out(
        self, lane: Lane, settle: tuple[DeliveryResult, ...], attempt: Attempt | None, queues: list[Queue]
    ) -> Work:
        unproved = attempt is not None and not lane.circuit.proved
        lane.under_way += 1
        self._unproved += unproved
        self._arrange(lane)
        work = Work(lane.subscriber, settle, attempt, tuple(queue.key for queue in queues), unproved, lane)
        self._placed.add(work)
        return work

    def _after(
        self, attempt: Attempt, answer: Answer, at: datetime
    ) -> tuple[Settled | None, datetime | None, str | None]:
        """(settled, next attempt, why to disable) after one answer."""
        if answer.outcome == Outcome.DELIVERED:
            return "delivered", None, None
        if answer.outcome == Outcome.GONE:
            return "dead_lettered", None, "gone"
        name = attempt.delivery.subscriber
        subscriber = self._lookup(name)
        waits = schedule.WAITS if subscriber is None or subscriber.schedule is None else subscriber.schedule
        began = attempt.first_attempt or at
        if answer.outcome == Outcome.THROTTLED:
            patient = at - began <= schedule.patience(waits)
            next_attempt = answer.retry_at if patient else None
        else:
            wait = schedule.wait(attempt.webhook_id, attempt.step + 1, waits)
            next_attempt = None if wait is None else answer.retry_at or at + wait
        if next_attempt is not None:
            return None, next_attempt, None
        lane = self._lanes.get(name)
        last_success = lane.circuit.last_success if lane else None
        return "dead_lettered", None, "exhausted" if last_success is None or last_success < began else None


def _superseded(lane: Lane, item: Pending, by: Pending, now: datetime) -> DeliveryResult:
    return DeliveryResult(
        subscriber=lane.subscriber,
        sequence=item.sequence,
        attempt=0,
        at=now,
        outcome=Outcome.SUPERSEDED,
        settled="superseded",
        superseded_by=by.sequence,
        supersedes=tuple(sorted(lane.replaced.get(item.sequence, ()))),
    )


def _ended(item: Pending, outcome: Outcome, now: datetime) -> DeliveryResult:
    return DeliveryResult(
        subscriber=item.delivery.subscriber,
        sequence=item.sequence,
        attempt=0,
        at=now,
        outcome=outcome,
        settled="dead_lettered",
    )
