"""Capacity: how many attempts may be under way at once, and who holds a place. Pure; used by the outbox only."""

from dataclasses import dataclass
from datetime import timedelta

from alerts.delivery.lane import Lane
from alerts.delivery.work import Work


@dataclass(frozen=True)
class Limits:
    """Attempts under way at once. `unproved`: for all subscribers together whose last attempt was not delivered."""

    total: int = 512
    unproved: int = 256
    per_subscriber: int = 8
    grace: timedelta = timedelta(seconds=60)
    """How long a delivery waits, from when it was handed over, before it ends because its subscriber reads disabled or
    is not known: what was decided about a subscriber may travel behind its deliveries."""


class Capacity:
    """Places within the limits, each held by a work."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._placed: set[Work] = set()
        self._unproved = 0
        self._crowded: set[str] = set()
        """Unproved subscribers that were turned away since a place was last given back."""

    @property
    def full(self) -> bool:
        return len(self._placed) >= self._limits.total

    def full_for(self, lane: Lane) -> bool:
        """Whether the subscriber has as many under way as it may: one while it is unproved."""
        return lane.under_way >= (self._limits.per_subscriber if lane.circuit.proved else 1)

    def turns_away(self, lane: Lane) -> bool:
        """Whether the subscriber must wait because too many unproved ones are tried; it is told of by `give_back`."""
        if lane.circuit.proved or self._unproved < self._limits.unproved:
            return False
        self._crowded.add(lane.subscriber)
        return True

    def take(self, work: Work) -> None:
        """The work holds a place from now on."""
        self._placed.add(work)
        self._unproved += work.unproved
        work.lane.under_way += 1

    def give_back(self, work: Work) -> set[str]:
        """Its place, once. The subscribers that were turned away and may try again."""
        if work in self._placed:
            self._placed.discard(work)
            self._unproved -= work.unproved
            work.lane.under_way -= 1
        crowded, self._crowded = self._crowded, set()
        return crowded
