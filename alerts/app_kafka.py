"""Kafka clients as every process of ours makes them, and faults of the broker as one clear line."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import (
    AuthorizationError,
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    UnknownTopicOrPartitionError,
)

from alerts import metrics
from config import kafka_security
from config.settings import Settings
from config.topics import MAX_RECORD

BOOTSTRAP_SECONDS = 10.0

logging.getLogger("kafka").setLevel(logging.CRITICAL)
"""The client logs every failed attempt to connect; what matters is said by `Fault`."""


class Fault(Exception):
    """Something outside that a process cannot mend itself: the line says what is wrong and what to do."""


class Unreachable(Fault):
    """Kafka does not answer now. A process that runs already waits for it."""


def consumer(settings: Settings, *, group: str | None = None, **more: Any) -> KafkaConsumer:
    """A consumer that commits nothing by itself, sees committed transactions only, and jumps over no lost range."""
    wanted: dict[str, Any] = {
        "enable_auto_commit": False,
        "isolation_level": "read_committed",
        "auto_offset_reset": "none",
        "allow_auto_create_topics": False,
        "fetch_max_wait_ms": 100,
        "max_partition_fetch_bytes": MAX_RECORD,
        "group_id": group,
    }
    return _made(KafkaConsumer, settings, wanted | more)


def producer(settings: Settings, **more: Any) -> KafkaProducer:
    """An idempotent producer that keeps the order and waits for all in-sync replicas."""
    wanted: dict[str, Any] = {
        "acks": "all",
        "enable_idempotence": True,
        "linger_ms": 2,
        "max_request_size": MAX_RECORD + 65_536,
        "allow_auto_create_topics": False,
    }
    return _made(KafkaProducer, settings, wanted | more)


def admin(settings: Settings) -> KafkaAdminClient:
    """An admin client."""
    return _made(KafkaAdminClient, settings, {})


def _made(kind: Any, settings: Settings, wanted: dict[str, Any]) -> Any:
    servers = [server.strip() for server in settings.bootstrap.split(",") if server.strip()]
    try:
        wanted = wanted | kafka_security.client_options(settings)
        for name, ends in kafka_security.expiries(settings).items():
            metrics.CERTIFICATE_EXPIRY.labels(name).set(ends.timestamp())
    except ValueError as fault:
        raise Fault(str(fault)) from fault
    with faults(settings):
        return kind(
            bootstrap_servers=servers, bootstrap_timeout_ms=int(BOOTSTRAP_SECONDS * 1000), client_id="tocsin", **wanted
        )


@contextmanager
def faults(settings: Settings) -> Iterator[None]:
    """Turn what the client raises into a Fault of one line."""
    where = settings.bootstrap
    try:
        yield
    except (KafkaTimeoutError, KafkaConnectionError) as fault:
        raise Unreachable(f"Kafka at {where} does not answer; start the broker or correct TOCSIN_BOOTSTRAP") from fault
    except UnknownTopicOrPartitionError as fault:
        raise Fault(f"a topic is missing on {where}; make them with `tocsin topics create`") from fault
    except MessageSizeTooLargeError as fault:
        raise Fault(f"a record is larger than its topic takes; see `tocsin topics check` ({fault})") from fault
    except AuthorizationError as fault:
        raise Fault(f"Kafka at {where} refuses access ({type(fault).__name__}); grant it, see README") from fault
    except KafkaError as fault:
        raise Fault(f"Kafka at {where}: {type(fault).__name__}: {fault}") from fault
    except ValueError as fault:
        raise Fault(f"TOCSIN_BOOTSTRAP={where} is no list of host:port ({fault})") from fault


def keep_joining(client: KafkaConsumer) -> None:
    """After a poll of a member of a group. kafka-python 3.0.12 forgets a join that changed metadata has caused when the
    poll ends before it: without heartbeats the member is out of its group then, for ever and without an error.
    """
    coordinator = client._coordinator
    if coordinator.rebalance_in_progress() and not coordinator.need_rejoin():
        coordinator.request_rejoin()


def partitions(client: KafkaConsumer, topic: str) -> list[TopicPartition]:
    """The partitions of a topic, in order. Raises Fault when it does not exist."""
    found = client.partitions_for_topic(topic)
    if not found:
        raise Fault(f"topic {topic} does not exist; make the topics with `tocsin topics create`")
    return [TopicPartition(topic, number) for number in sorted(found)]


def span(client: KafkaConsumer, partition: TopicPartition) -> tuple[int, int]:
    """(first offset that is kept, one above the last that can be read now)."""
    return client.beginning_offsets([partition])[partition], client.end_offsets([partition])[partition]


def read(client: KafkaConsumer, partition: TopicPartition, first: int, end: int) -> Iterator[Any]:
    """The records at offsets `first` <= offset < `end` that exist, in order.

    Offsets without a record (control records, compacted or aborted ones) are passed over, and end the search like
    others. Takes over the consumer's assignment.
    """
    client.assign([partition])
    client.seek(partition, first)
    while client.position(partition) < end:
        for records in client.poll(timeout_ms=200).values():
            for record in records:
                if record.offset >= end:
                    return
                yield record


def everything(settings: Settings, topic: str) -> Iterator[Any]:
    """Every record of a topic, partition by partition, up to the ends at the time of asking."""
    client = consumer(settings)
    try:
        with faults(settings):
            for partition in partitions(client, topic):
                yield from read(client, partition, *span(client, partition))
    finally:
        client.close()


def header(record: Any, name: str) -> str | None:
    """The last header of that name, as text; undecodable bytes are no header."""
    for key, value in reversed(record.headers or []):
        if key.lower() == name and value is not None:
            try:
                return str(value.decode())
            except UnicodeDecodeError:
                return None
    return None
