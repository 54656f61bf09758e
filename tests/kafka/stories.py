"""Stories for the tests on a broker, and their journal records."""

import json
from collections.abc import Iterable
from typing import Any

from kafka import OffsetAndMetadata, TopicPartition

from alerts import app_kafka
from stream.messages import EPOCH, record_of_message
from stream.records import Record, SourcePosition, TickRecord, whole_minute
from tests.kafka.brokers import Installation
from tocsin.broker.journal import append

STORY = {
    "uri": "urn:test:1",
    "type": "text",
    "version": "1",
    "versioncreated": "2020-03-03T10:00:00Z",
    "pubstatus": "usable",
    "language": "en",
    "body_text": "BEIRUT - Warplanes bombed the town of Saraqib in Syria on Tuesday, killing 12 people, monitors said.",
}


def story(number: int) -> bytes:
    """A story of its own, with one air strike."""
    return json.dumps(STORY | {"uri": f"urn:test:{number}"}).encode()


def send(installation: Installation, *values: bytes | None, headers: Any = None, **more: Any) -> None:
    """Send to the input topic; the broker has them when this returns."""
    client = installation.producer()
    for sent in [client.send(installation.topics.stories, value=value, headers=headers, **more) for value in values]:
        sent.get(60)
    client.close()


def journal(installation: Installation, partition: int, offsets: Iterable[int], epoch: int = 0) -> None:
    """Append what a worker would for these offsets of the input topic, and the tick that a leader would before each."""
    wanted, clock = set(offsets), EPOCH
    made: list[Record] = []
    for message in installation.records(installation.topics.stories):
        if message.partition == partition and message.offset in wanted:
            source = SourcePosition(
                topic=message.topic, epoch=epoch, partition=message.partition, offset=message.offset
            )
            record = record_of_message(message.value, {}, source, message.timestamp, installation.settings)
            if whole_minute(record.received) > clock:
                clock = whole_minute(record.received)
                made.append(TickRecord(at=clock))
            made.append(record)
    append(installation.settings, made)


def commit(installation: Installation, *offsets: int) -> None:
    """Commit for the extract group, which has no members: one offset per partition."""
    topic = installation.topics.stories
    places = {TopicPartition(topic, number): OffsetAndMetadata(each, "", -1) for number, each in enumerate(offsets)}
    client = app_kafka.consumer(installation.settings, group=installation.groups.extract)
    client.assign(list(places))
    client.commit(places)
    client.close()
