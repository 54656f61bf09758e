"""A worker's membership of the group that shares the deliveries: what it holds, reads and commits."""

import threading
from contextlib import suppress
from typing import Any

from kafka import ConsumerRebalanceListener, OffsetAndMetadata, TopicPartition
from kafka.errors import CommitFailedError, KafkaError

from alerts import app_kafka, metrics
from alerts.app_backlog import Backlogs
from config.settings import Settings
from config.topics import groups, topics

POLL_MS = 200


class Membership(ConsumerRebalanceListener):  # type: ignore[misc]
    """For Kafka's thread, but for `term`, `held`, `released` and the counters, which any thread may read."""

    def __init__(self, settings: Settings, release_seconds: float) -> None:
        self._topic = topics(settings).deliveries
        self._release_seconds = release_seconds
        """How long a rebalance waits for what is being sent."""
        self._released = threading.Event()
        self.held: set[TopicPartition] = set()
        self.term = 0
        """Grows whenever our partitions change; whoever works for an older term ends."""
        self.position = 0
        self.lag = 0
        self._client = app_kafka.consumer(
            settings,
            group=groups(settings).deliver,
            auto_offset_reset="earliest",
            session_timeout_ms=int(settings.session_seconds * 1000),
            heartbeat_interval_ms=int(settings.session_seconds * 1000 / 3),
        )

    def join(self) -> None:
        """Ask for a share of the partitions; `poll` tells by `term` when it is given."""
        self._client.subscribe([self._topic], listener=self)

    def poll(self) -> list[Any]:
        """New deliveries."""
        found = self._client.poll(timeout_ms=POLL_MS)
        app_kafka.keep_joining(self._client)
        self.lag = sum(self._waiting(each) for each in self._client.assignment())
        self.position += sum(map(len, found.values()))
        metrics.DELIVERY_LAG.set(self.lag)
        return [record for records in found.values() for record in records]

    def rewind(self, held: set[TopicPartition]) -> None:
        """Back to what is committed. A partition that we keep over a rebalance keeps its position too, which is above
        all that is pending; and whatever was polled since the assignment belongs to no tenure.
        """
        first = self._client.beginning_offsets(list(held))
        for each in held:
            committed = self._client.committed(each)
            with suppress(ValueError):  # taken away meanwhile: the tenure is over
                self._client.seek(each, first[each] if committed is None else max(committed, first[each]))

    def ends(self, held: set[TopicPartition]) -> dict[TopicPartition, int]:
        """One above the last offset of each partition, now."""
        found: dict[TopicPartition, int] = self._client.end_offsets(list(held))
        return found

    def reached(self, ends: dict[TopicPartition, int]) -> bool:
        """Whether everything below these offsets was read."""
        return all(self._client.position(each) >= end for each, end in ends.items())

    def commit(self, backlogs: Backlogs) -> None:
        """Commit what has ended. What cannot be committed is read again by whoever holds the partition next."""
        offsets = {each: backlogs.committable(each.partition) for each in self.held}
        with suppress(CommitFailedError, KafkaError):
            self._client.commit(
                {each: OffsetAndMetadata(offset, "", -1) for each, offset in offsets.items() if offset > 0},
                timeout_ms=5000,
            )

    def release(self) -> None:
        """Nothing is being sent any more: a rebalance may go on."""
        self._released.set()

    def close(self) -> None:
        """Leave the group."""
        self._client.close(autocommit=False)

    def _waiting(self, partition: TopicPartition) -> int:
        highwater = self._client.highwater(partition)
        return 0 if highwater is None else max(0, highwater - self._client.position(partition))

    # called by Kafka's client, inside `poll`

    def on_partitions_assigned(self, assigned: list[TopicPartition]) -> None:
        self._released.clear()
        self.held = set(assigned)
        self.term += 1

    def on_partitions_revoked(self, revoked: list[TopicPartition]) -> None:
        """Wait until we have stopped sending, so that two workers hardly ever send the same."""
        self.term += 1
        if self.held:
            self._released.wait(self._release_seconds)
        self.held = set()
