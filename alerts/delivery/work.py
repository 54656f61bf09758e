"""Work: what the outbox hands out to be done. Pure."""

from dataclasses import dataclass, field
from datetime import datetime

from alerts.delivery.lane import Lane, Pending, Queue
from alerts.delivery.outcomes import Outcome
from alerts.delivery.records import Delivery, DeliveryResult


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


def sending(lane: Lane, queue: Queue, now: datetime) -> Work:
    """The next delivery of a queue is sent; the older ones whose place it takes end first, and are named in it."""
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
    return Work(lane.subscriber, settle, attempt, (queue.key,), not lane.circuit.proved, lane)


def ending(lane: Lane, queues: list[Queue], outcome: Outcome, now: datetime) -> Work:
    """Every delivery of the queues ends unsent."""
    settle = tuple(_unsent(item, outcome, now) for queue in queues for item in queue.items)
    return Work(lane.subscriber, settle, None, tuple(queue.key for queue in queues), False, lane)


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


def _unsent(item: Pending, outcome: Outcome, now: datetime) -> DeliveryResult:
    return DeliveryResult(
        subscriber=item.delivery.subscriber,
        sequence=item.sequence,
        attempt=0,
        at=now,
        outcome=outcome,
        settled="dead_lettered",
    )
