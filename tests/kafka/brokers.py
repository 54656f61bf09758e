"""A real broker for tests, and installations on it: each with topics of its own."""

import atexit
import functools
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError

from alerts import app_kafka
from config.settings import Settings
from config.topics import Groups, Topics, groups, topics
from stream.records import Record, decode
from tests.ops.waiting import asked
from tocsin.broker import provisioning
from tocsin.local_broker import LocalBroker, Unavailable
from tocsin.processes import Processes

KEY = "a key that only tests use: long enough to be taken"
SESSION_SECONDS = 6.0
END_SECONDS = 60.0
"""What the chart gives a process to end."""


@functools.cache
def bootstrap() -> str:
    """The broker that KAFKA_BOOTSTRAP names, or one that is started here and stopped at the end. Raises Unavailable."""
    if given := os.environ.get("KAFKA_BOOTSTRAP"):
        return given
    home = Path(tempfile.mkdtemp(prefix="tocsin-kafka-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    started = LocalBroker(home).start(timeout=180)
    atexit.register(started.stop)
    return started.bootstrap


def bootstrap_or_skip() -> str:
    """The same; without Java or Maven the test is skipped, or fails when nothing may be skipped."""
    try:
        return bootstrap()
    except Unavailable as fault:
        if os.environ.get("TOCSIN_REQUIRE_ALL"):
            pytest.fail(str(fault))
        pytest.skip(str(fault))


class Installation:
    """One installation on the broker: settings, topics, processes, and clients to look at them."""

    def __init__(self, home: Path, *, partitions: int = 2, **given: Any) -> None:
        self.home = home
        self.settings = Settings(
            bootstrap=bootstrap_or_skip(),
            topic_prefix=f"test-{uuid.uuid4().hex[:10]}.",
            session_seconds=SESSION_SECONDS,
            guard_patience_seconds=1.0,
            secret_key=KEY,
            allow_http=True,
            allowed_private="127.0.0.0/8",
            db=home / "detect.db",
            **given,
        )
        self.topics: Topics = topics(self.settings)
        self.groups: Groups = groups(self.settings)
        provisioning.create(self.settings, partitions, 1)
        self.partitions = partitions
        self.processes = Processes(home / "processes", **self.environment())

    def environment(self) -> dict[str, str]:
        """The settings as an operator would set them."""
        chosen = self.settings
        return {
            "TOCSIN_BOOTSTRAP": chosen.bootstrap,
            "TOCSIN_TOPIC_PREFIX": chosen.topic_prefix,
            "TOCSIN_SESSION_SECONDS": str(chosen.session_seconds),
            "TOCSIN_GUARD_PATIENCE_SECONDS": str(chosen.guard_patience_seconds),
            "TOCSIN_SECRET_KEY": KEY,
            "TOCSIN_ALLOW_HTTP": "1",
            "TOCSIN_ALLOWED_PRIVATE": chosen.allowed_private,
            "TOCSIN_CLOCK": chosen.clock,
            "TOCSIN_DB": str(chosen.db),
            "TOCSIN_METRICS_PORT": "0",
            "TOCSIN_STORIES_EPOCH": str(chosen.stories_epoch),
        }

    def start(self, name: str, *arguments: str) -> None:
        """Start a `tocsin` process."""
        self.processes.start(name, *arguments, **self.environment())

    def stop(self, name: str) -> int:
        """End a process in order; its exit code."""
        return self.processes.stop(name, END_SECONDS)

    def command(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run a `tocsin` command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "tocsin", *arguments],
            input=stdin,
            capture_output=True,
            timeout=600,
            check=False,
            env=os.environ | self.environment(),
        )

    def close(self) -> None:
        """End the processes and take the topics away."""
        self.processes.__exit__()
        client = self.admin()
        client.delete_topics([name for name in client.list_topics() if name in self.topics], raise_errors=False)
        client.close()

    def delete(self, *names: str) -> None:
        """Take topics away; they are gone when this returns."""
        client = self.admin()
        client.delete_topics(list(names))
        until(lambda: not {*names} & {*client.list_topics()}, "the topics to be gone")
        client.close()

    # looking

    def admin(self) -> KafkaAdminClient:
        return app_kafka.admin(self.settings)

    def producer(self, **more: Any) -> KafkaProducer:
        return app_kafka.producer(self.settings, **more)

    def records(self, topic: str) -> list[Any]:
        """Every record of a topic, partition by partition."""
        client: KafkaConsumer = app_kafka.consumer(self.settings)
        try:
            return [
                record
                for partition in app_kafka.partitions(client, topic)
                for record in app_kafka.read(client, partition, *app_kafka.span(client, partition))
            ]
        finally:
            client.close()

    def journal(self) -> list[Record]:
        """The journal's records."""
        return [decode(record.value) for record in self.records(self.topics.journal)]

    def journal_end(self) -> int:
        """One above the last journal position."""
        return self.ends(self.topics.journal)[0]

    def ends(self, topic: str) -> list[int]:
        """One above the last offset of each partition."""
        client = app_kafka.consumer(self.settings)
        try:
            return [app_kafka.span(client, partition)[1] for partition in app_kafka.partitions(client, topic)]
        finally:
            client.close()

    def committed(self, group: str, topic: str) -> list[int]:
        """What a group has committed of each partition; 0 for nothing."""
        client = app_kafka.consumer(self.settings, group=group)
        try:
            return [client.committed(TopicPartition(topic, number)) or 0 for number in range(self.partitions)]
        finally:
            client.close()

    def seen(self) -> tuple[dict[int, int], int]:
        """(one above the last offset seen of each partition, offsets in holes), by the file of detect."""
        marks = dict(asked(self.settings.db, "SELECT partition, next FROM marks"))
        return marks, sum(last - first + 1 for first, last in asked(self.settings.db, "SELECT first, last FROM holes"))

    def applied(self, db: Path | None = None) -> bool:
        """Whether a replica, by its file, has applied all of the journal."""
        position = asked(db or self.settings.db, "SELECT value FROM meta WHERE key = 'position'")
        return position == [(str(self.journal_end() - 1),)]

    def published(self, db: Path | None = None) -> bool:
        """Whether it has, and what it decided is published."""
        return self.applied(db) and asked(db or self.settings.db, "SELECT count(*) FROM outgoing") == [(0,)]


def until(condition: Callable[[], Any], what: str, patience: float = 180.0, every: float = 0.1) -> Any:
    """Wait for something to be true; what it then is. A broker that is too busy to answer has not said no."""
    end, fault = time.monotonic() + patience, None
    while time.monotonic() < end:
        try:
            if found := condition():
                return found
        except (app_kafka.Unreachable, KafkaError) as busy:
            fault = busy
        time.sleep(every)
    raise AssertionError(f"not within {patience:.0f} s: {what}") from fault


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """A fresh installation with two partitions, by the story clock."""
    made = Installation(tmp_path, clock="story")
    yield made
    made.close()
