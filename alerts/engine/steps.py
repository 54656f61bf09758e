"""Step: one thing the engine does, an effective record or a timer that fires, and all that comes of it."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from alerts.delivery.records import Delivery
from alerts.engine.rules import Rules
from alerts.engine.store import EPOCH, Store, ordinal
from alerts.revisions import AlertRevision


@dataclass
class Step:
    """`at` is the engine's time: the last tick, or the moment at which the timer was due."""

    store: Store
    rules: Rules
    sequence: int
    clock: datetime | None
    monitored: set[int]
    """Ordinals of the days on which any feed was heard."""
    published: datetime | None = None
    """When the story was published whose record this is."""
    may_open: bool = True
    """False while a late story is applied."""
    in_time: bool = False
    """True while a story is applied that is not late."""
    cause: str = "later_reports"
    """Why things change: goes into the reason of a retraction."""
    revisions: list[AlertRevision] = field(default_factory=list)
    deliveries: list[Delivery] = field(default_factory=list)

    @property
    def at(self) -> datetime:
        return self.clock or EPOCH

    @cached_property
    def today(self) -> int:
        return ordinal(self.at)

    def count(self, name: str, by: int = 1) -> None:
        """Add to one of the engine's counts, which the metrics show."""
        self.store.connection.execute(
            "INSERT INTO counts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + ?", (name, by, by)
        )
