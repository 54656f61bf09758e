"""Broker tools: topics made and checked, stories published, dead letters shown and replayed, the journal read."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from kafka import TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import InvalidReplicationFactorError

from alerts import app_kafka
from alerts.app_kafka import Fault
from alerts.app_publish import read_subscribers
from alerts.delivery.secrets import Vault
from alerts.subscribers import Subscriber
from config.settings import Settings
from config.topics import MAX_RECORD, Topics, topics
from stream import messages
from stream.records import CommandRecord, Record, encode
from stream.signals import content_hash
from tocsin.command_settings import clear
from tocsin.sources import Chunk

DAY_MS = 86_400_000
KEEP_RESULTS_DAYS, KEEP_JOURNAL_DAYS = 35, 400
STORIES_MAX = 4 * 1024 * 1024
"""Larger than TOCSIN_MAX_STORY_BYTES, so that a story that is too large is seen, told and kept, not refused unseen."""


class Spec(NamedTuple):
    """How a topic is to be."""

    name: str
    partitions: int
    configs: dict[str, str]


def specs(names: Topics, partitions: int) -> list[Spec]:
    """Every topic. `partitions` is for all but the journal, which is one total order."""
    # Sizes of what is derived from a story stay below what dead-letters and journal take.
    large = {"max.message.bytes": str(MAX_RECORD)}
    delete = {"cleanup.policy": "delete"}
    results = delete | {"retention.ms": str(KEEP_RESULTS_DAYS * DAY_MS)}
    year = delete | {"retention.ms": str(KEEP_JOURNAL_DAYS * DAY_MS)}
    compact = {"cleanup.policy": "compact", "min.compaction.lag.ms": "60000"}
    return [
        Spec(
            names.stories,
            partitions,
            delete
            | {
                "message.timestamp.type": "LogAppendTime",
                "retention.ms": str(30 * DAY_MS),
                "max.message.bytes": str(STORIES_MAX),
            },
        ),
        Spec(names.journal, 1, year | large | {"message.timestamp.type": "LogAppendTime"}),
        Spec(names.alerts, partitions, year | large),
        Spec(names.alerts_latest, partitions, compact | large),
        Spec(names.deliveries, partitions, results | large),
        Spec(names.delivery_results, partitions, results),
        Spec(names.subscribers, partitions, compact),
        Spec(names.dead_letters, partitions, delete | {"retention.ms": str(90 * DAY_MS)} | large),
    ]


def create(settings: Settings, partitions: int, replication: int) -> list[str]:
    """Make the topics that do not exist; their names. Those that exist are left as they are (see `check`)."""
    client = app_kafka.admin(settings)
    try:
        with app_kafka.faults(settings):
            there = set(client.list_topics())
            missing = [spec for spec in specs(topics(settings), partitions) if spec.name not in there]
            if not missing:
                return []
            durable = {"min.insync.replicas": "2"} if replication >= 3 else {}
            client.create_topics(
                {
                    spec.name: {
                        "num_partitions": spec.partitions,
                        "replication_factor": replication,
                        "configs": spec.configs | durable,
                    }
                    for spec in missing
                },
                wait_for_metadata=True,
            )
    except Fault as fault:
        if isinstance(fault.__cause__, InvalidReplicationFactorError):
            raise Fault(
                f"the cluster has fewer than {replication} brokers; give --replication with what it has"
            ) from fault
        raise
    finally:
        client.close()
    return [spec.name for spec in missing]


def check(settings: Settings) -> list[str]:
    """Everything that is wrong with the topics, each in one line; nothing when all is well."""
    client = app_kafka.admin(settings)
    try:
        with app_kafka.faults(settings):
            there = {topic["name"]: topic for topic in client.describe_topics() if topic["error_code"] == 0}
            wanted = specs(topics(settings), 0)
            known = [spec for spec in wanted if spec.name in there]
            configs = _configs(client, [spec.name for spec in known])
    finally:
        client.close()
    faults = [f"{spec.name}: does not exist" for spec in wanted if spec.name not in there]
    counts = {spec.name: len(there[spec.name]["partitions"]) for spec in known}
    for spec in known:
        faults += _config_faults(spec, configs[spec.name])
        if spec.partitions == 1 and counts[spec.name] != 1:
            faults.append(f"{spec.name}: has {counts[spec.name]} partitions, must have 1 (the total order)")
    names = topics(settings)
    pair = (counts.get(names.deliveries), counts.get(names.delivery_results))
    if None not in pair and pair[0] != pair[1]:
        faults.append(f"{names.delivery_results}: has {pair[1]} partitions, must have {pair[0]} as {names.deliveries}")
    return faults


_AT_LEAST = {"retention.ms", "max.message.bytes"}


def _config_faults(spec: Spec, found: dict[str, str]) -> list[str]:
    faults = []
    for key, value in spec.configs.items():
        is_ = found.get(key, "")
        if key in _AT_LEAST:
            enough = is_ == "-1" or int(is_ or 0) >= int(value)
            if not enough:
                faults.append(f"{spec.name}: {key} is {is_}, must be at least {value}")
        elif key in {"cleanup.policy", "message.timestamp.type"} and is_ != value:
            faults.append(f"{spec.name}: {key} is {is_}, must be {value}")
    return faults


def _configs(client: Any, names: list[str]) -> dict[str, dict[str, str]]:
    if not names:
        return {}
    found = client.describe_configs(
        [ConfigResource(ConfigResourceType.TOPIC, name) for name in names], config_filter="all"
    )
    return {name: {key: entry["value"] for key, entry in found["topic"][name].items()} for name in names}


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


def append(settings: Settings, records: Iterable[Record]) -> None:
    """Append records to the journal; returns when the broker has them all. Raises CommandError."""
    with clear():
        client = app_kafka.producer(settings)
        try:
            with app_kafka.faults(settings):
                for future in [client.send(topics(settings).journal, value=encode(record)) for record in records]:
                    future.get(timeout=60)
        finally:
            client.close(timeout=5)


def journal(settings: Settings) -> Iterator[tuple[int, bytes]]:
    """Every position of the journal up to its end now, and the bytes that stand there. Raises CommandError."""
    with clear():
        for record in _all(settings, topics(settings).journal):
            yield record.offset, record.value or b""


def values(settings: Settings, topic: str) -> Iterator[bytes]:
    """Every value of a topic up to its ends now, partition by partition."""
    for record in _all(settings, topic):
        yield record.value


def _all(settings: Settings, topic: str) -> Iterator[Any]:
    """Every record of a topic, partition by partition, up to the ends at the time of asking."""
    client = app_kafka.consumer(settings)
    try:
        with app_kafka.faults(settings):
            for partition in app_kafka.partitions(client, topic):
                yield from app_kafka.read(client, partition, *app_kafka.span(client, partition))
    finally:
        client.close()


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


def dead_letters(settings: Settings) -> Iterator[DeadLetter]:
    """Every dead letter that is kept, partition by partition."""
    for record in _all(settings, topics(settings).dead_letters):
        yield _dead_letter(record)


def dead_letter(settings: Settings, identity: str) -> DeadLetter:
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


def reencrypt_subscribers(settings: Settings) -> int:
    """Give every subscriber whose secrets are under an older key again under the first one; how many.

    Raises CommandError.
    """
    with clear():
        vault = Vault.of(settings)
        current = [Subscriber.model_validate_json(body) for body in read_subscribers(settings).values() if body]
        renewed = [changed for each in current if (changed := vault.reencrypted(each)) is not None]
    at = datetime.now(UTC)
    append(
        settings,
        [
            CommandRecord(
                id=content_hash("reencrypt", each.id, at.isoformat()),
                name="subscribers.put",
                body={"subscriber": each.model_dump(mode="json")},
                author="command line",
                at=at,
            )
            for each in renewed
        ],
    )
    return len(renewed)
