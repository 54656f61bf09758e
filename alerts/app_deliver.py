"""The deliver worker: sends what the deliveries topic says, and writes to delivery-results what became of it.

While it holds partitions it keeps what is pending in memory, rebuilt from both topics when the partitions change.
An offset is committed when every delivery before it has ended: nothing is forgotten. Results tell what is done.
"""

import asyncio
import threading
from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic
from typing import Any, NamedTuple

import structlog
from kafka import TopicPartition

from alerts import metrics
from alerts.app_backlog import Backlogs
from alerts.app_kafka import Fault
from alerts.app_membership import Membership
from alerts.app_results import Results, read_results
from alerts.app_subscribers import Subscribers
from alerts.app_thread import KafkaThread
from alerts.delivery.addresses import networks
from alerts.delivery.egress import Egress
from alerts.delivery.outbox import Outbox
from alerts.delivery.records import Delivery
from alerts.delivery.secrets import Vault
from alerts.delivery.sender import Sender
from config.settings import Settings

log = structlog.get_logger()
COMMIT_SECONDS = 1.0
LET_GO_SECONDS = 3.0
"""How long a rebalance waits for what is being sent; whoever comes next may send that once more."""
LAST_SECONDS = 20.0
"""How long an orderly end waits for it."""


class Tenure(NamedTuple):
    """From one assignment of partitions to the next."""

    term: int
    held: set[TopicPartition]
    stop: threading.Event

    @property
    def partitions(self) -> list[int]:
        """The numbers of the partitions, of both topics."""
        return sorted(each.partition for each in self.held)


class Deliver:
    """One deliver worker. `run` returns when `stop` is set; raises Fault when it cannot go on."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._vault = Vault.of(settings)
        self._backlogs = Backlogs()
        self._membership = Membership(settings, LET_GO_SECONDS + 1.0)
        self._subscribers = Subscribers(settings)
        self._results = Results(settings, self._backlogs)
        self._kafka = KafkaThread(settings)
        """Where membership and subscribers are polled."""
        self.ready = False

    @property
    def position(self) -> int:
        """How many deliveries were read."""
        return self._membership.position

    @property
    def lag(self) -> int:
        """How many are yet to be read."""
        return self._membership.lag

    def run(self, stop: threading.Event) -> None:
        """Send until told to stop."""
        try:
            asyncio.run(self._run(stop))
        except* Fault as faults:
            raise faults.exceptions[0] from None
        finally:
            self._membership.release()
            self._membership.close()
            self._subscribers.close()
            self._results.close()
            self._kafka.close()

    async def _run(self, stop: threading.Event) -> None:
        settings, loop = self._settings, asyncio.get_running_loop()
        allowed = networks(settings.allowed_private)
        await self._kafka.run(lambda: self._subscribers.load(loop))
        self._membership.join()
        async with Egress(allowed=allowed, allow_http=settings.allow_http) as egress:
            while not stop.is_set():
                await self._poll()
                tenure = Tenure(self._membership.term, set(self._membership.held), stop)
                self.ready = True
                if tenure.held:
                    await self._hold(tenure, egress)

    async def _hold(self, tenure: Tenure, egress: Egress) -> None:
        """Rebuild what is pending in the partitions we were given, then send until they are taken away."""
        metrics.REBALANCES.inc()
        outbox = Outbox(self._subscribers.get)
        self._backlogs.hold(tenure.partitions)
        try:
            await self._rebuild(outbox, tenure)
            log.info("holding", partitions=tenure.partitions, pending=outbox.depth)
            sender = self._sender(outbox, egress)
            self._subscribers.touch = sender.touch
            sending = asyncio.create_task(sender.run())
            try:
                await self._send(sender, sending, tenure)
            finally:
                sender.stop()
                await _finish(sending, LAST_SECONDS if tenure.stop.is_set() else LET_GO_SECONDS)
        finally:
            self._subscribers.touch = lambda subscriber: None
            self._membership.release()
        if self._membership.term == tenure.term:
            await self._commit()

    async def _rebuild(self, outbox: Outbox, tenure: Tenure) -> None:
        """First every result that is kept, then the deliveries from the committed offset to the end of now."""
        membership = self._membership
        for partition, result in await self._kafka.run(lambda: list(read_results(self._settings, tenure.partitions))):
            outbox.apply(result)
            self._backlogs.locate(result.subscriber, partition)
            if result.settled is not None:
                self._backlogs.end((result.subscriber, result.sequence))
        await self._kafka.run(lambda: membership.rewind(tenure.held))
        ends = await self._kafka.run(lambda: membership.ends(tenure.held))
        while not self._over(tenure):
            if await self._kafka.run(lambda: membership.reached(ends)):
                break
            for delivery in await self._new():
                outbox.add(delivery, datetime.now(UTC))
        outbox.rebuilt()

    async def _send(self, sender: Sender, sending: asyncio.Task[None], tenure: Tenure) -> None:
        committed = monotonic()
        while not self._over(tenure) and not sending.done():
            for delivery in await self._new():
                sender.add(delivery)
            if monotonic() - committed > COMMIT_SECONDS and not self._over(tenure):
                await self._commit()
                committed = monotonic()
            sender.measure()

    def _over(self, tenure: Tenure) -> bool:
        return tenure.stop.is_set() or self._membership.term != tenure.term

    def _sender(self, outbox: Outbox, egress: Egress) -> Sender:
        return Sender(
            outbox,
            lookup=self._subscribers.get,
            vault=self._vault,
            post=egress.post,
            record=self._results.record,
            disable=self._results.disable,
            dead_letter=self._results.dead_letter,
            source=self._settings.source,
        )

    async def _new(self) -> list[Delivery]:
        """Deliveries that were read just now and have not ended, each entered into its partition's backlog."""
        found = []
        for record in await self._poll():
            delivery = Delivery.model_validate_json(record.value)
            if self._backlogs.add(record.partition, record.offset, delivery.key):
                found.append(delivery)
        return found

    async def _poll(self) -> list[Any]:
        """New deliveries; and whatever changed about subscribers is taken in on the way."""

        def poll() -> list[Any]:
            found = self._membership.poll()
            self._subscribers.poll()
            return found

        return await self._kafka.run(poll)

    async def _commit(self) -> None:
        await self._kafka.run(lambda: self._membership.commit(self._backlogs))


async def _finish(sending: asyncio.Task[None], seconds: float) -> None:
    """Let what is being sent come to its end, but no longer than so. Raises what ended the sending."""
    await asyncio.wait([sending], timeout=seconds)
    if not sending.done():
        sending.cancel()
        with suppress(asyncio.CancelledError):
            await sending
    elif (fault := sending.exception()) is not None:
        raise fault
