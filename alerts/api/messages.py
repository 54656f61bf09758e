"""Shapes that leave Tocsin other than as an answer, for their schemas: the webhook's event, `tocsin extract`'s line."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from alerts.revisions import AlertRevision
from stream.signals import Frozen, Mention, Signal
from stream.stories import PubStatus


class Omitted(Frozen):
    """What was left out of a webhook to keep it small."""

    incidents: int
    quotes: int


class ToldRevision(AlertRevision):
    """The `data` of a webhook about an alert: the revision, and the frame of its delivery."""

    subscriber: str
    sequence: int
    """The subscriber's own, without gaps, from 1."""
    supersedes: tuple[int, ...]
    """Earlier sequences, of the same alert, that are not sent because this one says more."""
    omitted: Omitted | None = None


class Notice(Frozen):
    """The `data` of a webhook about no alert: a test, or a subscriber that was disabled."""

    subscriber: str
    sequence: int
    supersedes: tuple[int, ...]
    notice: str


class WebhookEvent(BaseModel):
    """A webhook in the default rendering: CloudEvents 1.0, structured JSON. `id` is the `webhook-id` header."""

    model_config = ConfigDict(extra="forbid")

    specversion: Literal["1.0"]
    id: str
    source: str
    type: str
    time: AwareDatetime
    datacontenttype: Literal["application/json"]
    sequence: str
    subject: str | None = None
    """The alert's id."""
    data: ToldRevision | Notice


class ExtractedStory(Frozen):
    """Identity, version and status of the story that was read."""

    uri: str
    version: str
    published: AwareDatetime
    status: PubStatus


class Extracted(Frozen):
    """A line of `tocsin extract`. `mentions`: words that look like a signal and are none, with the reason."""

    story: ExtractedStory
    signals: tuple[Signal, ...]
    mentions: tuple[Mention, ...] = ()
    note: str | None
    """Why there is no signal, or null."""
