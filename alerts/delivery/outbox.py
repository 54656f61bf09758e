"""Outbox: every delivery that has not ended, and what to do about it next. A pure state machine.

It is rebuilt from two logs, the deliveries and the results, in any interleaving that keeps the order of each. It makes
no attempt and records nothing: `due` says what to do; the sender does it, records the result, and then applies it.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from alerts.delivery import verdicts
from alerts.delivery.agenda import Agenda
from alerts.delivery.capacity import Capacity, Limits
from alerts.delivery.circuit import CircuitState
from alerts.delivery.lane import Lane
from alerts.delivery.outcomes import Answer, Outcome
from alerts.delivery.records import Delivery, DeliveryResult
from alerts.delivery.verdicts import Verdict
from alerts.delivery.work import Attempt, Work, ending, sending
from alerts.subscribers import Subscriber

Lookup = Callable[[str], Subscriber | None]
LOOK_AGAIN = timedelta(seconds=30)
"""A subscriber that cannot be sent to is looked up again after this, at the latest."""


class Outbox:
    """`lookup` gives the subscriber as it is now: a value that the shell keeps current."""

    def __init__(self, lookup: Lookup, limits: Limits = Limits()) -> None:
        self._lookup = lookup
        self._grace = limits.grace
        self._capacity = Capacity(limits)
        self._lanes: dict[str, Lane] = {}
        self._agenda: Agenda[str] = Agenda()

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
        while not self._capacity.full:
            name = self._agenda.pop_due(now)
            if name is None:
                break
            if begun := self._begin(self._lanes[name], now):
                works.append(begun)
        return works

    def next_due(self, now: datetime) -> datetime | None:
        """When there is something to do, at or after `now`; None when only a `done` or an `add` can bring work."""
        when = None if self._capacity.full else self._agenda.next_time()
        return None if when is None else max(when, now)

    def conclude(self, attempt: Attempt, answer: Answer, at: datetime, seconds: float) -> Verdict:
        """What the answer means for the delivery and for its subscriber. Changes nothing."""
        name = attempt.delivery.subscriber
        lane = self._lanes.get(name)
        last_success = None if lane is None else lane.circuit.last_success
        return verdicts.conclude(attempt, answer, at, seconds, subscriber=self._lookup(name), last_success=last_success)

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
        when = None if self._capacity.full_for(lane) else lane.next_time()
        if when is None:
            self._agenda.discard(lane.subscriber)
        else:
            self._agenda.put(lane.subscriber, when)

    def _free(self, work: Work) -> None:
        """Give back the place of a work, once."""
        crowded = self._capacity.give_back(work)
        self._arrange(work.lane)
        for name in crowded:
            self._arrange(self._lanes[name])

    def _begin(self, lane: Lane, now: datetime) -> Work | None:
        subscriber = self._lookup(lane.subscriber)
        self._unbar(lane, subscriber)
        end = _end(subscriber)
        if end is not None and (queues := lane.take_all(queued_before=now - self._grace)):
            return self._placed(ending(lane, queues, end, now))
        if subscriber is None or subscriber.state != "active" or lane.barred is not None:
            lane.all_waited()
            self._agenda.put(lane.subscriber, now + LOOK_AGAIN)
            return None
        if self._capacity.turns_away(lane):
            return None
        queue = lane.take(now)
        if queue is None:
            self._arrange(lane)
            return None
        return self._placed(sending(lane, queue, now))

    def _placed(self, begun: Work) -> Work:
        self._capacity.take(begun)
        self._arrange(begun.lane)
        return begun

    def _unbar(self, lane: Lane, subscriber: Subscriber | None) -> None:
        """What was found out about a subscriber holds until somebody has changed it."""
        if lane.barred is not None and subscriber != lane.barred:
            lane.barred = None


def _end(subscriber: Subscriber | None) -> Outcome | None:
    """Why nothing more can be sent to the subscriber, if so."""
    if subscriber is None:
        return Outcome.DELETED
    return Outcome.DISABLED if subscriber.state == "disabled" else None
