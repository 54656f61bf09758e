"""A real Apache Kafka broker on this machine, for `make run-kafka` and tests: one KRaft node, free ports, no Docker.

The jars come once by Maven into a cache; Java runs them. Nothing here is meant for production.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Self

POM = Path(__file__).with_name("local_broker.xml")
HOW_TO_GET = "a local Kafka needs Java 17+ and Maven (Debian: apt-get install openjdk-17-jre-headless maven)"
_HEAP = "-Xmx512m"


class Unavailable(Exception):
    """No local broker can be had here; the message says why and how to get one."""


def cache() -> Path:
    """Where the jars are kept: the checkout's `.cache`, or the user's when installed from a wheel."""
    checkout = POM.parent.parent
    home = checkout / ".cache" if (checkout / "pyproject.toml").exists() else Path.home() / ".cache" / "tocsin"
    return home / "kafka"


def fetch(into: Path | None = None) -> Path:
    """Directory of the broker's jars, fetched by Maven the first time.

    Raises Unavailable without Java or Maven, or when Maven fails.
    """
    directory = into or cache()
    done = directory / f"complete-{_content_mark()}"
    if shutil.which("java") is None or (not done.exists() and shutil.which("mvn") is None):
        raise Unavailable(HOW_TO_GET)
    if not done.exists():
        shutil.rmtree(directory, ignore_errors=True)
        command = ["mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={directory}"]
        outcome = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
        if outcome.returncode != 0:
            last = (outcome.stdout + outcome.stderr).strip().splitlines()[-1:] or ["no output"]
            raise Unavailable(f"Maven could not fetch Kafka's jars: {last[0]}")
        done.touch()
    return directory


def _content_mark() -> str:
    return uuid.uuid5(uuid.NAMESPACE_OID, POM.read_text()).hex[:12]


def free_port() -> int:
    """A port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class LocalBroker:
    """One broker with its data in `home`. It can be stopped, killed and started again on the same ports and data."""

    def __init__(self, home: Path, *, jars: Path | None = None) -> None:
        self.home = home
        self._jars = jars or fetch()
        self.port, self._controller = free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None
        home.mkdir(parents=True, exist_ok=True)
        (home / "server.properties").write_text(self._properties())
        self._format()

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self, timeout: float = 60.0) -> Self:
        """Start it and wait until it answers. `timeout` in seconds; raises Unavailable when it does not come up."""
        with (self.home / "broker.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._java("kafka.Kafka", str(self.home / "server.properties")),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + timeout
        while not _answers(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                tail = (self.home / "broker.log").read_text(errors="replace").strip().splitlines()[-3:]
                self.kill()
                raise Unavailable("the local Kafka did not start: " + " / ".join(tail))
            time.sleep(0.1)
        return self

    def stop(self, timeout: float = 30.0) -> None:
        """Ask it to end, and end it after `timeout` seconds."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
        self._process = None

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def _format(self) -> None:
        cluster = urlsafe_b64encode(uuid.uuid5(uuid.NAMESPACE_OID, str(self.home)).bytes).decode().rstrip("=")
        arguments = [
            "format",
            "--ignore-formatted",
            f"--cluster-id={cluster}",
            "-c",
            str(self.home / "server.properties"),
        ]
        outcome = subprocess.run(
            self._java("kafka.tools.StorageTool", *arguments), capture_output=True, text=True, check=False
        )
        if outcome.returncode != 0:
            raise Unavailable(f"the local Kafka's storage could not be formatted: {outcome.stderr.strip()[-300:]}")

    def _java(self, main: str, *arguments: str) -> list[str]:
        # One broker on a laptop: a small heap and the quick compiler start it in half the time.
        return [
            os.environ.get("JAVA", "java"),
            _HEAP,
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-cp",
            f"{self._jars}/*",
            main,
            *arguments,
        ]

    def _properties(self) -> str:
        settings = {
            "process.roles": "broker,controller",
            "node.id": 1,
            "listeners": f"PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{self._controller}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{self.port}",
            "controller.listener.names": "CONTROLLER",
            "controller.quorum.voters": f"1@127.0.0.1:{self._controller}",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "log.dirs": self.home / "log",
            "auto.create.topics.enable": "false",
            "offsets.topic.replication.factor": 1,
            "offsets.topic.num.partitions": 4,
            "transaction.state.log.replication.factor": 1,
            "transaction.state.log.min.isr": 1,
            "transaction.state.log.num.partitions": 2,
            "share.coordinator.state.topic.replication.factor": 1,
            "share.coordinator.state.topic.min.isr": 1,
            "group.initial.rebalance.delay.ms": 0,
            "group.min.session.timeout.ms": 1000,
            "log.cleaner.dedupe.buffer.size": 16_777_216,
            "log.segment.delete.delay.ms": 1000,
            "num.network.threads": 2,
            "num.io.threads": 2,
        }
        return "".join(f"{name}={value}\n" for name, value in settings.items())


def _answers(port: int) -> bool:
    """Whether a broker on this port answers a Kafka request, not only a connection."""
    # ApiVersions request, version 0, correlation 7, no client id.
    request = b"\x00\x00\x00\x0a\x00\x12\x00\x00\x00\x00\x00\x07\xff\xff"
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1.0) as connection:
            connection.settimeout(2.0)
            connection.sendall(request)
            return len(connection.recv(8)) == 8
    except OSError:
        return False
