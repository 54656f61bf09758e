"""How long from the commit of a delivery to its first byte at the receiver, and how many a second: the README's table.

    python bench/delivery.py [--seconds 20] [--subscribers 50] [--tls]

One process commits deliveries to a SQLite file as the service does (WAL, synchronous=FULL, group commits) and sends
them, each result durable before it counts; another process receives. Both read the machine's monotonic clock. They
come at a fixed rate, whether or not the ones before have got through (open loop): a backlog shows in the latency.
Then 20,000 deliveries are drained that are all due at once; the last line shows that four fifths of that rate hold.
"""

import argparse
import asyncio
import json
import logging
import multiprocessing
import os
import ssl
import statistics
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import structlog

sys.path.insert(0, str(Path(__file__).parent.parent))

from alerts.delivery.addresses import networks
from alerts.delivery.egress import Egress
from alerts.delivery.outbox import Outbox
from alerts.delivery.records import Delivery, DeliveryResult
from alerts.delivery.sender import Sender
from alerts.delivery.webhook import webhook_id
from tests.alerts.delivery.receivers import certificate
from tests.alerts.delivery_samples import VAULT, delivery, subscriber
from tocsin import collector
from tocsin.writer import Writer

ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"
RATES = (10, 100, 1_000)
DRAIN = 20_000


class Receiving(asyncio.Protocol):
    """Notes when the first byte of each request came; understands just enough HTTP to answer it."""

    seen: dict[str, int] = {}

    def connection_made(self, transport: Any) -> None:
        self._transport, self._data, self._began = transport, b"", 0

    def data_received(self, data: bytes) -> None:
        if not self._data:
            self._began = time.monotonic_ns()
        self._data += data
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            head = self._data[:end].lower()
            length = int(head.split(b"content-length: ")[1].split(b"\r\n")[0])
            if len(self._data) < end + 4 + length:
                return
            identity = head.split(b"webhook-id: ")[1].split(b"\r\n")[0].decode()
            self.seen.setdefault(identity, self._began)
            self._data = self._data[end + 4 + length :]
            self._transport.write(ANSWER)


def receive(pipe: Connection, folder: str | None) -> None:
    """The receiver's process: tells its port, then, asked, what it saw."""

    async def serve() -> None:
        tls = certificate(Path(folder), "bench.example")[0] if folder else None
        server = await asyncio.get_running_loop().create_server(Receiving, "127.0.0.1", 0, ssl=tls)
        pipe.send(server.sockets[0].getsockname()[1])
        while await asyncio.to_thread(pipe.recv):
            pipe.send(dict(Receiving.seen))
            Receiving.seen.clear()

    asyncio.run(serve())


class Bench:
    """The sending side."""

    def __init__(self, path: Path, url: str, count: int, tls: ssl.SSLContext | None) -> None:
        names = [f"subscriber-{n}" for n in range(count)]
        self.subscribers = {name: subscriber(name, f"{url}/{name}") for name in names}
        self._tls = tls
        self._writer = Writer(path)
        self._writer.start()
        self._next = dict.fromkeys(names, 0)
        self.committed: dict[str, int] = {}

    def _make(self, number: int) -> Delivery:
        name = f"subscriber-{number % len(self.subscribers)}"
        self._next[name] += 1
        return delivery(self._next[name], alert=f"alert-{number}", subscriber=name)

    def _commit(self, made: list[Delivery]) -> asyncio.Future[None]:
        """As the engine's rows are: the delivery's JSON, in one transaction; then it is handed to the sender."""

        def insert(connection: Any) -> None:
            rows = [(d.subscriber, d.sequence, 0, "a", 1, 0, d.model_dump_json().encode()) for d in made]
            connection.executemany("INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

        future = self._writer.ask(insert)
        future.add_done_callback(lambda done: self._done(made))
        return asyncio.wrap_future(future)

    def _done(self, made: list[Delivery]) -> None:
        """In the writer's thread, right after the commit."""
        now = time.monotonic_ns()
        for each in made:
            self.committed[webhook_id(each)] = now
        self._loop.call_soon_threadsafe(self._hand_over, made)

    def _hand_over(self, made: list[Delivery]) -> None:
        for each in made:
            self._sender.add(each)

    async def run(self, numbers: range, rate: float | None) -> float:
        """Send these, at `rate` a second or all at once; the seconds it took until all were on record."""
        self._loop = asyncio.get_running_loop()
        self.committed.clear()
        outbox = Outbox(self.subscribers.get)
        egress = Egress(
            allowed=networks("127.0.0.1/32"), allow_http=True, tls=self._tls,
            resolve=lambda host, port: [(2, 1, 6, "", ("127.0.0.1", port))],
        )  # fmt: skip
        async with egress:
            self._sender = Sender(
                outbox, lookup=self.subscribers.get, vault=VAULT, post=egress.post, record=self._record,
                disable=self._disable,
            )  # fmt: skip
            sending = asyncio.create_task(self._sender.run())
            began = time.perf_counter()
            if rate is None:
                await self._commit([self._make(n) for n in numbers])
            else:
                await self._at(numbers, rate)
            while outbox.depth or len(self.committed) < len(numbers):
                await asyncio.sleep(0.01)
            took = time.perf_counter() - began
            self._sender.stop()
            await sending
        return took

    async def _at(self, numbers: range, rate: float) -> None:
        """Open loop: the nth is committed n / rate after the first, however far the sender is."""
        began = self._loop.time()
        done = 0
        while done < len(numbers):
            due = min(len(numbers), int((self._loop.time() - began) * rate) + 1)
            for n in numbers[done:due]:
                self._commit([self._make(n)])
            done = due
            await asyncio.sleep(max(0.0, began + done / rate - self._loop.time()))

    async def _record(self, result: DeliveryResult) -> None:
        await asyncio.wrap_future(self._writer.result(result))

    async def _disable(self, name: str, reason: str) -> None:
        raise AssertionError(f"{name} was disabled: {reason}")

    def close(self) -> None:
        self._writer.stop()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seconds", type=float, default=20.0, help="how long at each rate")
    options.add_argument("--subscribers", type=int, default=50)
    options.add_argument("--tls", action="store_true", help="HTTPS with kept connections")
    given = options.parse_args()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(Path(os.devnull).open("w")),  # noqa: SIM115 - for as long as we run
    )
    with tempfile.TemporaryDirectory() as folder:
        pipe, theirs = multiprocessing.Pipe()
        process = multiprocessing.get_context("spawn").Process(
            target=receive, args=(theirs, folder if given.tls else None), daemon=True
        )
        process.start()
        port = pipe.recv()
        tls = ssl.create_default_context(cafile=f"{folder}/bench.example.pem") if given.tls else None
        url = f"https://bench.example:{port}" if given.tls else f"http://127.0.0.1:{port}"
        bench = Bench(Path(folder) / "bench.db", url, given.subscribers, tls)
        collector.tune()
        measure(bench, pipe, given.seconds)
        bench.close()
        pipe.send(False)


def measure(bench: Bench, pipe: Connection, seconds: float) -> None:
    """One JSON line per rate: latencies in milliseconds."""
    asyncio.run(bench.run(range(200), 50))
    pipe.send(True)
    pipe.recv()
    first, rates = 1_000, [*RATES, None]
    for rate in rates:
        count = DRAIN if rate is None else max(int(rate * seconds), 100)
        spent = time.process_time()
        took = asyncio.run(bench.run(range(first, first + count), rate))
        spent = time.process_time() - spent
        first += count
        pipe.send(True)
        seen = pipe.recv()
        waits = sorted((seen[identity] - at) / 1e6 for identity, at in bench.committed.items())
        cuts = statistics.quantiles(waits, n=1000)
        line = {
            "asked_per_second": rate,
            "deliveries": len(waits),
            "sent_per_second": round(len(waits) / took, 1),
            "p50_ms": round(cuts[499], 2),
            "p99_ms": round(cuts[989], 2),
            "max_ms": round(waits[-1], 2),
            "cpu_ms_each": round(spent / len(waits) * 1000, 3),
            "load": round(os.getloadavg()[0], 1),
        }
        if rate is None:
            line = {name: line[name] for name in ("deliveries", "sent_per_second", "cpu_ms_each", "load")}
            rates.append(int(len(waits) / took * 0.8))
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
