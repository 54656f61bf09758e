"""Names of topics and groups on Kafka, all from one prefix, so that several installations can share a broker."""

from typing import NamedTuple

from config.settings import Settings

MAX_RECORD = 8 * 1024 * 1024
"""Bytes of the largest record that our topics take (journal, dead-letters)."""


class Topics(NamedTuple):
    """Every topic of one installation."""

    stories: str
    journal: str
    alerts: str
    alerts_latest: str
    deliveries: str
    delivery_results: str
    subscribers: str
    dead_letters: str


class Groups(NamedTuple):
    """Every consumer group of one installation."""

    extract: str
    leader: str
    deliver: str


def topics(settings: Settings) -> Topics:
    """The topics' names. The input topic may be named freely (`TOCSIN_STORIES_TOPIC`)."""
    prefix = settings.topic_prefix
    return Topics(
        stories=settings.stories_topic or f"{prefix}stories",
        journal=f"{prefix}journal",
        alerts=f"{prefix}alerts",
        alerts_latest=f"{prefix}alerts-latest",
        deliveries=f"{prefix}deliveries",
        delivery_results=f"{prefix}delivery-results",
        subscribers=f"{prefix}subscribers",
        dead_letters=f"{prefix}dead-letters",
    )


def groups(settings: Settings) -> Groups:
    """The groups' names. `leader` only elects which detect replica writes."""
    prefix = settings.topic_prefix.rstrip(".") or "tocsin"
    return Groups(extract=f"{prefix}-extract", leader=f"{prefix}-detect-leader", deliver=f"{prefix}-deliver")
