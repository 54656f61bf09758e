"""The extract worker: stories from Kafka in, one journal record out for every one of them. The house's only Faust.

Faust is not trusted with completeness (the continuity guard is), but kept from losing what it can be kept from losing:
raw bytes in, one story at a time, every output acknowledged by the broker before the next story; and whatever fails
that is not a fact about one story ends the process at once, with nothing more committed.
"""

import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from types import FrameType
from typing import Any, NamedTuple

import faust
import structlog
from faust.exceptions import ConsumerNotStarted
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport
from mode.supervisors import CrashingSupervisor

from config.kafka_security import credentials, tls_context
from config.settings import Settings
from config.topics import MAX_RECORD, groups, topics
from stream import metrics, outcomes
from stream.messages import fitted, letter_headers, record_of_message
from stream.records import RejectedRecord, SourcePosition, StoryRecord

log = structlog.get_logger()


class State(NamedTuple):
    """Where a worker stands: stories handled so far, stories that wait, and why it pauses, if it does."""

    handled: int
    lag: int
    paused: str | None


class Streak:
    """Rejected stories in a row. A run of them from several feeds is our fault: a bad deploy, a bad setting."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._run: list[str] = []

    def seen(self, record: StoryRecord | RejectedRecord) -> bool:
        """Whether the worker should pause now: `most` rejected in a row, from two feeds or more."""
        if isinstance(record, StoryRecord):
            self._run.clear()
            return False
        self._run = [*self._run[-(self._most - 1) :], record.feed]
        return len(self._run) >= self._most and len(set(self._run)) > 1


class Worker:
    """One extract worker. `run` returns never: the process ends with the worker."""

    def __init__(self, settings: Settings) -> None:
        """Raises LexiconFault, and ValueError when settings contradict each other."""
        self._settings = settings
        self._names = topics(settings)
        self._streak = Streak(settings.max_rejected_in_a_row)
        self._handled = 0
        self._paused: str | None = None
        _warm(settings)
        self.app = self._build()

    def run(self) -> None:
        """Work until SIGTERM; ends the process."""
        worker = faust.Worker(self.app, quiet=True, loglevel="WARNING", override_logging=False, redirect_stdouts=False)
        worker.spinner = None
        worker.execute_from_commandline()

    def state(self) -> State:
        """Asked from any thread."""
        consumer: Any = getattr(self.app, "_consumer", None)
        lag = 0
        try:
            held = list(consumer.assignment()) if consumer is not None else []
        except ConsumerNotStarted:
            held = []
        for partition in held:
            end, done = consumer.highwater(partition) or 0, consumer._committed_offset.get(partition) or 0
            metrics.EXTRACT_LAG.labels(str(partition.partition)).set(max(0, end - done))
            lag += max(0, end - done)
        return State(self._handled, lag, self._paused)

    def _build(self) -> faust.App:
        settings = self._settings
        app = faust.App(
            groups(settings).extract,
            broker=[f"kafka://{server.strip()}" for server in settings.bootstrap.split(",")],
            broker_credentials=_credentials(settings),
            store="memory://",
            datadir=tempfile.mkdtemp(prefix="tocsin-extract-"),
            web_enabled=False,
            topic_allow_declare=False,
            topic_disable_leader=True,
            agent_supervisor=CrashingSupervisor,
            consumer_auto_offset_reset="earliest",
            consumer_max_fetch_size=MAX_RECORD,
            producer_max_request_size=MAX_RECORD,
            producer_acks=-1,
            broker_commit_interval=1.0,
            broker_session_timeout=settings.session_seconds,
            broker_heartbeat_interval=settings.session_seconds / 3,
            broker_max_poll_records=256,
            stream_buffer_maxsize=256,
            worker_redirect_stdouts=False,
        )
        app.transport = _CommittedOnly(app.conf.broker, app)
        app.sensors.add(_FailStop())
        stories = app.topic(self._names.stories, value_serializer="raw", key_serializer="raw")
        self._journal = app.topic(self._names.journal, value_serializer="raw", key_serializer="raw")
        self._dead_letters = app.topic(self._names.dead_letters, value_serializer="raw", key_serializer="raw")

        @app.agent(stories, name="extract", concurrency=1)
        async def extract(stream: Any) -> None:
            async for event in stream.events():
                try:
                    await self._handle(event)
                except Exception as fault:
                    _end("extract failed", fault)

        return app

    async def _handle(self, event: Any) -> None:
        """One story: its record in the journal, and its bytes in dead-letters when it was rejected."""
        while self._paused is not None:
            await self.app.sleep(1.0)
        begun = perf_counter()
        message, headers = event.message, event.headers or {}
        source = SourcePosition(
            topic=message.topic,
            epoch=self._settings.stories_epoch,
            partition=message.partition,
            offset=message.offset,
        )
        with within(self._settings.extract_seconds):
            record = record_of_message(event.value, headers, source, round(message.timestamp * 1000), self._settings)
        metrics.STAGE_SECONDS.labels("extract").observe(perf_counter() - begun)
        record, line = fitted(record, event.value, headers)
        if isinstance(record, RejectedRecord):
            letter = letter_headers(record, headers)
            await (await self._dead_letters.send(key=message.key, value=event.value or b"", headers=letter))
        await (await self._journal.send(value=line))
        metrics.STAGE_SECONDS.labels("append").observe(perf_counter() - begun)
        outcomes.count(record)
        self._handled += 1
        if self._streak.seen(record):
            self._pause()

    def _pause(self) -> None:
        self._paused = (
            f"{self._settings.max_rejected_in_a_row} stories in a row from several feeds were rejected; see "
            "`tocsin dead-letters list`, mend the cause and restart this worker"
        )
        metrics.EXTRACT_PAUSED.set(1)
        log.error("paused", reason=self._paused)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Interrupt the extractor after so long: raises TimeoutError in it. For the main thread only."""
    armed = True

    def ring(number: int, frame: FrameType | None) -> None:
        if armed:
            raise TimeoutError

    before: Callable[[int, FrameType | None], Any] | int | None = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        armed = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _credentials(settings: Settings) -> faust.types.auth.CredentialsT | None:
    """How the broker is to know us. Raises ValueError, in one line, when the settings contradict each other."""
    context = tls_context(settings) if settings.kafka_security.endswith("SSL") else None
    if settings.kafka_security.startswith("SASL"):
        username, password = credentials(settings)
        return faust.SASLCredentials(
            username=username, password=password, mechanism=settings.kafka_mechanism, ssl_context=context
        )
    return faust.SSLCredentials(context) if context is not None else None


def _warm(settings: Settings) -> None:
    """Read what extraction needs now, to tell a fault before a story waits. Raises LexiconFault."""
    record_of_message(b"Nothing happened.", {}, SourcePosition(topic="-", offset=0), 0, settings)


def _end(what: str, fault: BaseException) -> None:
    """End the process now: no clean-up may commit an offset."""
    log.critical(what, fault=type(fault).__name__, remedy="the worker is to be restarted; it takes up where it was")
    os._exit(1)


class _FailStop(faust.Sensor):
    """A record that could not be written ends the process, before the story's offset can be committed."""

    def on_send_error(self, producer: object, exc: BaseException, state: object) -> None:
        _end("the broker did not take a record", exc)


class _CommittedThread(AIOKafkaConsumerThread):
    """Reads committed transactions only, as the guard does; Faust does so only for exactly-once."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = "read_committed"
        return consumer


class _CommittedConsumer(Consumer):
    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return _CommittedThread(self, loop=self.loop, beacon=self.beacon)


class _CommittedOnly(Transport):
    Consumer = _CommittedConsumer
