"""A process as small as can be behind the API: the real engine on a file, commands applied at once, stories kept."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient, TestServer
from delivery_samples import delivery, result

from alerts.api.app import build
from alerts.api.backend import CommandOutcome
from alerts.delivery import results
from alerts.engine.engine import Engine
from alerts.engine.store import Store, connect
from config.settings import Settings
from stream.records import CommandRecord

KEY = "a-test-key-that-is-long-enough-0123456789"
READ, MANAGE, INTAKE = "read-token-0123456789", "manage-token-0123456789", "intake-token-0123456789"
TOKENS = f"reader:read:{READ}, boss:manage:{MANAGE}, wire:intake:{INTAKE}"


class SmallBackend:
    """Implements alerts.api.backend.Backend."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.store = Store.open(path)
        results.create(self.store.connection)
        self._engine = Engine(self.store)
        self._readers = threading.local()
        self._lock = asyncio.Lock()
        self.commands: list[CommandRecord] = []
        self.stories: dict[str, tuple[bytes, str | None, str]] = {}
        self.state: dict[str, Any] = {"ready": True, "live": True, "reasons": []}

    def reader(self) -> sqlite3.Connection:
        if not hasattr(self._readers, "connection"):
            self._readers.connection = connect(self._path, readonly=True)
        return self._readers.connection

    async def submit(self, command: CommandRecord) -> CommandOutcome:
        async with self._lock:
            self.commands.append(command)
            self.store.begin()
            applied = self._engine.apply(command, (self.store.position or 0) + 1)
            self.store.commit()
        return applied.outcome or CommandOutcome(ok=applied.effective, reason=applied.reason)

    async def accept(self, raw: bytes, content_type: str | None, feed: str) -> dict[str, Any]:
        receipt = f"receipt-{len(self.stories)}"
        self.stories[receipt] = (raw, content_type, feed)
        return {"receipt": receipt, "state": "accepted", "reason": "applied"}

    def story_state(self, receipt: str) -> dict[str, Any] | None:
        return {"receipt": receipt, "state": "read"} if receipt in self.stories else None

    def health(self) -> dict[str, Any]:
        return self.state

    async def changed(self, after: int) -> int:
        return after + 1

    # what a test puts in

    def deliver(self, *made: Any) -> None:
        """Deliveries as the engine would have made them, and results as the sender would have."""
        self.store.begin()
        for each in made:
            if hasattr(each, "attempt"):
                results.insert(self.store.connection, each)
            else:
                alert = each.revision.id if each.revision else None
                row = (each.subscriber, each.sequence, 0, alert, 1, 0, each.model_dump_json().encode())
                self.store.connection.execute("INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, ?, ?)", row)
                self.store.connection.execute(
                    "UPDATE subscribers SET sequence = max(sequence, ?) WHERE id = ?", (each.sequence, each.subscriber)
                )
        self.store.commit()


def settings(**changes: Any) -> Settings:
    values: dict[str, Any] = {"secret_key": KEY, "tokens": TOKENS, "rate_limit": 0}
    return Settings(**(values | changes))


@asynccontextmanager
async def serving(path: Path, **changes: Any) -> AsyncIterator[tuple[TestClient, SmallBackend]]:
    """A client of the API, and what is behind it."""
    seconds = changes.pop("seconds", None)
    backend = SmallBackend(path / "api.db")
    more = {"seconds": seconds} if seconds else {}
    app = build(backend, settings(**changes), **more)
    async with TestClient(TestServer(app)) as client:
        yield client, backend
    backend.store.close()


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def history(subscriber: str = "desk") -> list[Any]:
    """Eight deliveries: superseded, delivered, dead-lettered and pending ones."""
    made: list[Any] = [delivery(n, alert=f"alert-{n}", subscriber=subscriber) for n in range(1, 9)]
    made += [
        result(1, 1, "http_5xx", http_status=500, seconds=0.1, subscriber=subscriber),
        result(1, 0, "superseded", settled="superseded", superseded_by=2, subscriber=subscriber),
        result(2, 1, "delivered", http_status=204, seconds=0.2, supersedes=(1,), subscriber=subscriber),
        result(3, 1, "delivered", subscriber=subscriber),
        result(4, 1, "http_4xx", http_status=400, settled="dead_lettered", subscriber=subscriber),
        result(5, 1, "delivered", subscriber=subscriber),
        result(6, 1, "timeout", next_attempt=result(6).at, subscriber=subscriber),
    ]
    return made
