"""Sending from the one-process service: the outbox over the service's own file."""

import asyncio
import sqlite3
from typing import Any

import structlog

from alerts.delivery import results
from alerts.delivery.addresses import networks
from alerts.delivery.egress import Egress
from alerts.delivery.outbox import Outbox
from alerts.delivery.records import Delivery, DeliveryResult
from alerts.delivery.secrets import NoSecretKey, Vault
from alerts.delivery.sender import Sender
from alerts.subscribers import Subscriber
from config.settings import Settings
from stream.records import CommandRecord
from stream.signals import content_hash
from tocsin.service import Service
from tocsin.writer import Written

log = structlog.get_logger()


class Sending:
    """Hears what the writer committed, and sends it. `start` takes up what an earlier process left."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._subscribers: dict[str, Subscriber] = {}
        self._outbox = Outbox(self._subscribers.get)
        self._early: list[Written] = []
        self._behind: list[Written] = []
        """Committed with a change of the subscribers or after it, which is not taken over yet."""
        self._refreshing: asyncio.Task[None] | None = None
        self._sender: Sender | None = None

    async def start(self, service: Service) -> None:
        """Rebuild what is pending, then send."""
        self._service = service
        settings = self._settings
        allowed = networks(settings.allowed_private)
        self._egress = await Egress(allowed=allowed, allow_http=settings.allow_http).__aenter__()
        await self._refresh()
        for each in await service.ask(_unsettled):
            if isinstance(each, Delivery):
                self._outbox.add(each, service.now())
            else:
                self._outbox.apply(each)
        self._outbox.rebuilt()
        self._sender = Sender(
            self._outbox,
            lookup=self._subscribers.get,
            vault=_vault(settings),
            post=self._egress.post,
            record=self._record,
            disable=self._disable,
            dead_letter=self._dead_letter,
            source=settings.source,
        )
        for written in self._early:
            self.heard(written)
        self._task = asyncio.create_task(self._sender.run())

    async def stop(self) -> None:
        """Begin nothing more; return when what is under way is on record."""
        if self._sender is None:
            return
        self._sender.stop()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._egress.__aexit__(None, None, None)

    def heard(self, written: Written) -> None:
        """On the event loop: a record was committed."""
        if self._sender is None:
            self._early.append(written)
            return
        changes = isinstance(written.record, CommandRecord) and written.record.name.startswith("subscribers.")
        if changes and not self._behind:
            self._refreshing = asyncio.create_task(self._catch_up())
        if changes or self._behind:
            self._behind.append(written)
        else:
            self._add(written)

    async def sent(self, timeout: float | None = None) -> bool:
        """Wait until nothing is pending."""
        return self._sender is None or await self._sender.sent(timeout)

    def failed(self) -> BaseException | None:
        """What ended the sending, if anything did."""
        tasks = [] if self._sender is None else [self._task, *([self._refreshing] if self._refreshing else [])]
        ended = [task for task in tasks if task.done() and not task.cancelled()]
        return next((task.exception() for task in ended if task.exception() is not None), None)

    def measure(self) -> None:
        """Set the gauges of the outbox."""
        if self._sender is not None:
            self._sender.measure()

    def _add(self, written: Written) -> None:
        for delivery in written.applied.deliveries:
            assert self._sender is not None
            self._sender.add(delivery)

    async def _catch_up(self) -> None:
        """Take over changed subscribers, and only then what was committed with the change or after it: a ping that
        follows a rotated secret is signed with the new one.
        """
        while self._behind:
            count = len(self._behind)
            await self._refresh()
            for written in self._behind[:count]:
                self._add(written)
            del self._behind[:count]

    async def _refresh(self) -> None:
        """Take over the subscribers as the engine has them now."""
        found = await self._service.ask(_subscribers)
        changed = {
            name for name in found.keys() | self._subscribers.keys() if found.get(name) != self._subscribers.get(name)
        }
        self._subscribers.clear()
        self._subscribers.update(found)
        if self._sender is not None:
            for name in changed:
                self._sender.touch(name)

    async def _record(self, result: DeliveryResult) -> None:
        await self._service.record_result(result)

    async def _disable(self, subscriber: str, reason: str) -> None:
        at = self._service.now()
        body = {"id": subscriber, "state": "disabled", "reason": reason}
        await self._submit("subscribers.state", body, subscriber, reason, at.isoformat())

    async def _dead_letter(self, subscriber: str, sequence: int, reason: str) -> None:
        body = {"subscriber": subscriber, "sequence": sequence, "reason": reason}
        await self._submit("deliveries.dead_letter", body, subscriber, sequence)

    async def _submit(self, name: str, body: dict[str, Any], *identity: object) -> None:
        """The same identity is the same command, also after a crash."""
        identifier = content_hash(name, *identity)
        command = CommandRecord(id=identifier, name=name, body=body, author="delivery", at=self._service.now())
        await self._service.submit(command)


def _vault(settings: Settings) -> Vault | None:
    try:
        return Vault.of(settings)
    except NoSecretKey:
        return None


def _unsettled(connection: sqlite3.Connection) -> list[Delivery | DeliveryResult]:
    return list(results.unsettled(connection))


def _subscribers(connection: sqlite3.Connection) -> dict[str, Subscriber]:
    rows = connection.execute("SELECT body FROM subscribers WHERE NOT deleted").fetchall()
    found = [Subscriber.model_validate_json(body) for (body,) in rows]
    return {subscriber.id: subscriber for subscriber in found}
