"""The subscribers' compacted topic, read: of two records of one subscriber the one with the higher version is true."""

import asyncio
from collections.abc import Callable
from typing import Any

from alerts import app_kafka
from alerts.subscribers import Subscriber
from config.settings import Settings
from config.topics import topics

VERSION = "version"
"""Header of a subscriber's record: the engine's sequence."""
Versions = dict[str, tuple[int, bytes | None]]
"""Subscriber -> (version, its JSON, or null when it is gone)."""
POLL_MS = 200


class Subscribers:
    """The subscribers as they stand, for an event loop: `load` once, then `poll`, both in Kafka's thread."""

    def __init__(self, settings: Settings) -> None:
        self._topic = topics(settings).subscribers
        self._client = app_kafka.consumer(settings)
        self._versions: Versions = {}
        self._current: dict[str, Subscriber] = {}
        self.touch: Callable[[str], None] = lambda subscriber: None
        """Told on the loop of each subscriber that was changed."""

    def get(self, name: str) -> Subscriber | None:
        """The subscriber as it is now."""
        return self._current.get(name)

    def load(self, loop: asyncio.AbstractEventLoop) -> None:
        """Read the topic to its end; `poll` follows it from there."""
        self._loop = loop
        partitions = app_kafka.partitions(self._client, self._topic)
        spans = {each: app_kafka.span(self._client, each) for each in partitions}
        self._client.assign(partitions)
        for each, (first, _) in spans.items():
            self._client.seek(each, first)
        while any(self._client.position(each) < end for each, (_, end) in spans.items()):
            self.poll(POLL_MS)

    def poll(self, timeout_ms: int = 0) -> None:
        """Take in what was changed."""
        for records in self._client.poll(timeout_ms=timeout_ms).values():
            for record in records:
                self._changed(record)

    def close(self) -> None:
        self._client.close()

    def _changed(self, record: Any) -> None:
        name = newer(self._versions, record)
        if name is None:
            return
        subscriber = None if record.value is None else Subscriber.model_validate_json(record.value)
        self._loop.call_soon_threadsafe(self._learn, name, subscriber)

    def _learn(self, name: str, subscriber: Subscriber | None) -> None:
        if subscriber is None:
            self._current.pop(name, None)
        else:
            self._current[name] = subscriber
        self.touch(name)


def read_subscribers(settings: Settings) -> dict[str, bytes | None]:
    """What the topic says of each subscriber: its JSON, or null when it is gone."""
    found: Versions = {}
    for record in app_kafka.everything(settings, topics(settings).subscribers):
        newer(found, record)
    return {name: body for name, (_, body) in found.items()}


def newer(found: Versions, record: Any) -> str | None:
    """Take a record into `found`, unless what is there is of a higher version. The name if taken."""
    name, version = record.key.decode(), int(app_kafka.header(record, VERSION) or 0)
    if name in found and found[name][0] > version:
        return None
    found[name] = (version, record.value)
    return str(name)
