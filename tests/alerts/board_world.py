"""A process behind the API that takes records as well as commands, a few days of news, answers held to the document."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient, TestServer
from api_world import MANAGE, READ, SmallBackend, bearer, settings
from jsonschema import Draft202012Validator

from alerts.api.app import build
from alerts.api.backend import CommandOutcome
from alerts.engine.engine import Applied
from stream.records import CommandRecord, Record
from tests.alerts.engine.wire import (
    ALBA,
    BORA,
    CORVO,
    IRAQ,
    RULES,
    breach,
    figure,
    flight,
    rules_of,
    story,
    strike,
    tick,
)

READER, BOSS = bearer(READ), bearer(MANAGE)


class LiveBackend(SmallBackend):
    """As SmallBackend, and whoever waits for news is told."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._news = asyncio.Condition()

    async def take(self, *records: Record) -> list[Applied]:
        """Apply records, all in one commit."""
        self.store.begin()
        applied = [self._engine.apply(record, (self.store.position or 0) + 1) for record in records]
        self.store.commit()
        await self._ring()
        return applied

    async def submit(self, command: CommandRecord) -> CommandOutcome:
        outcome = await super().submit(command)
        await self._ring()
        return outcome

    async def changed(self, after: int) -> int:
        async with self._news:
            await self._news.wait_for(lambda: self.store.sequence > after)
        return self.store.sequence

    async def _ring(self) -> None:
        async with self._news:
            self._news.notify_all()


@asynccontextmanager
async def board(path: Path, *records: Record, **changes: Any) -> AsyncIterator[tuple[TestClient, LiveBackend]]:
    """A client of the API over an engine that has taken these records under the tests' rules."""
    backend = LiveBackend(path / "board.db")
    await backend.take(rules_of(RULES), *records)
    async with TestClient(TestServer(build(backend, settings(**changes)))) as client:
        yield client, backend
    backend.store.close()


def days_of_quiet(first: int, last: int) -> list[Record]:
    """A story about nothing on every day, both ends inside, and the ticks that go with them."""
    made: list[Record] = []
    for number in range(first, last + 1):
        made += [tick(number), story(f"quiet-{number}", number + 0.1)]
    return made


def strikes(when: int) -> list[Record]:
    """Three strikes on day `when`, each in a story of its own: the rule `strikes` opens. The first has an address."""
    words = "12 people were killed when jets struck Alba"
    first = strike(ALBA, when, words=words).model_copy(update={"killed": figure(12, "12 people")})
    return [
        tick(when + 0.2),
        story(f"alba-{when}", when + 0.3, first, url="https://news.example/alba", headline="Jets strike Alba"),
        story(f"bora-{when}", when + 0.31, strike(BORA, when, 2), credit="Reuters"),
        story(f"corvo-{when}", when + 0.32, strike(CORVO, when)),
        tick(when + 0.4),
    ]


def breaches(when: int) -> list[Record]:
    """One observed breach of a truce: the rule `breaches` opens."""
    return [story(f"breach-{when}", when + 0.5, breach(BORA, when)), tick(when + 0.6)]


def flights(when: int) -> list[Record]:
    """Sixty thousand flee in another country: the rule `flight` opens, severe."""
    return [story(f"flight-{when}", when + 0.55, flight(IRAQ, when, 60_000)), tick(when + 0.65)]


async def told(client: TestClient, path: str, status: int = 200, **query: Any) -> Any:
    """The body of an answer to a reader, checked against the OpenAPI document."""
    answer = await client.get(path, params={name: str(value) for name, value in query.items()}, headers=READER)
    body = await answer.json(content_type=None)
    assert answer.status == status, body
    await conforms(client, "get", path, answer, body)
    return body


async def conforms(client: TestClient, method: str, path: str, answer: Any, body: Any) -> None:
    """Does the body match the schema that the document gives for this answer?"""
    document = await (await client.get("/openapi.json")).json()
    template = next(known for known in document["paths"] if _is(known, path) and method in document["paths"][known])
    described = document["paths"][template][method]["responses"][str(answer.status)]
    schema = described["content"][answer.content_type]["schema"]
    Draft202012Validator({**schema, "components": document["components"]}).validate(body)


def _is(template: str, path: str) -> bool:
    ours, theirs = template.split("/"), path.split("/")
    return len(ours) == len(theirs) and all(a == b or a.startswith("{") for a, b in zip(ours, theirs, strict=True))
