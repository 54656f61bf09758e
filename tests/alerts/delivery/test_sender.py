"""The sender with real sockets: isolation, order, what it records and when, and what it never says."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from delivery_samples import QUOTE, SECRET, T0, VAULT, delivery, notice, result, subscriber
from prometheus_client import generate_latest
from receivers import listening, status
from structlog.testing import capture_logs

from alerts.delivery import results, signing
from alerts.delivery.addresses import networks
from alerts.delivery.capacity import Limits
from alerts.delivery.egress import Egress
from alerts.delivery.outbox import Outbox
from alerts.delivery.records import Delivery, DeliveryResult
from alerts.delivery.secrets import Vault
from alerts.delivery.sender import Sender, WallClock
from alerts.engine.store import Store
from alerts.subscribers import Subscriber


class Shell:
    """What a process gives a sender: subscribers, a file for the results, and somebody who disables."""

    def __init__(self, limits: Limits = Limits(), vault: Vault | None = VAULT) -> None:
        self.subscribers: dict[str, Subscriber] = {}
        self.store = Store.open()
        results.create(self.store.connection)
        self.outbox = Outbox(self.subscribers.get, limits)
        self.disabled: list[tuple[str, str]] = []
        self.given_up: list[tuple[str, int, str]] = []
        self.news = asyncio.Event()
        self.vault = vault

    @asynccontextmanager
    async def sending(self, total_seconds: float = 30.0) -> AsyncIterator[Sender]:
        async with Egress(allowed=networks("127.0.0.1/32"), allow_http=True, total_seconds=total_seconds) as egress:
            sender = Sender(
                self.outbox,
                lookup=self.subscribers.get,
                vault=self.vault,
                post=egress.post,
                record=self.record,
                disable=self.disable,
                dead_letter=self.dead_letter,
            )
            running = asyncio.create_task(sender.run())
            try:
                yield sender
            finally:
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)

    async def record(self, made: DeliveryResult) -> None:
        await asyncio.sleep(0)
        results.insert(self.store.connection, made)
        self.news.set()

    async def disable(self, name: str, reason: str) -> None:
        self.disabled.append((name, reason))
        self.subscribers[name] = self.subscribers[name].model_copy(update={"state": "disabled"})

    async def dead_letter(self, name: str, sequence: int, reason: str) -> None:
        self.given_up.append((name, sequence, reason))

    def log(self, name: str = "desk") -> list[DeliveryResult]:
        rows = self.store.connection.execute(
            "SELECT json FROM delivery_results WHERE subscriber = ? ORDER BY id", (name,)
        )
        return [DeliveryResult.model_validate_json(row[0]) for row in rows]

    async def until(self, count: int, name: str = "desk") -> list[DeliveryResult]:
        """Wait for that many results."""
        async with asyncio.timeout(60):
            while len(found := self.log(name)) < count:
                self.news.clear()
                await self.news.wait()
        return found


def body_of(request: tuple[str, dict[str, str], bytes]) -> dict:
    return orjson.loads(request[2])["data"]


async def test_a_delivery_arrives_signed_with_the_subscribers_sequence() -> None:
    shell = Shell()
    async with listening() as receiver, shell.sending() as sender:
        shell.subscribers["desk"] = subscriber("desk", receiver.url("/hook?token=tell-nobody"))
        sender.add(delivery(1))
        assert await sender.sent(60)

    ((path, headers, body),) = receiver.requests
    assert path == "/hook?token=tell-nobody"
    signing.verify(headers, body, WallClock().now(), [SECRET])
    assert headers["content-type"] == "application/cloudevents+json"
    assert (body_of(receiver.requests[0])["sequence"], body_of(receiver.requests[0])["supersedes"]) == (1, [])
    (made,) = shell.log()
    assert (made.outcome, made.settled, made.attempt, made.http_status) == ("delivered", "delivered", 1, 204)


async def test_a_hundred_dead_receivers_never_delay_a_live_one() -> None:
    """They hang, refuse and drip; while every one of them still does, the live one has had all of its own."""
    shell = Shell()
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        async with listening() as dead, listening() as live, shell.sending(total_seconds=300) as sender:
            closed = f"http://127.0.0.1:{nobody.getsockname()[1]}/"
            for n in range(100):
                url = (dead.url("/never_answers"), dead.url("/slow_headers"), closed)[n % 3]
                shell.subscribers[f"dead-{n}"] = subscriber(f"dead-{n}", url)
                for sequence in (1, 2, 3):
                    sender.add(delivery(sequence, alert=f"alert-{sequence}", subscriber=f"dead-{n}"))
            shell.subscribers["desk"] = subscriber("desk", live.url("/hook"))
            for sequence in range(1, 201):
                sender.add(delivery(sequence, alert=f"alert-{sequence}"))

            await shell.until(200)

            hanging = [n for n in range(100) if n % 3 != 2]
            assert all(shell.log(f"dead-{n}") == [] for n in hanging), "none of them has even timed out"
            assert len(live.requests) == 200
            assert all(len(shell.outbox.pending(f"dead-{n}")) == 3 for n in range(100))


async def test_a_live_one_has_room_also_when_the_dead_fill_theirs() -> None:
    shell = Shell(Limits(total=20, unproved=10))
    async with listening() as dead, listening() as live, shell.sending(total_seconds=300) as sender:
        shell.subscribers["desk"] = subscriber("desk", live.url("/hook"))
        shell.outbox.apply(result(1))
        for n in range(100):
            shell.subscribers[f"dead-{n}"] = subscriber(f"dead-{n}", dead.url("/never_answers"))
            sender.add(delivery(1, subscriber=f"dead-{n}"))
        for sequence in range(2, 52):
            sender.add(delivery(sequence, alert=f"alert-{sequence}"))
        await shell.until(50)
        assert len(dead.requests) <= 10


async def test_revisions_of_an_alert_wait_for_the_one_before() -> None:
    shell = Shell()
    async with listening() as receiver, shell.sending() as sender:
        shell.subscribers["desk"] = subscriber("desk", receiver.url("/hook"))
        for number in range(1, 21):
            sender.add(delivery(number, number=number))
        assert await sender.sent(60)
    assert [body_of(request)["revision"] for request in receiver.requests] == list(range(1, 21))


async def test_429_with_retry_after_is_tried_again_then_and_not_before() -> None:
    shell = Shell()
    async with listening() as receiver, shell.sending() as sender:
        shell.subscribers["desk"] = subscriber("desk", receiver.url("/hook"))
        receiver.answers["/hook"] = [status(429, "retry-after: 1\r\n"), status(204)]
        sender.add(delivery(1))
        assert await sender.sent(60)
    first, second = shell.log()
    assert (first.outcome, first.settled, second.outcome) == ("throttled", None, "delivered")
    assert (first.next_attempt - first.at).total_seconds() <= 1.0
    assert second.at >= first.next_attempt
    assert receiver.requests[0][1]["webhook-id"] == receiver.requests[1][1]["webhook-id"]
    assert receiver.requests[0][2] == receiver.requests[1][2]


async def test_410_disables_before_the_result_is_on_record_and_nothing_more_is_sent() -> None:
    shell = Shell(Limits(grace=timedelta(0)))
    async with listening() as receiver, shell.sending() as sender:
        shell.subscribers["desk"] = subscriber("desk", receiver.url("/hook"))
        receiver.answers["/hook"] = [status(410)]
        for sequence in (1, 2, 3):
            sender.add(delivery(sequence, alert=f"alert-{sequence}"))
        found = await shell.until(3)
    assert shell.disabled == [("desk", "gone")]
    assert len(receiver.requests) == 1
    assert {(r.sequence, r.outcome, r.settled) for r in found} == {
        (1, "gone", "dead_lettered"),
        (2, "disabled", "dead_lettered"),
        (3, "disabled", "dead_lettered"),
    }


async def test_without_the_right_key_nothing_is_sent_and_nothing_is_lost() -> None:
    shell = Shell(vault=Vault("another-key-that-opens-nothing-at-all-0000"))
    async with listening() as receiver, shell.sending() as sender:
        shell.subscribers["desk"] = subscriber("desk", receiver.url("/hook"))
        sender.add(delivery(1))
        (made,) = await shell.until(1)
    assert (made.outcome, made.settled) == ("unreadable_secret", None)
    assert receiver.requests == []
    assert shell.outbox.pending("desk") == [1]


async def test_when_a_result_cannot_be_recorded_the_sender_ends_and_says_why() -> None:
    """Going on would make promises that a restart does not know of."""

    class DiskFull(Exception):
        pass

    shell = Shell()

    async def record(made: DeliveryResult) -> None:
        raise DiskFull

    shell.record = record
    async with listening() as receiver, Egress(allowed=networks("127.0.0.1/32"), allow_http=True) as egress:
        shell.subscribers["desk"] = subscriber("desk", receiver.url("/hook"))
        sender = Sender(
            shell.outbox, lookup=shell.subscribers.get, vault=VAULT, post=egress.post, record=record,
            disable=shell.disable,
        )  # fmt: skip
        sender.add(delivery(1))
        with pytest.raises(ExceptionGroup) as fault:
            await sender.run()
        assert isinstance(fault.value.exceptions[0], DiskFull)
    assert shell.outbox.pending("desk") == [1]


async def test_stop_lets_what_is_under_way_be_recorded() -> None:
    shell = Shell()
    async with listening() as receiver, Egress(allowed=networks("127.0.0.1/32"), allow_http=True) as egress:
        shell.subscribers["desk"] = subscriber("desk", receiver.url("/hook"))

        async def post(request):
            sender.stop()
            return await egress.post(request)

        sender = Sender(
            shell.outbox, lookup=shell.subscribers.get, vault=VAULT, post=post, record=shell.record,
            disable=shell.disable,
        )  # fmt: skip
        for sequence in (1, 2):
            sender.add(delivery(sequence, alert=f"alert-{sequence}"))
        await sender.run()
    assert [made.sequence for made in shell.log()] == [1]
    assert shell.outbox.pending("desk") == [2]


async def test_a_restart_takes_up_what_the_file_says_is_pending(tmp_path: Path) -> None:
    shell = Shell()
    insert = "INSERT INTO deliveries VALUES (?, ?, 0, ?, 1, 0, ?)"
    made: list[Delivery] = [delivery(1), delivery(2, number=2), delivery(3, alert="other"), notice(4)]
    for each in made:
        alert = each.revision.id if each.revision else None
        shell.store.connection.execute(insert, (each.subscriber, each.sequence, alert, each.model_dump_json()))
    for each in (
        result(1, 1, "http_5xx", next_attempt=T0),
        result(1, 0, "superseded", settled="superseded", superseded_by=2),
        result(2, 1, "timeout", next_attempt=T0, supersedes=(1,)),
        result(3, 1, "delivered"),
    ):
        assert results.insert(shell.store.connection, each)
    for each in results.unsettled(shell.store.connection):
        shell.outbox.add(each, T0) if isinstance(each, Delivery) else shell.outbox.apply(each)
    shell.outbox.rebuilt()
    assert shell.outbox.pending("desk") == [2, 4]
    async with listening() as receiver, shell.sending() as sender:
        shell.subscribers["desk"] = subscriber("desk", receiver.url("/hook"))
        assert await sender.sent(60)
    told = {body_of(request)["sequence"]: body_of(request)["supersedes"] for request in receiver.requests}
    assert told == {2: [1], 4: []}
    assert [r.attempt for r in shell.log() if r.sequence == 2] == [1, 2]


async def test_no_secret_no_address_and_no_story_text_is_in_a_log_line_a_result_or_a_metric() -> None:
    shell = Shell()
    with capture_logs() as lines:
        async with listening() as receiver, shell.sending(total_seconds=0.3) as sender:
            for n, path in enumerate(("/hook", "/never_answers", "/reset_at_once", "/to_metadata", "/not_http")):
                name = f"desk-{n}"
                shell.subscribers[name] = subscriber(name, receiver.url(path + "?token=tell-nobody"))
                sender.add(delivery(1, subscriber=name))
            shell.subscribers["desk-5"] = subscriber("desk-5", "https://169.254.169.254/?token=tell-nobody")
            sender.add(delivery(1, subscriber="desk-5"))
            for n in range(6):
                await shell.until(1, f"desk-{n}")
            sender.measure()
    rows = shell.store.connection.execute("SELECT json FROM delivery_results").fetchall()
    said = repr(lines) + generate_latest().decode() + repr([tuple(row) for row in rows])
    assert len(lines) >= 6
    for words in ("tell-nobody", "127.0.0.1", "169.254", SECRET, SECRET[6:], QUOTE, "Saraqib"):
        assert words not in said


def test_results_are_forgotten_with_their_deliveries() -> None:
    shell = Shell()
    run = shell.store.connection.execute
    for each in (delivery(1), delivery(2)):
        run("INSERT INTO deliveries VALUES (?, ?, 0, '', 1, ?, ?)", ("desk", each.sequence, each.sequence, b"{}"))
        results.insert(shell.store.connection, result(each.sequence))
    run("DELETE FROM deliveries WHERE day < 2")
    assert [made.sequence for made in shell.log()] == [2]


def test_a_result_is_on_record_once_and_a_delivery_ends_once() -> None:
    shell = Shell()
    insert = results.insert
    assert insert(shell.store.connection, result(1, 1, "http_5xx"))
    assert not insert(shell.store.connection, result(1, 1, "delivered")), "this attempt is on record"
    assert insert(shell.store.connection, result(1, 2, "delivered"))
    assert not insert(shell.store.connection, result(1, 3, "delivered")), "it has ended"
    assert [made.attempt for made in shell.log()] == [1, 2]
