"""Counting what became of a story."""

from stream import metrics
from stream.records import RejectedRecord, StoryRecord


def count(record: StoryRecord | RejectedRecord) -> str:
    """Move the metrics for one record; its outcome: signals, quiet, not_usable or rejected."""
    outcome = outcome_of(record)
    metrics.STORIES.labels(outcome).inc()
    if isinstance(record, RejectedRecord):
        metrics.REJECTED.labels(record.stage, record.reason).inc()
        return outcome
    for signal in record.signals:
        metrics.SIGNALS.labels(signal.kind, signal.status, signal.reason).inc()
    for mention in record.mentions:
        metrics.MENTIONS.labels(mention.kind, mention.reason).inc()
    metrics.EVENT_TIME_LAG.set((record.received - record.story.published).total_seconds())
    return outcome


def outcome_of(record: StoryRecord | RejectedRecord) -> str:
    """What became of a story, in a word."""
    if isinstance(record, RejectedRecord):
        return "rejected"
    if record.story.status != "usable":
        return "not_usable"
    return "signals" if any(signal.counted for signal in record.signals) else "quiet"
