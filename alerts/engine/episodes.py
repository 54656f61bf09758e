"""Episodes: stretches of trouble in the daily series of one (rule, area), and what is carried through them by day."""

from dataclasses import dataclass, fields
from typing import Any, Literal

from alerts.revisions import Severity
from stream.signals import Certainty


@dataclass(frozen=True, slots=True)
class State:
    """At the end of a day. Days are ordinals; the peak is the highest window of the episode, the first such."""

    phase: Literal["idle", "pending", "open"] = "idle"
    since: int = 0
    """The day on which the threshold was crossed."""
    quiet: int = 0
    """Whole monitored days in a row at or below `clear`."""
    severity: Severity = "warning"
    threshold: int = 0
    certainty: Certainty = "possible"
    peak_day: int = 0
    peak: int = 0
    low: int = 0
    high: int | None = 0
    baseline: float | None = None
    killed: int = 0
    injured: int = 0
    displaced: int = 0
    """People over the whole episode, the first window included."""
    origins: tuple[str, ...] = ()
    memory: float = 0.0
    """The CUSUM's sum."""
    alarms: tuple[tuple[int, float], ...] = ()
    """(day, what it counts for in a baseline) of the past alarms that still matter."""

    @property
    def blank(self) -> bool:
        """Nothing to keep: the same as no state at all."""
        return self.phase == "idle" and self.memory == 0.0 and not self.alarms


IDLE = State()
_FIELDS = tuple(field.name for field in fields(State))


@dataclass(frozen=True, slots=True)
class Episode:
    """One stretch of trouble: its state when last looked at, and the day whose end ended it (null while it lasts)."""

    state: State
    ended: int | None

    @property
    def since(self) -> int:
        return self.state.since


def stored(state: State) -> dict[str, Any]:
    """The state as JSON, what is as in `IDLE` left out."""
    values = {name: getattr(state, name) for name in _FIELDS}
    return {name: value for name, value in values.items() if value != getattr(IDLE, name)}


def of_stored(content: dict[str, Any]) -> State:
    """The inverse of `stored`."""
    values = dict(content)
    values["origins"] = tuple(values.get("origins", ()))
    values["alarms"] = tuple((int(day), float(worth)) for day, worth in values.get("alarms", ()))
    return State(**values)
