"""Verdicts: what the answer to an attempt means for the delivery and for its subscriber. Pure."""

from dataclasses import dataclass
from datetime import datetime

from alerts.delivery import schedule
from alerts.delivery.outcomes import Answer, Outcome
from alerts.delivery.records import DeliveryResult, Settled
from alerts.delivery.work import Attempt
from alerts.subscribers import Subscriber


@dataclass(frozen=True)
class Verdict:
    """What an attempt means. `disable`: why the subscriber is to be disabled, before the result is recorded."""

    result: DeliveryResult
    disable: str | None = None


def conclude(
    attempt: Attempt,
    answer: Answer,
    at: datetime,
    seconds: float,
    *,
    subscriber: Subscriber | None,
    last_success: datetime | None,
) -> Verdict:
    """`subscriber` and `last_success`, of any of its deliveries, are as they are when the answer has come."""
    next_attempt = _next_attempt(attempt, answer, at, subscriber)
    settled = _settled(answer, next_attempt)
    result = DeliveryResult(
        subscriber=attempt.delivery.subscriber,
        sequence=attempt.delivery.sequence,
        attempt=attempt.number,
        at=at,
        outcome=answer.outcome,
        http_status=answer.status,
        seconds=round(seconds, 6),
        settled=settled,
        next_attempt=next_attempt,
        supersedes=attempt.supersedes,
    )
    return Verdict(result, _disable(attempt, answer, at, last_success) if settled == "dead_lettered" else None)


def _next_attempt(attempt: Attempt, answer: Answer, at: datetime, subscriber: Subscriber | None) -> datetime | None:
    """When it is tried again; null when it is not."""
    if answer.outcome in (Outcome.DELIVERED, Outcome.GONE):
        return None
    waits = schedule.WAITS if subscriber is None or subscriber.schedule is None else subscriber.schedule
    if answer.outcome == Outcome.THROTTLED:
        patient = at - (attempt.first_attempt or at) <= schedule.patience(waits)
        return answer.retry_at if patient else None
    wait = schedule.wait(attempt.webhook_id, attempt.step + 1, waits)
    return None if wait is None else answer.retry_at or at + wait


def _settled(answer: Answer, next_attempt: datetime | None) -> Settled | None:
    if answer.outcome == Outcome.DELIVERED:
        return "delivered"
    return "dead_lettered" if next_attempt is None else None


def _disable(attempt: Attempt, answer: Answer, at: datetime, last_success: datetime | None) -> str | None:
    """Why a dead letter disables its subscriber: it is gone, or nothing got through since the first attempt."""
    if answer.outcome == Outcome.GONE:
        return "gone"
    return "exhausted" if last_success is None or last_success < (attempt.first_attempt or at) else None
