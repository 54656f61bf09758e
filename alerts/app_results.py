"""What became of deliveries: written to delivery-results, or as a command to the journal, and read again."""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from kafka import TopicPartition

from alerts import app_kafka
from alerts.app_backlog import Backlogs
from alerts.delivery.records import DeliveryResult
from config.settings import Settings
from config.topics import topics
from stream.records import CommandRecord, canonical, encode
from stream.signals import content_hash


class Results:
    """What the sender is given to record with: each is durable when it returns."""

    def __init__(self, settings: Settings, backlogs: Backlogs) -> None:
        self._settings = settings
        self._names = topics(settings)
        self._backlogs = backlogs
        self._producer = app_kafka.producer(settings)

    async def record(self, result: DeliveryResult) -> None:
        """One attempt, or the end of a delivery, beside the delivery: in the partition of the same number."""
        value = canonical(result.model_dump(mode="json"))
        partition = self._backlogs.home(result.subscriber)
        await self._sent(self._names.delivery_results, value, result.subscriber.encode(), partition)
        if result.settled is not None:
            self._backlogs.end((result.subscriber, result.sequence))

    async def disable(self, subscriber: str, reason: str) -> None:
        """Nothing more is to be sent to the subscriber."""
        body = {"id": subscriber, "state": "disabled", "reason": reason}
        await self._append("subscribers.state", body, subscriber, reason, datetime.now(UTC).isoformat())

    async def dead_letter(self, subscriber: str, sequence: int, reason: str) -> None:
        """A delivery was given up while others got through."""
        body = {"subscriber": subscriber, "sequence": sequence, "reason": reason}
        await self._append("deliveries.dead_letter", body, subscriber, sequence)

    def close(self) -> None:
        self._producer.close(timeout=5)

    async def _append(self, name: str, body: dict[str, Any], *identity: object) -> None:
        """The same identity is the same command, also after a crash."""
        identifier = content_hash(name, *identity)
        command = CommandRecord(id=identifier, name=name, body=body, author="delivery", at=datetime.now(UTC))
        await self._sent(self._names.journal, encode(command))

    async def _sent(self, topic: str, value: bytes, key: bytes | None = None, partition: int | None = None) -> None:
        """Produce one record; the broker has it when this returns."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Any] = loop.create_future()

        def settle(outcome: Any) -> None:
            if done.done():
                return
            if isinstance(outcome, BaseException):
                done.set_exception(outcome)
            else:
                done.set_result(outcome)

        with app_kafka.faults(self._settings):
            future = self._producer.send(topic, value=value, key=key, partition=partition)
            future.add_both(lambda outcome: loop.call_soon_threadsafe(settle, outcome))
            await done


def read_results(settings: Settings, partitions: Iterable[int]) -> Iterator[tuple[int, DeliveryResult]]:
    """(partition, result) of every result that is kept in these partitions, in their order."""
    client = app_kafka.consumer(settings)
    try:
        for number in sorted(partitions):
            partition = TopicPartition(topics(settings).delivery_results, number)
            for record in app_kafka.read(client, partition, *app_kafka.span(client, partition)):
                yield number, DeliveryResult.model_validate_json(record.value)
    finally:
        client.close()
