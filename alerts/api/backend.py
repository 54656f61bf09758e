"""What the HTTP interface needs of the process it runs in: the one-process service, or a replica on Kafka."""

import sqlite3
from typing import Any, Protocol

from pydantic import BaseModel

from stream.records import CommandRecord


class CommandOutcome(BaseModel, frozen=True):
    """What the engine answered. `reason` is from a closed list; `ok` false means nothing changed."""

    ok: bool
    reason: str
    detail: str = ""
    body: dict[str, Any] = {}


class Backend(Protocol):
    """The shell behind the API."""

    def reader(self) -> sqlite3.Connection:
        """A read-only connection to the engine's file, for the calling thread; rows by name."""

    async def submit(self, command: CommandRecord) -> CommandOutcome:
        """Append to the journal and return when the engine (or this replica of it) has applied it."""

    async def accept(self, raw: bytes, content_type: str | None, feed: str) -> dict[str, Any]:
        """Take one story: {"receipt", "state", ...}, returned only when it is durable."""

    def story_state(self, receipt: str) -> dict[str, Any] | None:
        """What became of an accepted story, or null when the receipt is unknown."""

    def health(self) -> dict[str, Any]:
        """{"ready": bool, "live": bool, "reasons": [...]}: what /readyz and /livez answer."""

    async def changed(self, after: int) -> int:
        """Wait until the engine sequence is above `after`; the new one (for server-sent events)."""
