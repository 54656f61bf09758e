"""Circuit breaker of one subscriber: its state follows from the results of attempts and the time, from nothing else."""

from datetime import datetime, timedelta
from enum import StrEnum

from alerts.delivery.outcomes import Outcome
from alerts.delivery.records import DeliveryResult

OPENS_AFTER = 5
"""Failed attempts in a row, over all deliveries of the subscriber."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=5)


class CircuitState(StrEnum):
    """The value is the metric label."""

    CLOSED = "closed"  # the last attempt was delivered
    UNPROVED = "unproved"  # nothing was delivered yet, or the last few attempts failed: one at a time
    OPEN = "open"  # five or more failed in a row: one probe, then a pause
    HELD = "held"  # the receiver asked for time with Retry-After


class Circuit:
    """Notes the results of attempts in their own order; `last_success` is null until there was one."""

    def __init__(self) -> None:
        self.last_success: datetime | None = None
        self._failures = 0
        self._paused_until: datetime | None = None
        self._held_until: datetime | None = None

    def note(self, result: DeliveryResult) -> None:
        """Take in one attempt. The attempts of a subscriber must come in their own order."""
        if result.outcome == Outcome.DELIVERED:
            self.last_success = result.at
            self._failures, self._paused_until, self._held_until = 0, None, None
        elif result.outcome == Outcome.THROTTLED:
            self._held_until = result.next_attempt
        else:
            self._failures += 1
            if self.open:
                doublings = min(self._failures - OPENS_AFTER, 10)
                self._paused_until = result.at + min(FIRST_PAUSE * 2**doublings, LONGEST_PAUSE)

    @property
    def open(self) -> bool:
        return self._failures >= OPENS_AFTER

    @property
    def proved(self) -> bool:
        """The last attempt was delivered: more than one at a time may be under way."""
        return self.last_success is not None and not self._failures

    @property
    def ready_at(self) -> datetime | None:
        """No attempt before this moment; null when there is nothing to wait for."""
        return max((moment for moment in (self._paused_until, self._held_until) if moment), default=None)

    def state(self, now: datetime) -> CircuitState:
        if self.open:
            return CircuitState.OPEN
        if self._held_until is not None and self._held_until > now:
            return CircuitState.HELD
        return CircuitState.CLOSED if self.proved else CircuitState.UNPROVED
