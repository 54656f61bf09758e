"""Which detect replica writes: the one that the group gives the journal's only partition to."""

from time import monotonic

from kafka import ConsumerRebalanceListener, OffsetAndMetadata, TopicPartition
from kafka.errors import KafkaError

from alerts import app_kafka
from config.settings import Settings
from config.topics import groups, topics

CONFIRM_SECONDS = 2.0


class Election(ConsumerRebalanceListener):  # type: ignore[misc]
    """Membership in the leader's group. The group's commit proves that we lead, and carries the leader's note to the next."""

    def __init__(self, settings: Settings) -> None:
        self._partition = TopicPartition(topics(settings).journal, 0)
        self._client = app_kafka.consumer(
            settings,
            group=groups(settings).leader,
            session_timeout_ms=int(settings.session_seconds * 1000),
            heartbeat_interval_ms=int(settings.session_seconds * 1000 / 3),
        )
        self._client.subscribe([self._partition.topic], listener=self)
        self._confirmed = 0.0
        self.term = 0
        """Grows with every time we are elected."""

    def leading(self, position: int, note: str) -> bool:
        """Whether we lead, proved by the broker within the last seconds. The note is kept for whoever leads next.

        A process that slept (a paused machine) finds out here that another one leads by now.
        """
        try:
            self._client.poll(timeout_ms=0)
            if self._partition not in self._client.assignment():
                return False
            if monotonic() - self._confirmed > CONFIRM_SECONDS:
                self.keep(position, note)
        except KafkaError:
            return False
        return True

    def keep(self, position: int, note: str) -> None:
        """Commit the note under our membership. Raises KafkaError when we are no longer the leader."""
        self._client.commit({self._partition: OffsetAndMetadata(max(0, position), note, -1)}, timeout_ms=5000)
        self._confirmed = monotonic()

    def note(self) -> str:
        """What the last leader kept; empty when there is none."""
        kept = self._client.committed(self._partition, metadata=True)
        return "" if kept is None else str(kept.metadata or "")

    def close(self) -> None:
        """Leave the group, so that another leads at once."""
        self._client.close(autocommit=False)

    def on_partitions_assigned(self, assigned: list[TopicPartition]) -> None:
        if self._partition in assigned:
            self._client.pause(self._partition)  # It is never read here: each replica reads it all by itself.
            self._confirmed = 0.0
            self.term += 1

    def on_partitions_revoked(self, revoked: list[TopicPartition]) -> None:
        return
