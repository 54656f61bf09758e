"""Dead letters: listed, shown, and sent to the input topic again."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from kafka import TopicPartition

from alerts import app_kafka
from alerts.app_kafka import Fault
from config.settings import Settings
from config.topics import topics
from stream import messages


class DeadLetter(NamedTuple):
    """Bytes that were rejected, with where they came from."""

    id: str
    """`partition-offset` in the dead-letters topic: what `show` and `replay` take."""
    stage: str
    reason: str
    detail: str
    source: str
    feed: str
    content_type: str | None
    at: datetime
    raw: bytes


def read(settings: Settings) -> Iterator[DeadLetter]:
    """Every dead letter that is kept, partition by partition."""
    for record in app_kafka.everything(settings, topics(settings).dead_letters):
        yield _dead_letter(record)


def find(settings: Settings, identity: str) -> DeadLetter:
    """One dead letter. Raises Fault when there is none of that name."""
    number, _, offset = identity.partition("-")
    if not (number.isdigit() and offset.isdigit()):
        raise Fault(f"{identity}: no dead letter is named so; see `tocsin dead-letters list`")
    client = app_kafka.consumer(settings)
    try:
        with app_kafka.faults(settings):
            partition = TopicPartition(topics(settings).dead_letters, int(number))
            if partition in app_kafka.partitions(client, partition.topic):
                first, end = app_kafka.span(client, partition)
                if first <= int(offset) < end:
                    for record in app_kafka.read(client, partition, int(offset), int(offset) + 1):
                        return _dead_letter(record)
    finally:
        client.close()
    raise Fault(f"{identity}: no dead letter is named so; see `tocsin dead-letters list`")


def replay(settings: Settings, letters: Iterable[DeadLetter]) -> int:
    """Send dead letters to the input topic again, as they came; how many. Each is read like any new story."""
    count = 0
    client = app_kafka.producer(settings)
    try:
        with app_kafka.faults(settings):
            for letter in letters:
                headers = [(messages.FEED, letter.feed.encode()), ("replayed", letter.id.encode())]
                if letter.content_type:
                    headers.append((messages.CONTENT_TYPE, letter.content_type.encode()))
                client.send(topics(settings).stories, value=letter.raw, headers=headers).get(timeout=60)
                count += 1
    finally:
        client.close(timeout=5)
    return count


def _dead_letter(record: Any) -> DeadLetter:
    def head(name: str) -> str:
        return app_kafka.header(record, name) or ""

    return DeadLetter(
        id=f"{record.partition}-{record.offset}",
        stage=head(messages.STAGE),
        reason=head(messages.REASON),
        detail=head(messages.DETAIL),
        source=head(messages.SOURCE),
        feed=head(messages.FEED) or "unnamed",
        content_type=app_kafka.header(record, messages.CONTENT_TYPE),
        at=datetime.fromtimestamp(record.timestamp / 1000, UTC),
        raw=record.value or b"",
    )
