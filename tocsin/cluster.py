"""`tocsin cluster`: a whole cluster on this machine, with a real Apache Kafka, to look at; not for production."""

import asyncio
import secrets
import signal
import sqlite3
import sys
import tempfile
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson
from pydantic import SecretStr
from rich.console import Console

from alerts import app_kafka
from alerts.engine import continuity
from alerts.engine.store import SchemaMismatch, Store
from alerts.revisions import AlertRevision
from config.settings import Settings
from config.topics import topics
from stream.records import CommandRecord
from tocsin import replay, sample, sources, terminal
from tocsin.broker import journal, provisioning
from tocsin.broker.publishing import publish
from tocsin.failures import DONE, CommandError
from tocsin.local_broker import LocalBroker, free_port
from tocsin.processes import Processes
from tocsin.receiver import Receiver
from tocsin.replay_command import read_rules

PARTITIONS = 2
START_SECONDS, END_SECONDS = 60.0, 90.0


def play(*, with_sample: bool, home: Path | None) -> int:
    """Start everything; play the sample wire or wait for stories; end everything. Raises Unavailable."""
    with ExitStack() as ending:
        if home is None:
            home = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="tocsin-cluster-")))
        out = Console(file=sys.stdout, highlight=False, soft_wrap=True)
        out.print("Starting Apache Kafka (the first time its jars are fetched by Maven) …")
        local = ending.enter_context(LocalBroker(home / "kafka"))
        return asyncio.run(_Cluster(out, home, local.bootstrap, ending).play(with_sample))


class _Cluster:
    """One run of it. `ending` takes down what was started, in reverse order."""

    def __init__(self, out: Console, home: Path, bootstrap: str, ending: ExitStack) -> None:
        self._out = out
        self._settings = Settings(
            bootstrap=bootstrap,
            db=home / "detect.db",
            clock="story",
            secret_key=SecretStr(secrets.token_urlsafe(32)),
            allowed_private="127.0.0.0/8",
            allow_http=True,
        )
        self._ending = ending
        self._port = free_port()
        self._raised: dict[str, list[AlertRevision]] = {}
        self._secret = "whsec_" + b64encode(secrets.token_bytes(32)).decode()
        self._processes = Processes(home / "logs", **_environment(self._settings))

    async def play(self, with_sample: bool) -> int:
        """Start the processes, and play or wait."""
        out, loop = self._out, asyncio.get_running_loop()
        told = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, told.set)
        receiver = Receiver(self._secret, lambda body: out.print(sample.webhook_line(body)))
        await receiver.start()
        try:
            await asyncio.to_thread(self._prepare, f"http://127.0.0.1:{receiver.port}/hook")
            self._start()
            watching = threading.Thread(target=self._watch, daemon=True)
            watching.start()
            url = f"http://127.0.0.1:{self._port}"
            await self._until(self._serving, START_SECONDS, told, "the processes to come up")
            out.print(f"Kafka on {self._settings.bootstrap}; serving on {url} — board: /, API: /v1/alerts, /metrics.\n")
            if with_sample and not told.is_set():
                await self._play_wire(told, receiver, url)
            if (sys.stdout.isatty() or not with_sample) and not told.is_set():
                out.print("\nStill serving. [bold]Ctrl-C[/] ends it.")
                await self._until(lambda: False, float("inf"), told, "")
        finally:
            out.print("Ending the processes …")
            await asyncio.to_thread(self._processes.__exit__)
            await receiver.stop()
        return DONE

    def _prepare(self, endpoint: str) -> None:
        """Topics, the rules in force, and one subscriber."""
        settings = self._settings
        provisioning.create(settings, PARTITIONS, 1)
        subscriber = sample.subscriber_at(settings, endpoint, self._secret).model_dump(mode="json")
        rules = replay.rules_command(read_rules(settings.rules), "cluster")
        told = CommandRecord(
            id="cluster-subscribers",
            name="subscribers.apply",
            body={"subscribers": [subscriber]},
            author="cluster",
            at=rules.at,
        )
        journal.append(settings, [rules, told])

    def _start(self) -> None:
        for number in range(1, PARTITIONS + 1):
            self._processes.start(f"extract-{number}", "worker", "extract", "--port", "0")
        self._processes.start("detect", "worker", "detect", "--port", "0")
        self._processes.start("deliver", "worker", "deliver", "--port", "0")
        self._processes.start("serve", "serve", "--port", str(self._port), TOCSIN_DB=str(self._settings.db) + "-serve")

    async def _play_wire(self, told: asyncio.Event, receiver: Receiver, url: str) -> None:
        out = self._out
        chunks = list(sources.read([str(sample.WIRE)]))
        out.print(
            f"[bold]Tocsin[/] plays its sample wire through it: {len(chunks)} stories in {sample.SECONDS:.0f} seconds."
        )
        with terminal.progress("the wire") as bar:
            published = publish(self._settings, chunks, window=1)
            while not told.is_set() and (chunk := await asyncio.to_thread(next, published, None)) is not None:
                bar.at(chunk.progress, sample.day_of(chunk))
                await self._until(lambda: False, sample.SECONDS / len(chunks), told, "")
        await self._until(lambda: self._seen() >= len(chunks), END_SECONDS, told, "the engine to see every story")
        await self._until(self._all_ended, END_SECONDS, told, "every delivery to end")
        if not told.is_set():
            sample.summary(out, self._raised, len(chunks), receiver.refused, url)

    async def _until(self, holds: Any, seconds: float, told: asyncio.Event, what: str) -> None:
        """Wait for something, for the signal to end, or for the time. Raises CommandError when in vain."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while not told.is_set() and loop.time() < until:
            if await asyncio.to_thread(holds):
                return
            for name, code in self._processes.ended().items():
                raise CommandError(f"{name} ended with exit code {code}: {self._processes.last_line(name)}")
            await asyncio.sleep(min(0.2, max(0.0, until - loop.time())))
        if what and not told.is_set():
            raise CommandError(f"not within {seconds:.0f} s: {what}; look at the logs with --keep FOLDER")

    # looking at it

    def _watch(self) -> None:
        """Show alerts as they are raised; each revision once."""
        seen: set[tuple[str, int]] = set()
        for record in self._follow(topics(self._settings).alerts):
            revision = AlertRevision.model_validate_json(record.value)
            if (revision.id, revision.revision) not in seen:
                seen.add((revision.id, revision.revision))
                self._raised.setdefault(revision.id, []).append(revision)
                self._out.print(sample.alert_line(revision))

    def _follow(self, topic: str) -> Iterator[Any]:
        client = app_kafka.consumer(self._settings)
        partitions = app_kafka.partitions(client, topic)
        client.assign(partitions)
        client.seek_to_beginning()
        while True:
            for records in client.poll(timeout_ms=500).values():
                yield from records

    def _serving(self) -> bool:
        import urllib.error
        import urllib.request

        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/readyz", timeout=2) as answer:
                return bool(answer.status == 200) and self._seen() >= 0
        except (urllib.error.URLError, OSError):
            return False

    def _seen(self) -> int:
        """How many stories the engine of detect has seen; -1 before it has a file."""
        try:
            store = Store.open(self._settings.db, readonly=True)
        except (sqlite3.OperationalError, SchemaMismatch):
            return -1
        try:
            return sum(mark.next for mark in continuity.marks(store)) - sum(
                hole.last - hole.first + 1 for hole in continuity.holes(store)
            )
        finally:
            store.close()

    def _all_ended(self) -> bool:
        """Whether everything is published, and every delivery has ended."""
        names = topics(self._settings)
        connection = sqlite3.connect(f"file:{self._settings.db}?mode=ro", uri=True)
        try:
            if connection.execute("SELECT count(*) FROM outgoing").fetchone()[0]:
                return False
        finally:
            connection.close()
        settled = {
            (result["subscriber"], result["sequence"])
            for result in self._values(names.delivery_results)
            if result["settled"]
        }
        deliveries = self._values(names.deliveries)
        return all((each["subscriber"], each["sequence"]) in settled for each in deliveries)

    def _values(self, topic: str) -> Iterator[Any]:
        for record in app_kafka.everything(self._settings, topic):
            yield orjson.loads(record.value)


def _environment(settings: Settings) -> dict[str, str]:
    assert settings.secret_key is not None
    return {
        "TOCSIN_BOOTSTRAP": settings.bootstrap,
        "TOCSIN_DB": str(settings.db),
        "TOCSIN_CLOCK": settings.clock,
        "TOCSIN_SECRET_KEY": settings.secret_key.get_secret_value(),
        "TOCSIN_ALLOWED_PRIVATE": settings.allowed_private,
        "TOCSIN_ALLOW_HTTP": "true",
    }
