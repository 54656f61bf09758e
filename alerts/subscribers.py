"""Subscriber: who is told, of what, where, and in which rendering. Secrets appear here as ciphertext only."""

from typing import Literal

from alerts.revisions import Severity
from stream.signals import Certainty, Frozen

Rendering = Literal["cloudevents", "cap", "alertmanager", "slack"]


class AreaFilter(Frozen):
    """Any of the given matches. `bbox`: west, south, east, north; `polygon`: lon, lat pairs, closed or not."""

    countries: tuple[str, ...] = ()
    admin1: tuple[str, ...] = ()
    """"SY/Idlib": country code, slash, region name."""
    bbox: tuple[float, float, float, float] | None = None
    polygon: tuple[tuple[float, float], ...] = ()


class Subscriber(Frozen):
    """One receiver. `id` is chosen by whoever made it; `managed_by` file or api: files never touch the other's."""

    id: str
    name: str = ""
    endpoint: str
    """Ciphertext: an endpoint's path may be a secret."""
    secrets: tuple[str, ...] = ()
    """Ciphertexts of whsec_ / whsk_ secrets, the newest first; several while a rotation overlaps."""
    rendering: Rendering = "cloudevents"
    kinds: tuple[str, ...] = ()
    """Empty: every kind. Likewise below."""
    severity: Severity = "warning"
    """The lowest that is sent."""
    area: AreaFilter | None = None
    min_origins: int = 1
    certainty: Certainty = "possible"
    """The lowest that is sent."""
    quotes: bool = True
    schedule: tuple[float, ...] | None = None
    """Seconds to wait before each attempt after the first; null: the default 75 h 35 m 05 s schedule."""
    fallback: str | None = None
    """Subscriber told when this one is disabled."""
    state: Literal["active", "paused", "disabled"] = "active"
    state_reason: str | None = None
    managed_by: Literal["file", "api"] = "file"
