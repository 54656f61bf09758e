"""Topics provisioned: made as they must be, and those that exist checked."""

from typing import Any, NamedTuple

from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import InvalidReplicationFactorError

from alerts import app_kafka
from alerts.app_kafka import Fault
from config.settings import Settings
from config.topics import MAX_RECORD, Topics, topics

DAY_MS = 86_400_000
KEEP_RESULTS_DAYS, KEEP_JOURNAL_DAYS = 35, 400
STORIES_MAX = 4 * 1024 * 1024
"""Larger than TOCSIN_MAX_STORY_BYTES, so that a story that is too large is seen, told and kept, not refused unseen."""
_AT_LEAST = {"retention.ms", "max.message.bytes"}


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
    counts = {spec.name: len(there[spec.name]["partitions"]) for spec in known}
    faults = [f"{spec.name}: does not exist" for spec in wanted if spec.name not in there]
    for spec in known:
        faults += _config_faults(spec, configs[spec.name])
        if spec.partitions == 1 and counts[spec.name] != 1:
            faults.append(f"{spec.name}: has {counts[spec.name]} partitions, must have 1 (the total order)")
    return faults + _pairing_faults(topics(settings), counts)


def _pairing_faults(names: Topics, counts: dict[str, int]) -> list[str]:
    """Deliveries and their results are read together, partition by partition."""
    pair = (counts.get(names.deliveries), counts.get(names.delivery_results))
    if None in pair or pair[0] == pair[1]:
        return []
    return [f"{names.delivery_results}: has {pair[1]} partitions, must have {pair[0]} as {names.deliveries}"]


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
