"""Subscriber: who is told, of what, where, and in which rendering. Secrets appear here as ciphertext only."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from alerts.revisions import Severity
from stream.signals import Certainty, Frozen

Rendering = Literal["cloudevents", "cap", "alertmanager", "slack"]
SubscriberId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Wait = Annotated[float, Field(gt=0, le=604_800)]


class AreaFilter(Frozen):
    """Any of the given matches. `bbox`: west, south, east, north; `polygon`: lon, lat pairs, closed or not."""

    countries: tuple[Country, ...] = ()
    admin1: tuple[Word, ...] = ()
    """"SY/Idlib": country code, slash, region name."""
    bbox: tuple[Longitude, Latitude, Longitude, Latitude] | None = None
    """West greater than east: the box crosses the 180th meridian."""
    polygon: tuple[tuple[Longitude, Latitude], ...] = Field((), max_length=1_000)

    @model_validator(mode="after")
    def _is_an_area(self) -> Self:
        if self.bbox is not None and self.bbox[1] > self.bbox[3]:
            raise ValueError("bbox: south is above north (the order is west, south, east, north)")
        if self.polygon and len(set(self.polygon)) < 3:
            raise ValueError("polygon: three different points at least")
        return self


class Wishes(Frozen):
    """What a subscriber wants to be told, and how: what its owner may set, and a reader may see."""

    name: str = Field("", max_length=200)
    rendering: Rendering = "cloudevents"
    kinds: tuple[Word, ...] = Field((), max_length=100)
    """Empty: every kind. Likewise below."""
    severity: Severity = "warning"
    """The lowest that is sent."""
    area: AreaFilter | None = None
    min_origins: int = Field(1, ge=1, le=1_000)
    certainty: Certainty = "possible"
    """The lowest that is sent."""
    quotes: bool = True
    schedule: tuple[Wait, ...] | None = Field(None, max_length=50)
    """Seconds to wait before each attempt after the first; null: the default 75 h 35 m 05 s schedule."""
    fallback: SubscriberId | None = None
    """Subscriber told when this one is disabled."""


class Subscriber(Wishes):
    """One receiver. `id` is chosen by whoever made it; `managed_by` file or api: files never touch the other's."""

    id: SubscriberId
    endpoint: str
    """Ciphertext: an endpoint's path may be a secret."""
    secrets: tuple[str, ...] = ()
    """Ciphertexts of whsec_ / whsk_ secrets, the newest first; several while a rotation overlaps."""
    state: Literal["active", "paused", "disabled"] = "active"
    state_reason: str | None = None
    managed_by: Literal["file", "api"] = "file"
