"""Stories published to the input topic."""

from collections.abc import Iterable, Iterator
from typing import Any

from alerts import app_kafka
from alerts.app_kafka import Fault
from config.settings import Settings
from config.topics import topics
from stream import messages
from tocsin.sources import Chunk


def publish(
    settings: Settings, chunks: Iterable[Chunk], content_type: str | None = None, *, window: int = 500
) -> Iterator[Chunk]:
    """Send stories to the input topic; each is yielded when the broker has it.

    Stories have no key: they are spread over the partitions, and the engine takes versions in any order.
    """
    names = topics(settings)
    client = app_kafka.producer(settings, linger_ms=5)
    waiting: list[tuple[Chunk, Any]] = []
    try:
        with app_kafka.faults(settings):
            _require(client, names.stories)
            for chunk in chunks:
                headers = [(messages.FEED, chunk.feed.encode())]
                if content_type:
                    headers.append((messages.CONTENT_TYPE, content_type.encode()))
                waiting.append((chunk, client.send(names.stories, value=chunk.raw, headers=headers)))
                if len(waiting) >= window:
                    yield from _acknowledged(waiting)
                    waiting = []
            yield from _acknowledged(waiting)
    finally:
        client.close(timeout=5)


def _acknowledged(waiting: list[tuple[Chunk, Any]]) -> Iterator[Chunk]:
    for chunk, future in waiting:
        future.get(timeout=60)
        yield chunk


def _require(client: Any, topic: str) -> None:
    if not client.partitions_for(topic):
        raise Fault(f"topic {topic} does not exist; make the topics with `tocsin topics create`")
