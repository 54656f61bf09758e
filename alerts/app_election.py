"""Which detect replica writes: the one that the group gives the journal's only partition to."""

import threading
from time import monotonic

import structlog
from kafka import ConsumerRebalanceListener, KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.errors import KafkaError

from alerts import app_kafka
from config.settings import Settings
from config.topics import groups, topics

log = structlog.get_logger()
POLL_MS = 500
CONFIRM_SECONDS = 1.0
INHERIT_SECONDS = 10.0


class Election(ConsumerRebalanceListener):  # type: ignore[misc]
    """Membership in the leader's group, in a thread of its own.

    Leading has to be proved: every second or so the broker takes a commit under our membership. The commit carries
    our note (`note`) to whoever leads next. A process that slept finds its proof too old, and is no leader.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._partition = TopicPartition(topics(settings).journal, 0)
        self._fresh = settings.session_seconds / 2
        self._confirmed = float("-inf")
        self._kept = ""
        self._asked = float("-inf")
        self._assigned = False
        self._closing = threading.Event()
        self.term = 0
        """Grows with every time we are elected."""
        self.note = ""
        """What we want the next leader to know."""
        self.inherited = ""
        """What the leader before us wanted us to know."""
        self.failed: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="election", daemon=True)
        self._thread.start()

    def leading(self) -> bool:
        """Whether we lead, as the broker said within the last seconds. Raises what ended the membership."""
        if self.failed is not None:
            raise self.failed
        return self._assigned and monotonic() - self._confirmed < self._fresh

    def close(self) -> None:
        """Leave the group, so that another leads at once."""
        self._closing.set()
        self._thread.join(timeout=15)

    # the election's own thread from here on

    def _run(self) -> None:
        try:
            while not self._closing.is_set():
                try:
                    with app_kafka.faults(self._settings):
                        self._take_part()
                except app_kafka.Unreachable as fault:
                    log.warning("waiting for Kafka", fault=str(fault))
                finally:
                    self._assigned = False
        except Exception as fault:
            self.failed = fault

    def _take_part(self) -> None:
        """Be a member until we close. Raises KafkaError."""
        client = self._client = self._member()
        try:
            client.subscribe([self._partition.topic], listener=self)
            while not self._closing.is_set():
                client.poll(timeout_ms=POLL_MS)
                app_kafka.keep_joining(client)
                if self._partition in client.assignment():
                    self._confirm()
                else:
                    self._inherit()
        finally:
            client.close(autocommit=False, timeout_ms=5000)

    def _member(self) -> KafkaConsumer:
        milliseconds = int(self._settings.session_seconds * 1000)
        return app_kafka.consumer(
            self._settings,
            group=groups(self._settings).leader,
            auto_offset_reset="earliest",
            session_timeout_ms=milliseconds,
            heartbeat_interval_ms=milliseconds // 3,
        )

    def _confirm(self) -> None:
        """Prove to ourselves that we lead, and leave our note."""
        if self._kept == self.note and monotonic() - self._confirmed < CONFIRM_SECONDS:
            return
        note = self.note
        try:
            if self._confirmed == float("-inf"):
                self._inherit(at_once=True)
                note = self.note = self.inherited
            self._client.commit({self._partition: OffsetAndMetadata(0, note, -1)}, timeout_ms=5000)
        except KafkaError as fault:
            log.warning("leadership not confirmed", fault=type(fault).__name__)
            return
        if self._confirmed == float("-inf"):
            self.term += 1
        self._confirmed, self._kept, self._assigned = monotonic(), note, True

    def _inherit(self, at_once: bool = False) -> None:
        """Read the leader's note, now and then while another leads."""
        if at_once or monotonic() - self._asked > INHERIT_SECONDS:
            self._asked = monotonic()
            kept = self._client.committed(self._partition, metadata=True)
            self.inherited = "" if kept is None else str(kept.metadata or "")

    def on_partitions_assigned(self, assigned: list[TopicPartition]) -> None:
        if self._partition in assigned:
            self._client.pause(self._partition)  # It is never read here: each replica reads it all by itself.
            self._confirmed = float("-inf")

    def on_partitions_revoked(self, revoked: list[TopicPartition]) -> None:
        self._assigned = False
        self._confirmed = float("-inf")
