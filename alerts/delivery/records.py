"""Delivery: one revision to be sent to one subscriber; and what became of it."""

from typing import Literal

from pydantic import AwareDatetime

from alerts.revisions import AlertRevision
from stream.signals import Frozen

Settled = Literal["delivered", "superseded", "dead_lettered"]


class Delivery(Frozen):
    """What the engine hands to the sender. (subscriber, sequence) is its identity; sequences have no gaps, from 1."""

    subscriber: str
    sequence: int
    engine_sequence: int
    at: AwareDatetime
    """The engine's time of the revision."""
    published: AwareDatetime | None = None
    """When the story was published that caused it; null when time or a command did."""
    revision: AlertRevision | None
    """Null for a notice that is about no alert (`notice` says which)."""
    notice: str | None = None

    @property
    def key(self) -> tuple[str, int]:
        return (self.subscriber, self.sequence)


class DeliveryResult(Frozen):
    """One attempt, or the end of a delivery. The log of these and the deliveries rebuild all that is pending."""

    subscriber: str
    sequence: int
    attempt: int
    """1 for the first; 0 for a result without an attempt (superseded, disabled)."""
    at: AwareDatetime
    outcome: str
    """From a closed list: delivered, http_4xx, http_5xx, gone, throttled, redirected, timeout, refused_address, ..."""
    http_status: int | None = None
    seconds: float | None = None
    settled: Settled | None = None
    """Null while it will be tried again."""
    next_attempt: AwareDatetime | None = None
    superseded_by: int | None = None
    supersedes: tuple[int, ...] = ()
    """Earlier sequences that the POST of this one names; fixed at its first attempt."""
