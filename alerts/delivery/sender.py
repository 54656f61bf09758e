"""Sender: carries out what the outbox says. The only place where deliveries meet time, network and disk.

The outside world is its arguments. A result is durable before the delivery counts as ended; a crash between the POST
and the record makes the same POST again, with the same webhook-id.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Protocol

import structlog

from alerts import metrics
from alerts.delivery.circuit import CircuitState
from alerts.delivery.outbox import Lookup, Outbox
from alerts.delivery.outcomes import Answer, Outcome
from alerts.delivery.records import Delivery, DeliveryResult
from alerts.delivery.secrets import Unreadable, Vault
from alerts.delivery.signing import BadKey
from alerts.delivery.webhook import Request, request_of
from alerts.delivery.work import Attempt, Work

log = structlog.get_logger()
LONGEST_NAP = 30.0
for _outcome in Outcome:  # a counter that is not there cannot be seen to grow: each begins at 0
    metrics.DELIVERY_ATTEMPTS.labels(_outcome)

Post = Callable[[Request], Awaitable[Answer]]
Record = Callable[[DeliveryResult], Awaitable[None]]
"""Durable when it returns."""
Disable = Callable[[str, str], Awaitable[None]]
"""(subscriber, reason): the command is in the journal when it returns. Called before the result is recorded, so that
no crash can lose it; it may be called again after one."""
DeadLetter = Callable[[str, int, str], Awaitable[None]]
"""(subscriber, sequence, why): told in the same way of a delivery that was given up while others got through."""


class Clock(Protocol):
    """The time, and waiting for it."""

    def now(self) -> datetime: ...

    async def wait(self, news: asyncio.Event, until: datetime | None) -> None:
        """Return when `news` is set or the time is `until`, whichever is first."""


class WallClock:
    """UTC by the machine's clock. It wakes every half minute at the least, so that a clock that was set is noticed."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def wait(self, news: asyncio.Event, until: datetime | None) -> None:
        seconds = None if until is None else min(max((until - self.now()).total_seconds(), 0), LONGEST_NAP)
        try:
            async with asyncio.timeout(seconds):
                await news.wait()
        except TimeoutError:
            return


class Sender:
    """`run` sends until `stop`; `add` hands over what was committed. All on one event loop."""

    def __init__(
        self,
        outbox: Outbox,
        *,
        lookup: Lookup,
        vault: Vault | None,
        post: Post,
        record: Record,
        disable: Disable,
        dead_letter: DeadLetter | None = None,
        clock: Clock | None = None,
        source: str = "urn:tocsin",
    ) -> None:
        self._outbox = outbox
        self._lookup = lookup
        self._vault = vault
        self._post = post
        self._record = record
        self._disable = disable
        self._dead_letter = dead_letter
        self._clock = clock or WallClock()
        self._source = source
        self._news = asyncio.Event()
        self._idle = asyncio.Event()
        self._stopping = False
        self.under_way = 0
        """Works begun and not yet on record."""

    def add(self, delivery: Delivery) -> None:
        """A delivery was committed: send it."""
        self._outbox.add(delivery, self._clock.now())
        self._news.set()

    def touch(self, subscriber: str) -> None:
        """A subscriber was changed (resumed, disabled, deleted): look at its deliveries now."""
        self._outbox.touch(subscriber)
        self._news.set()

    def stop(self) -> None:
        """Begin nothing more; `run` returns when what is under way is on record."""
        self._stopping = True
        self._news.set()

    async def run(self) -> None:
        """Send until `stop`. Raises what `record` or `disable` raises: without a record nothing may go on."""
        async with asyncio.TaskGroup() as tasks:
            while not self._stopping:
                self._news.clear()
                for work in self._outbox.due(self._clock.now()):
                    self.under_way += 1
                    tasks.create_task(self._carry_out(work))
                await self._clock.wait(self._news, self._outbox.next_due(self._clock.now()))

    async def sent(self, timeout: float | None = None) -> bool:
        """Wait until nothing is pending. False when it still is after `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                while self._outbox.depth:
                    self._idle.clear()
                    await self._idle.wait()
        except TimeoutError:
            return False
        return True

    def measure(self) -> None:
        """Set the gauges; called when metrics are read."""
        now, oldest = self._clock.now(), self._outbox.oldest()
        metrics.OUTBOX_DEPTH.set(self._outbox.depth)
        metrics.OUTBOX_OLDEST.set((now - oldest).total_seconds() if oldest else 0)
        circuits = self._outbox.circuits(now)
        for state in CircuitState:
            metrics.CIRCUITS.labels(state).set(circuits[state])

    async def _carry_out(self, work: Work) -> None:
        try:
            for result in work.settle:
                await self._remember(result)
            if work.attempt is not None:
                await self._try(work, work.attempt)
        finally:
            self._outbox.done(work)
            self.under_way -= 1
            self._news.set()
            self._idle.set()

    async def _try(self, work: Work, attempt: Attempt) -> None:
        began = self._clock.now()
        if attempt.number == 1:
            metrics.DELIVERY_START.observe((began - attempt.queued).total_seconds())
        answer = await self._answer(attempt, began)
        ended = self._clock.now()
        seconds = max((ended - began).total_seconds(), 0.0)
        verdict = self._outbox.conclude(attempt, answer, ended, seconds)
        self._outbox.answered(work, verdict)
        self._news.set()
        metrics.DELIVERY_ATTEMPTS.labels(verdict.result.outcome).inc()
        metrics.DELIVERY_SECONDS.observe(seconds)
        if verdict.disable is not None:
            subscriber = attempt.delivery.subscriber
            await self._disable(subscriber, verdict.disable)
            metrics.SUBSCRIBERS_DISABLED.labels(verdict.disable).inc()
        elif verdict.result.settled == "dead_lettered" and self._dead_letter is not None:
            await self._dead_letter(verdict.result.subscriber, verdict.result.sequence, verdict.result.outcome)
        await self._remember(verdict.result, attempt.delivery)
        published = attempt.delivery.published
        if verdict.result.settled == "delivered" and published is not None:
            metrics.END_TO_END.observe((ended - published).total_seconds())

    async def _answer(self, attempt: Attempt, now: datetime) -> Answer:
        subscriber = self._lookup(attempt.delivery.subscriber)
        if subscriber is None or self._vault is None:
            return Answer(Outcome.UNREADABLE_SECRET)
        delivery = attempt.delivery
        try:
            target = self._vault.target(subscriber)
        except Unreadable:
            return Answer(Outcome.UNREADABLE_SECRET)
        try:
            request = request_of(
                delivery,
                subscriber,
                attempt.supersedes,
                url=target.url,
                keys=target.keys,
                now=now,
                source=self._source,
            )
        except BadKey:
            return Answer(Outcome.UNREADABLE_SECRET)
        except Exception as fault:  # one delivery that cannot be rendered must not stop the others
            log.error("unrenderable", subscriber=subscriber.id, sequence=delivery.sequence, fault=type(fault).__name__)
            return Answer(Outcome.UNRENDERABLE)
        return await self._post(request)

    async def _remember(self, result: DeliveryResult, delivery: Delivery | None = None) -> None:
        await self._record(result)
        self._outbox.apply(result)
        if result.settled:
            metrics.DELIVERIES_SETTLED.labels(result.settled).inc()
        level = log.info if result.outcome in (Outcome.DELIVERED, Outcome.SUPERSEDED) else log.warning
        level(
            "delivery",
            subscriber=result.subscriber,
            sequence=result.sequence,
            **_alert(delivery),
            attempt=result.attempt,
            outcome=str(result.outcome),
            status=result.http_status,
            settled=result.settled,
        )


def _alert(delivery: Delivery | None) -> dict[str, object]:
    """What the log line of a delivery has in common with that of its alert."""
    revision = None if delivery is None else delivery.revision
    return {} if revision is None else {"alert": revision.id, "revision": revision.revision}
