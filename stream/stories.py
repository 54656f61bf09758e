"""Story: one version of one wire story, as every accepted format is read into."""

from datetime import UTC, datetime
from typing import Literal

from pydantic import AwareDatetime, field_validator

from stream.signals import Frozen

PubStatus = Literal["usable", "withheld", "canceled"]
LinkRole = Literal["replaces", "updates", "corrects", "kills", "refers"]
ItemClass = Literal["story", "alert", "roundup", "advisory", "plan", "test"]


class Link(Frozen):
    """Another story that this one names, and what it does to it."""

    role: LinkRole
    uri: str


class StoryHead(Frozen):
    """All that the journal keeps of a story: identity, version, status, links. Never the body.

    Order of versions: `published` (when this version was made), then `version` as a number if both are, else as text.
    """

    uri: str
    version: str = "1"
    published: AwareDatetime
    """When this version was published, UTC: event time, not when it was read."""
    first_published: AwareDatetime | None = None
    status: PubStatus = "usable"
    item_class: ItemClass = "story"
    language: str | None = None
    headline: str | None = None
    credits: tuple[str, ...] = ()
    """Agencies the story is credited to, as written, the first being the origin."""
    feed: str = "unnamed"
    """The feed that brought it: the heartbeat it counts for."""
    url: str | None = None
    located: str | None = None
    slugline: str | None = None
    link_key: str | None = None
    """Keyword line that all leads of one running story repeat (ANPA, slugs), within one day of one agency."""
    ednote: str | None = None
    urgency: int | None = None
    embargoed_until: AwareDatetime | None = None
    embargo_open: bool = False
    """Embargoed with no end given: held until another version says otherwise."""
    links: tuple[Link, ...] = ()

    @field_validator("published", "first_published", "embargoed_until")
    @classmethod
    def to_utc(cls, value: datetime | None) -> datetime | None:
        return None if value is None else value.astimezone(UTC)


class Story(StoryHead):
    """A story with its text, while it is being read."""

    body: str = ""

    @property
    def text(self) -> str:
        """Headline + newline + body, or the body alone: what every offset counts in."""
        return self.body if not self.headline else f"{self.headline}\n{self.body}"

    def head(self) -> StoryHead:
        """The story without its text."""
        return StoryHead(**{name: getattr(self, name) for name in StoryHead.model_fields})


class Rejected(Exception):
    """The bytes are no story. `reason` is from a closed list and is a metric label; `detail` says what to do."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
