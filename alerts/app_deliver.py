"""The deliver worker: sends what the deliveries topic says, and writes to delivery-results what became of it.

While it holds partitions it keeps what is pending in memory, rebuilt from both topics when the partitions change.
An offset is committed when every delivery before it has ended: nothing is forgotten. Results tell what is done.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from time import monotonic
from typing import Any, NamedTuple, TypeVar

import structlog
from kafka import ConsumerRebalanceListener, OffsetAndMetadata, TopicPartition
from kafka.errors import CommitFailedError, KafkaError

from alerts import app_kafka, metrics
from alerts.app_backlog import Backlog
from alerts.app_kafka import Fault
from alerts.app_subscribers import newer
from alerts.delivery.addresses import networks
from alerts.delivery.egress import Egress
from alerts.delivery.outbox import Outbox
from alerts.delivery.records import Delivery, DeliveryResult
from alerts.delivery.secrets import Vault
from alerts.delivery.sender import Sender
from alerts.subscribers import Subscriber
from config.settings import Settings
from config.topics import groups, topics
from stream.records import CommandRecord, canonical, encode
from stream.signals import content_hash

log = structlog.get_logger()
T = TypeVar("T")
POLL_MS = 200
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


class Deliver(ConsumerRebalanceListener):  # type: ignore[misc]
    """One deliver worker. `run` returns when `stop` is set; raises Fault when it cannot go on."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._names = topics(settings)
        self._vault = Vault.of(settings)
        self._subscribers: dict[str, Subscriber] = {}
        self._versions: dict[str, tuple[int, bytes | None]] = {}
        self._home: dict[str, int] = {}
        """Subscriber -> its partition of both topics."""
        self._backlog: dict[int, Backlog] = {}
        self._touch: Callable[[str], None] = lambda subscriber: None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="kafka")
        """Kafka's consumers are not for two threads: all of them live in this one."""
        self._let_go = threading.Event()
        self._held: set[TopicPartition] = set()
        self._term = 0
        """Grows whenever our partitions change; whoever works for an older term ends."""
        self.ready = False
        self.position = 0
        self.lag = 0
        self._client = app_kafka.consumer(
            settings,
            group=groups(settings).deliver,
            auto_offset_reset="earliest",
            session_timeout_ms=int(settings.session_seconds * 1000),
            heartbeat_interval_ms=int(settings.session_seconds * 1000 / 3),
        )
        self._about = app_kafka.consumer(settings)
        self._producer = app_kafka.producer(settings)

    def run(self, stop: threading.Event) -> None:
        """Send until told to stop."""
        try:
            asyncio.run(self._run(stop))
        except* Fault as faults:
            raise faults.exceptions[0] from None
        finally:
            self._let_go.set()
            self._client.close(autocommit=False)
            self._about.close()
            self._producer.close(timeout=5)
            self._thread.shutdown()

    async def _run(self, stop: threading.Event) -> None:
        settings = self._settings
        self._loop = asyncio.get_running_loop()
        allowed = networks(settings.allowed_private)
        await self._kafka(self._load_subscribers)
        self._client.subscribe([self._names.deliveries], listener=self)
        async with Egress(allowed=allowed, allow_http=settings.allow_http) as egress:
            while not stop.is_set():
                await self._kafka(self._poll)
                term, held = self._term, set(self._held)
                self.ready = True
                if held:
                    await self._hold(Tenure(term, held, stop), egress)

    # holding partitions: from an assignment to the next

    async def _hold(self, tenure: Tenure, egress: Egress) -> None:
        """Rebuild what is pending in the partitions we were given, then send until they are taken away."""
        metrics.REBALANCES.inc()
        outbox = Outbox(self._subscribers.get)
        self._backlog = {partition.partition: Backlog() for partition in tenure.held}
        try:
            await self._rebuild(outbox, tenure)
            log.info("holding", partitions=sorted(self._backlog), pending=outbox.depth)
            sender = Sender(
                outbox,
                lookup=self._subscribers.get,
                vault=self._vault,
                post=egress.post,
                record=self._record,
                disable=self._disable,
                dead_letter=self._dead_letter,
                source=self._settings.source,
            )
            self._touch = sender.touch
            sending = asyncio.create_task(sender.run())
            try:
                await self._send(sender, sending, tenure)
            finally:
                sender.stop()
                await self._finish(sending, LAST_SECONDS if tenure.stop.is_set() else LET_GO_SECONDS)
        finally:
            self._touch = lambda subscriber: None
            self._let_go.set()
        if self._term == tenure.term:
            await self._kafka(self._commit)

    def _over(self, tenure: Tenure) -> bool:
        return tenure.stop.is_set() or self._term != tenure.term

    async def _send(self, sender: Sender, sending: asyncio.Task[None], tenure: Tenure) -> None:
        committed = monotonic()
        while not self._over(tenure) and not sending.done():
            for record in await self._kafka(self._poll):
                if (delivery := self._take(record)) is not None:
                    sender.add(delivery)
            if monotonic() - committed > COMMIT_SECONDS and not self._over(tenure):
                await self._kafka(self._commit)
                committed = monotonic()
            sender.measure()

    async def _finish(self, sending: asyncio.Task[None], seconds: float) -> None:
        """Let what is being sent come to its end, but no longer than so. Raises what ended the sending."""
        await asyncio.wait([sending], timeout=seconds)
        if not sending.done():
            sending.cancel()
            with suppress(asyncio.CancelledError):
                await sending
        elif (fault := sending.exception()) is not None:
            raise fault

    async def _rebuild(self, outbox: Outbox, tenure: Tenure) -> None:
        """First every result that is kept, then the deliveries from the committed offset to the end of now."""
        for result in await self._kafka(lambda: self._results(tenure.held)):
            outbox.apply(result)
            self._backlog_ended(result)
        await self._kafka(lambda: self._rewind(tenure))
        ends = await self._kafka(lambda: self._client.end_offsets(list(tenure.held)))
        while not self._over(tenure):
            if await self._kafka(lambda: all(self._client.position(each) >= end for each, end in ends.items())):
                break
            for record in await self._kafka(self._poll):
                if (delivery := self._take(record)) is not None:
                    outbox.add(delivery, datetime.now(UTC))
        outbox.rebuilt()

    def _take(self, record: Any) -> Delivery | None:
        """Enter a record into its partition's backlog; the delivery unless it has ended."""
        delivery = Delivery.model_validate_json(record.value)
        self._home[delivery.subscriber] = record.partition
        backlog = self._backlog.get(record.partition)
        if backlog is None or not backlog.add(record.offset, delivery.key):
            return None
        return delivery

    # what the sender is given

    async def _record(self, result: DeliveryResult) -> None:
        """Durable when it returns."""
        value = canonical(result.model_dump(mode="json"))
        partition = self._home[result.subscriber]
        await self._sent(self._names.delivery_results, value, result.subscriber.encode(), partition)
        self._backlog_ended(result)

    async def _disable(self, subscriber: str, reason: str) -> None:
        body = {"id": subscriber, "state": "disabled", "reason": reason}
        await self._append("subscribers.state", body, subscriber, reason, datetime.now(UTC).isoformat())

    async def _dead_letter(self, subscriber: str, sequence: int, reason: str) -> None:
        body = {"subscriber": subscriber, "sequence": sequence, "reason": reason}
        await self._append("deliveries.dead_letter", body, subscriber, sequence)

    async def _append(self, name: str, body: dict[str, Any], *identity: object) -> None:
        """The same identity is the same command, also after a crash."""
        identifier = content_hash(name, *identity)
        command = CommandRecord(id=identifier, name=name, body=body, author="delivery", at=datetime.now(UTC))
        await self._sent(self._names.journal, encode(command))

    async def _sent(self, topic: str, value: bytes, key: bytes | None = None, partition: int | None = None) -> None:
        """Produce one record; the broker has it when this returns."""
        done: asyncio.Future[Any] = self._loop.create_future()

        def settle(outcome: Any) -> None:
            if done.done():
                return
            if isinstance(outcome, BaseException):
                done.set_exception(outcome)
            else:
                done.set_result(outcome)

        with app_kafka.faults(self._settings):
            future = self._producer.send(topic, value=value, key=key, partition=partition)
            future.add_both(lambda outcome: self._loop.call_soon_threadsafe(settle, outcome))
            await done

    def _backlog_ended(self, result: DeliveryResult) -> None:
        backlog = self._backlog.get(self._home[result.subscriber])
        if result.settled is not None and backlog is not None:
            backlog.end((result.subscriber, result.sequence))

    # in the Kafka thread

    async def _kafka(self, job: Callable[[], T]) -> T:
        """Run a job in the thread that owns the consumers."""

        def guarded() -> T:
            with app_kafka.faults(self._settings):
                return job()

        return await self._loop.run_in_executor(self._thread, guarded)

    def _poll(self) -> list[Any]:
        """New deliveries; and whatever changed about subscribers is taken in on the way."""
        found = self._client.poll(timeout_ms=POLL_MS)
        app_kafka.keep_joining(self._client)
        for records in self._about.poll(timeout_ms=0).values():
            for record in records:
                self._changed(record)
        self.lag = sum(self._waiting(each) for each in self._client.assignment())
        self.position += sum(map(len, found.values()))
        metrics.DELIVERY_LAG.set(self.lag)
        return [record for records in found.values() for record in records]

    def _rewind(self, tenure: Tenure) -> None:
        """Back to what is committed. A partition that we keep over a rebalance keeps its position too, which is above
        all that is pending; and whatever was polled since the assignment belongs to no tenure.
        """
        first = self._client.beginning_offsets(list(tenure.held))
        for each in tenure.held:
            committed = self._client.committed(each)
            with suppress(ValueError):  # taken away meanwhile: the tenure is over
                self._client.seek(each, first[each] if committed is None else max(committed, first[each]))

    def _waiting(self, partition: TopicPartition) -> int:
        highwater = self._client.highwater(partition)
        return 0 if highwater is None else max(0, highwater - self._client.position(partition))

    def _commit(self) -> None:
        with suppress(CommitFailedError, KafkaError):
            self._client.commit(
                {
                    each: OffsetAndMetadata(self._backlog[each.partition].committable(), "", -1)
                    for each in self._held
                    if each.partition in self._backlog and self._backlog[each.partition].committable() > 0
                },
                timeout_ms=5000,
            )

    def _results(self, held: set[TopicPartition]) -> list[DeliveryResult]:
        client = app_kafka.consumer(self._settings)
        found = []
        try:
            for each in sorted(held):
                partition = TopicPartition(self._names.delivery_results, each.partition)
                for record in app_kafka.read(client, partition, *app_kafka.span(client, partition)):
                    result = DeliveryResult.model_validate_json(record.value)
                    self._home[result.subscriber] = each.partition
                    found.append(result)
        finally:
            client.close()
        return found

    def _load_subscribers(self) -> None:
        """Read the compacted topic to its end; `_poll` follows it from there."""
        partitions = app_kafka.partitions(self._about, self._names.subscribers)
        spans = {each: app_kafka.span(self._about, each) for each in partitions}
        self._about.assign(partitions)
        for each, (first, _) in spans.items():
            self._about.seek(each, first)
        while any(self._about.position(each) < end for each, (_, end) in spans.items()):
            for records in self._about.poll(timeout_ms=POLL_MS).values():
                for record in records:
                    self._changed(record)

    def _changed(self, record: Any) -> None:
        name = newer(self._versions, record)
        if name is None:
            return
        subscriber = None if record.value is None else Subscriber.model_validate_json(record.value)
        self._loop.call_soon_threadsafe(self._learn, name, subscriber)

    def _learn(self, name: str, subscriber: Subscriber | None) -> None:
        if subscriber is None:
            self._subscribers.pop(name, None)
        else:
            self._subscribers[name] = subscriber
        self._touch(name)

    # in Kafka's own thread

    def on_partitions_assigned(self, assigned: list[TopicPartition]) -> None:
        self._let_go.clear()
        self._held = set(assigned)
        self._term += 1

    def on_partitions_revoked(self, revoked: list[TopicPartition]) -> None:
        """Wait until we have stopped sending, so that two workers hardly ever send the same."""
        self._term += 1
        if self._held:
            self._let_go.wait(LET_GO_SECONDS + 1.0)
        self._held = set()
