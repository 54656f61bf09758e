"""The life of an alert: what must be said now, given what the fold says and what was told.

Pure: the episodes of one (rule, area) and the alerts that were raised on it go in, decisions come out.

    opened ──► escalated | updated ──► resolved    the episode is in the fold, and has ended
                     └─────────────► retracted     it is in the fold no more

An episode that is first seen after its end, or that only late stories make, is `recorded`: kept, not told.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple

from alerts.engine.episodes import Episode, State
from alerts.revisions import SEVERITIES, Severity, Transition
from stream.signals import Certainty

GREW = 0.25
"""A figure that changed by this share of what was told changes the reader's picture."""
AlertState = Literal["open", "resolved", "retracted", "recorded"]


@dataclass(frozen=True, slots=True)
class Told:
    """The picture a reader has of an alert."""

    severity: Severity
    certainty: Certainty
    threshold: int
    peak: int
    peak_day: int
    killed: int
    injured: int
    displaced: int
    origins: int

    @classmethod
    def of(cls, state: State) -> "Told":
        return cls(
            state.severity,
            state.certainty,
            state.threshold,
            state.peak,
            state.peak_day,
            state.killed,
            state.injured,
            state.displaced,
            len(state.origins),
        )

    def stored(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert as it stands: days are ordinals, `ended` null while it is open."""

    id: str
    state: AlertState
    since: int
    ended: int | None
    told: Told


class Decision(NamedTuple):
    """One thing to do. No `alert`: a new one. `transition` null: to be kept, not told."""

    transition: Transition | None
    reason: str
    alert: Alert | None
    episode: Episode | None


def decide(
    alerts: Sequence[Alert], episodes: Sequence[Episode], *, may_open: bool = True, in_time: bool = True
) -> list[Decision]:
    """What to do about the alerts and episodes that reach into the days that were folded anew.

    `may_open`: false while a late story is applied, which changes alerts and opens none. `in_time`: a story that came
    in time is being applied, which alone may open what was only recorded.
    """
    decisions: list[Decision] = []
    taken: set[int] = set()
    for alert in sorted(alerts, key=lambda alert: (alert.state != "open", alert.since, alert.id)):
        matches = [number for number, episode in enumerate(episodes) if overlap(alert, episode)]
        if not matches:
            decisions.append(_gone(alert))
            continue
        going_on = [number for number in matches if episodes[number].ended is None]
        if alert.state != "open":
            ended = [number for number in matches if number not in taken and episodes[number].ended is not None]
            going_on = ended or [number for number in going_on if number not in taken]
        number = going_on[0] if going_on else matches[-1]
        if number in taken:
            continue
        taken.add(number)
        decision = _about(alert, episodes[number], in_time)
        if decision is not None:
            decisions.append(decision)
    for number, episode in enumerate(episodes):
        if number not in taken:
            decisions.append(_new(episode, may_open))
    return decisions


def overlap(alert: Alert, episode: Episode) -> bool:
    """Are there days of the alert in the episode?"""
    starts_before_end = episode.ended is None or alert.since <= episode.ended
    return starts_before_end and (alert.ended is None or episode.since <= alert.ended)


def _gone(alert: Alert) -> Decision:
    if alert.state == "recorded":
        return Decision(None, "forgotten", alert, None)
    return Decision("retracted", "no_longer_in_fold", alert, None)


def _new(episode: Episode, may_open: bool) -> Decision:
    if episode.ended is not None:
        return Decision(None, "seen_after_its_end", None, episode)
    if not may_open:
        return Decision(None, "late_stories_only", None, episode)
    return Decision("opened", "threshold_crossed", None, episode)


def _about(alert: Alert, episode: Episode, in_time: bool) -> Decision | None:
    """What changed of an alert that the fold still knows."""
    if alert.state == "recorded":
        if episode.ended is None and in_time:
            return Decision("opened", "threshold_crossed", alert, episode)
        return None if alert.ended == episode.ended else Decision(None, "seen_after_its_end", alert, episode)
    if alert.state == "open" and episode.ended is not None:
        return Decision("resolved", "below_clear", alert, episode)
    if alert.state == "resolved" and episode.ended is None:
        return Decision("updated", "resumed", alert, episode)
    reason = difference(alert.told, Told.of(episode.state))
    if reason is None:
        return None
    return Decision("escalated" if reason == "tier_raised" else "updated", reason, alert, episode)


def difference(told: Told, now: Told) -> str | None:
    """Why the reader's picture is no longer right: a tier, a figure by a quarter, a second origin; null when it is."""
    if told.severity != now.severity:
        raised = SEVERITIES.index(now.severity) > SEVERITIES.index(told.severity)
        return "tier_raised" if raised else "tier_lowered"
    for name in ("peak", "killed", "injured", "displaced"):
        before, after = getattr(told, name), getattr(now, name)
        if before != after and abs(after - before) >= GREW * before:
            return "figure_grew" if after > before else "figure_fell"
    return "second_origin" if told.origins < 2 <= now.origins else None
