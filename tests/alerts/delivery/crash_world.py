"""A world in which a sender is killed at any point: the engine and the results in a SQLite file that survives, a
receiver on loopback in a thread of its own that survives too, and a clock that jumps when there is nothing to wait for.

A point is passed before and after every commit and every POST, which is `certain`, and at every resumption of each of
the sender's tasks, that is between any two awaits that suspend; how many of those there are depends on the wire.
Lives that are to be killed are lived in a child process, which ends at the point that was chosen without a further
instruction.
"""

import asyncio
import os
import sqlite3
import threading
from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web
from delivery_samples import SECRET, T0, VAULT, delivery, subscriber

from alerts.delivery import results, signing
from alerts.delivery.addresses import networks
from alerts.delivery.egress import Egress
from alerts.delivery.outbox import Outbox
from alerts.delivery.outcomes import Answer
from alerts.delivery.records import Delivery, DeliveryResult
from alerts.delivery.sender import Sender
from alerts.delivery.webhook import Request
from alerts.engine.engine import Engine
from alerts.engine.store import Store
from alerts.subscribers import Subscriber
from stream.records import CommandRecord
from stream.signals import content_hash

LOOPBACK = networks("127.0.0.1/32")
KILLED = 9


@dataclass(frozen=True)
class Scenario:
    """`batches`: (seconds, [(subscriber, alert, revision number, transition)]) that the engine commits at that time.

    `answers`: per subscriber the status of each POST in turn; the last one stays. A string is a header of a 429, a
    status below zero is a connection closed without an answer. `poison`: alerts whose POSTs are always answered 400.
    """

    name: str
    batches: list[tuple[float, list[tuple[str, str, int, str]]]]
    answers: dict[str, list[int | str]] = field(default_factory=dict)
    poison: tuple[str, ...] = ()
    schedule: tuple[float, ...] | None = None
    fallback: str | None = None


@dataclass(frozen=True)
class Post:
    """One request as the receiver saw it, verified."""

    subscriber: str
    sequence: int
    webhook_id: str
    alert: str | None
    revision: int | None
    supersedes: tuple[int, ...]
    status: int
    notice: str | None
    body: bytes


class Receiver:
    """A real HTTP server in a thread. Its log is the oracle."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        assert self._ready.wait(60)

    def begin(self, scenario: Scenario) -> None:
        self.log: list[Post] = []
        self._left = {name: list(answers) for name, answers in scenario.answers.items()}
        self._poison = scenario.poison

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        app = web.Application()
        app.router.add_post("/{subscriber}", self._take)
        runner = web.AppRunner(app, access_log=None)
        self._loop.run_until_complete(runner.setup())
        self._loop.run_until_complete(web.TCPSite(runner, "127.0.0.1", 0).start())
        self.port = runner.addresses[0][1]
        self._ready.set()
        self._loop.run_forever()
        self._loop.run_until_complete(runner.cleanup())

    async def _take(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        stamp = datetime.fromtimestamp(int(request.headers["webhook-timestamp"]), T0.tzinfo)
        signing.verify(request.headers, body, stamp, [SECRET])
        event = orjson.loads(body)
        data = event["data"]
        assert event["id"] == request.headers["webhook-id"]
        assert data["subscriber"] == request.match_info["subscriber"]
        answer = self._answer(data["subscriber"], data.get("id"))
        self.log.append(
            Post(
                subscriber=data["subscriber"],
                sequence=data["sequence"],
                webhook_id=event["id"],
                alert=data.get("id"),
                revision=data.get("revision"),
                supersedes=tuple(data["supersedes"]),
                status=answer if isinstance(answer, int) else 429,
                notice=data.get("notice"),
                body=body,
            )
        )
        if isinstance(answer, str):
            return web.Response(status=429, headers={"retry-after": answer})
        if answer < 0:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return web.Response(status=answer)

    def _answer(self, name: str, alert: str | None) -> int | str:
        if alert in self._poison:
            return 400
        left = self._left.get(name, [204])
        return left.pop(0) if len(left) > 1 else left[0]


class Doom:
    """Counts points, and ends the process at the one that was chosen, as kill -9 would: nothing is cleaned up."""

    def __init__(self, at: int | None) -> None:
        self.at = at
        self.passed = 0
        self.certain = 0
        self.last_words: Callable[[], None] = lambda: None

    def point(self) -> None:
        self.certain += 1
        self.resumed()

    def resumed(self) -> None:
        self.passed += 1
        if self.passed == self.at:
            self.last_words()
            os._exit(KILLED)

    def stepped(self, loop: asyncio.AbstractEventLoop, coro: Any, **more: Any) -> asyncio.Task[Any]:
        """Task factory: the sender's own tasks pass a point whenever they are resumed."""
        ours = getattr(coro, "__qualname__", "").startswith("Sender.")
        return asyncio.Task(_Stepped(coro, self) if ours else coro, loop=loop, **more)


class _Stepped(Coroutine[Any, Any, Any]):
    def __init__(self, inner: Any, doom: Doom) -> None:
        self._inner, self._doom = inner, doom

    def send(self, value: Any) -> Any:
        self._doom.resumed()
        return self._inner.send(value)

    def throw(self, *exc: Any) -> Any:
        return self._inner.throw(*exc)

    def close(self) -> None:
        self._inner.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._inner.__await__()


class JumpingClock:
    """Goes on by itself only when nothing is under way."""

    def __init__(self, world: "Process") -> None:
        self._world = world

    def now(self) -> datetime:
        return self._world.time

    async def wait(self, news: asyncio.Event, until: datetime | None) -> None:
        if self._world.sender.under_way or news.is_set():
            await news.wait()
            return
        following = [moment for moment in (until, self._world.next_batch()) if moment is not None]
        if not following:
            self._world.finished()
            return
        self._world.time = max(self._world.time, min(following))
        self._world.commit_batches()
        await asyncio.sleep(0)


class Process:
    """One life: from the file, until everything is done or it is killed."""

    def __init__(self, path: Path, scenario: Scenario, receiver: Receiver, doom: Doom, time: datetime) -> None:
        self._scenario, self._receiver, self._doom = scenario, receiver, doom
        self.time = time
        self.store = Store.open(path)
        results.create(self.store.connection)
        self._engine = Engine(self.store)
        self._subscribers: dict[str, Subscriber] = {}
        self.outbox = Outbox(self._subscribers.get)

    def run(self) -> None:
        with asyncio.Runner() as runner:
            runner.get_loop().set_task_factory(self._doom.stepped)
            runner.run(self._run())

    async def _run(self) -> None:
        if self.store.position is None:
            self._make_subscribers()
        self._refresh()
        for each in results.unsettled(self.store.connection):
            if isinstance(each, Delivery):
                self.outbox.add(each, self.time)
            else:
                self.outbox.apply(each)
        self.outbox.rebuilt()
        async with Egress(allowed=LOOPBACK, allow_http=True, now=lambda: self.time) as egress:
            self._egress = egress
            self.sender = Sender(
                self.outbox,
                lookup=self._subscribers.get,
                vault=VAULT,
                post=self._post,
                record=self._record,
                disable=self._disable,
                dead_letter=self._dead_letter,
                clock=JumpingClock(self),
            )
            await asyncio.get_running_loop().create_task(self.sender.run())

    def finished(self) -> None:
        self.sender.stop()

    # the engine's part: batches of revisions, and commands

    def next_batch(self) -> datetime | None:
        done = int(self.store.recall("batches") or 0)
        return None if done == len(self._scenario.batches) else T0 + timedelta(seconds=self._scenario.batches[done][0])

    def commit_batches(self) -> None:
        while (due := self.next_batch()) is not None and due <= self.time:
            done = int(self.store.recall("batches") or 0)
            self.store.begin()
            made = [self._deliver(*each) for each in self._scenario.batches[done][1]]
            self.store.remember("batches", str(done + 1))
            self._commit()
            for each in made:
                if each is not None:
                    self.sender.add(each)

    def _deliver(self, name: str, alert: str, number: int, transition: str) -> Delivery | None:
        """As the engine routes: the subscriber's next sequence; nothing for one that is disabled."""
        run = self.store.connection.execute
        if self._subscribers[name].state == "disabled":
            return None
        run("UPDATE subscribers SET sequence = sequence + 1 WHERE id = ?", (name,))
        sequence = run("SELECT sequence FROM subscribers WHERE id = ?", (name,)).fetchone()[0]
        made = delivery(sequence, alert, number, transition, name)
        run(
            "INSERT INTO deliveries VALUES (?, ?, 0, ?, ?, 0, ?)",
            (name, sequence, alert, number, made.model_dump_json().encode()),
        )
        return made

    def _command(self, name: str, body: dict[str, Any], *identity: object) -> None:
        record = CommandRecord(id=content_hash(name, *identity), name=name, body=body, author="delivery", at=self.time)
        self.store.begin()
        applied = self._engine.apply(record, (self.store.position or 0) + 1)
        self._commit()
        assert applied.outcome is None or applied.outcome.ok, applied.outcome
        self._refresh()
        for each in applied.deliveries:
            self.sender.add(each)

    def _commit(self) -> None:
        self._doom.point()
        self.store.commit()
        self._doom.point()

    def _make_subscribers(self) -> None:
        names = {each[0] for _, batch in self._scenario.batches for each in batch}
        self.store.begin()
        for position, name in enumerate(sorted(names | ({self._scenario.fallback} - {None}))):
            made = subscriber(
                name,
                f"http://127.0.0.1:{self._receiver.port}/{name}",
                schedule=self._scenario.schedule,
                fallback=self._scenario.fallback if name != self._scenario.fallback else None,
                managed_by="api",
            )
            body = {"subscriber": made.model_dump(mode="json")}
            self._engine.apply(CommandRecord(id=name, name="subscribers.put", body=body, author="t", at=T0), position)
        self.store.commit()

    def _refresh(self) -> None:
        rows = self.store.connection.execute("SELECT body FROM subscribers WHERE deleted = 0")
        found = [Subscriber.model_validate_json(row[0]) for row in rows]
        self._subscribers.clear()
        self._subscribers.update({each.id: each for each in found})
        for each in found:
            self.outbox.touch(each.id)

    # the sender's outside world, with points before and after

    async def _post(self, request: Request) -> Answer:
        self._doom.point()
        answer = await self._egress.post(request)
        self._doom.point()
        return answer

    async def _record(self, result: DeliveryResult) -> None:
        self._doom.point()
        await asyncio.sleep(0)
        self.store.begin()
        results.insert(self.store.connection, result)
        self._commit()
        await asyncio.sleep(0)
        self._doom.point()

    async def _disable(self, name: str, reason: str) -> None:
        await asyncio.sleep(0)
        self._command("subscribers.state", {"id": name, "state": "disabled", "reason": reason}, name, reason)
        await asyncio.sleep(0)
        self._doom.point()

    async def _dead_letter(self, name: str, sequence: int, reason: str) -> None:
        body = {"subscriber": name, "sequence": sequence, "reason": reason}
        await asyncio.sleep(0)
        self._command("deliveries.dead_letter", body, name, sequence)
        await asyncio.sleep(0)
        self._doom.point()


@dataclass
class Outcome:
    """What is left when all is over: the file's two tables and the receiver's log."""

    deliveries: list[Delivery]
    results: list[DeliveryResult]
    log: list[Post]
    points: int
    certain: int
    killed: int


def lived(path: Path, scenario: Scenario, receiver: Receiver, *kill_at: int) -> Outcome:
    """Run a scenario to its end; first, for each point given, in a process of its own that is killed at that point."""
    receiver.begin(scenario)
    time, killed = T0, 0
    for point in kill_at:
        time, reached = _killed(path, scenario, receiver, point, time)
        killed += reached
    doom = Doom(None)
    process = Process(path, scenario, receiver, doom, time)
    process.run()
    connection: sqlite3.Connection = process.store.connection
    found = Outcome(
        deliveries=[
            Delivery.model_validate_json(row[0])
            for row in connection.execute("SELECT json FROM deliveries ORDER BY subscriber, sequence")
        ],
        results=[
            DeliveryResult.model_validate_json(row[0])
            for row in connection.execute("SELECT json FROM delivery_results ORDER BY id")
        ],
        log=list(receiver.log),
        points=doom.passed,
        certain=doom.certain,
        killed=killed,
    )
    process.store.close()
    return found


def _killed(path: Path, scenario: Scenario, receiver: Receiver, kill_at: int, time: datetime) -> tuple[datetime, bool]:
    """Live in a child from `time` until that point; the time it was then, and whether the point was reached."""
    clock = path.with_suffix(".time")
    child = os.fork()
    if child == 0:
        try:
            doom = Doom(kill_at)
            process = Process(path, scenario, receiver, doom, time)
            doom.last_words = lambda: clock.write_text(process.time.isoformat())
            process.run()
            doom.last_words()
            os._exit(0)
        finally:
            os._exit(1)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in (0, KILLED), f"exit {status}"
    return datetime.fromisoformat(clock.read_text()), status == KILLED
