"""Lane: what is pending for one subscriber, one queue per alert. Pure; used by the outbox only."""

from dataclasses import dataclass, field
from datetime import datetime

from alerts.delivery.agenda import Agenda
from alerts.delivery.circuit import Circuit
from alerts.delivery.outcomes import Outcome
from alerts.delivery.records import Delivery, DeliveryResult
from alerts.delivery.sequences import Sequences
from alerts.delivery.webhook import webhook_id
from alerts.subscribers import Subscriber


@dataclass(slots=True, eq=False)
class Pending:
    """A delivery that has not ended. `due`: when it may next be tried, circuit apart."""

    delivery: Delivery
    webhook_id: str
    queued: datetime
    due: datetime
    attempts: int = 0
    step: int = 0
    """Place in the schedule: attempts without the throttled ones."""
    first_attempt: datetime | None = None
    waited: bool = False
    """It has been through an outage, the receiver's or ours: a later revision of its alert may take its place."""

    @property
    def sequence(self) -> int:
        return self.delivery.sequence

    def note(self, result: DeliveryResult) -> None:
        """Take in a failed attempt."""
        if result.attempt <= self.attempts:
            return
        self.attempts = result.attempt
        self.step += result.outcome != Outcome.THROTTLED
        self.first_attempt = self.first_attempt or result.at
        self.due = result.next_attempt or self.due
        self.waited = True


@dataclass(slots=True, eq=False)
class Queue:
    """The pending revisions of one alert, ascending. While `busy` one of them is being sent or settled."""

    key: str
    items: list[Pending] = field(default_factory=list)
    busy: bool = False

    def next(self, *, outage: bool) -> Pending:
        """The first; after an outage the last, which then takes the place of all before it."""
        return self.items[-1] if outage or self.items[0].waited else self.items[0]


class Lane:
    """Per alert in order; over alerts by time and then sequence."""

    def __init__(self, subscriber: str) -> None:
        self.subscriber = subscriber
        self.circuit = Circuit()
        self.pending: dict[int, Pending] = {}
        self.settled = Sequences()
        self.replaced: dict[int, set[int]] = {}
        """Sequence of a pending delivery -> the sequences that it supersedes."""
        self.under_way = 0
        self.barred: Subscriber | None = None
        """The subscriber as it was when it was found to be gone: nothing is sent until it reads otherwise."""
        self._early: dict[int, list[DeliveryResult]] = {}
        self._heeded: set[tuple[int, int]] = set()
        """(sequence, attempt) of results that the circuit has noted before they were on record."""
        self._queues: dict[str, Queue] = {}
        self._agenda: Agenda[str] = Agenda()

    def add(self, delivery: Delivery, now: datetime) -> None:
        """A delivery that is known already, pending or settled, is ignored."""
        if delivery.sequence in self.settled or delivery.sequence in self.pending:
            return
        item = Pending(delivery, webhook_id(delivery), queued=now, due=now)
        for result in self._early.pop(delivery.sequence, ()):
            item.note(result)
        self.pending[delivery.sequence] = item
        queue = self._queues.setdefault(_queue_key(delivery), Queue(_queue_key(delivery)))
        queue.items.append(item)
        queue.items.sort(key=lambda pending: pending.sequence)
        self._arrange(queue)

    def apply(self, result: DeliveryResult) -> None:
        """A result of a delivery that has ended is ignored; one of a delivery that is yet to come is kept for it."""
        if result.sequence in self.settled:
            return
        if result.attempt and (result.sequence, result.attempt) not in self._heeded:
            self.circuit.note(result)
        self._heeded.discard((result.sequence, result.attempt))
        if result.superseded_by is not None:
            names = self.replaced.setdefault(result.superseded_by, set())
            names.update((result.sequence, *result.supersedes))
        if result.settled:
            self._settle(result.sequence)
        elif result.sequence in self.pending:
            self.pending[result.sequence].note(result)
            self._arrange(self._queues[_queue_key(self.pending[result.sequence].delivery)])
        else:
            self._early.setdefault(result.sequence, []).append(result)

    def heed(self, result: DeliveryResult) -> None:
        """An attempt has ended that is about to be on record: the circuit need not wait for the disk."""
        self.circuit.note(result)
        self._heeded.add((result.sequence, result.attempt))

    def all_waited(self) -> None:
        """Everything pending has been through an outage."""
        for item in self.pending.values():
            item.waited = True
        for queue in self._queues.values():
            self._arrange(queue)

    def next_time(self) -> datetime | None:
        """When the lane has something to do, circuit included; None when all of it is under way or nothing is left."""
        when, ready = self._agenda.next_time(), self.circuit.ready_at
        return when if when is None or ready is None else max(when, ready)

    def take(self, now: datetime) -> Queue | None:
        """The queue whose turn it is, now busy. A probe of an open circuit takes the lowest sequence, so that the
        oldest delivery is tried by its schedule however many new ones arrive."""
        if self.circuit.open:
            due = [self._queues[key] for key in self._agenda.due(now)]
            queue = min(due, key=lambda queue: queue.items[0].sequence, default=None)
        else:
            key = self._agenda.pop_due(now)
            queue = None if key is None else self._queues[key]
        if queue is not None:
            self._agenda.discard(queue.key)
            queue.busy = True
        return queue

    def take_all(self, queued_before: datetime) -> list[Queue]:
        """Every queue that is not busy and whose deliveries were all handed over by then; now they are busy."""
        idle = [
            queue
            for queue in self._queues.values()
            if not queue.busy and all(item.queued <= queued_before for item in queue.items)
        ]
        for queue in idle:
            self._agenda.discard(queue.key)
            queue.busy = True
        return idle

    def give_back(self, key: str) -> None:
        """The queue is no longer busy."""
        if queue := self._queues.get(key):
            queue.busy = False
            self._arrange(queue)

    def _settle(self, sequence: int) -> None:
        self.settled.add(sequence)
        self.replaced.pop(sequence, None)
        self._early.pop(sequence, None)
        if item := self.pending.pop(sequence, None):
            queue = self._queues[_queue_key(item.delivery)]
            queue.items.remove(item)
            self._arrange(queue)

    def _arrange(self, queue: Queue) -> None:
        if queue.busy:
            return
        if not queue.items:
            self._agenda.discard(queue.key)
            del self._queues[queue.key]
            return
        item = queue.next(outage=self.circuit.open)
        self._agenda.put(queue.key, item.due, item.sequence)


def _queue_key(delivery: Delivery) -> str:
    """Notices and redeliveries are about themselves only: nothing supersedes them."""
    if delivery.revision is None or delivery.notice is not None:
        return f"notice/{delivery.sequence}"
    return delivery.revision.id
