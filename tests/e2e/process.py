"""Driving `tocsin run` as a user would: a process, its HTTP interface, a receiver of webhooks; and killing it."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

SECRET = "whsec_" + "dG9jc2luIHRlc3RzIHNpZ24gd2l0aCB0aGlzIGtleSE="
KEY = "a key that only tests use: long enough to be taken"
PATIENCE = 180.0


def until(condition: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """Wait for something to be true; what it then is."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {patience:.0f} s: {what}")


class Told(list[tuple[dict[str, str], bytes]]):
    """What a receiver was told: headers and body of every POST."""

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self]


class Receiver:
    """A webhook receiver; `answer` is the status it gives."""

    def __init__(self, answer: int = 204) -> None:
        self.told, self.answer = Told(), answer
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body, answer = self.rfile.read(int(self.headers["content-length"])), receiver.answer
                if answer < 300:
                    receiver.told.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(answer)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            request_queue_size = 128  # connections that wait for a busy machine

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Process:
    """One `tocsin run` over the file in `folder`. None outlives the tests."""

    started: ClassVar[list["Process"]] = []

    def __init__(
        self, folder: Path, *arguments: str, endpoint: str | None = None, env: dict[str, str] | None = None
    ) -> None:
        self.db = folder / "tocsin.db"
        subscribers = folder / "subscribers.yaml"
        if endpoint is not None:
            subscribers.write_text(f"subscribers:\n  - id: desk\n    endpoint: {endpoint}\n    secrets: [{SECRET}]\n")
        settings = {
            "TOCSIN_SECRET_KEY": KEY,
            "TOCSIN_ALLOWED_PRIVATE": "127.0.0.0/8",
            "TOCSIN_ALLOW_HTTP": "true",
            "TOCSIN_SUBSCRIBERS": str(subscribers),
        }
        self._log = folder / "log"
        with self._log.open("ab") as log:
            self._before = len(self.log())
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tocsin", "run", "--db", str(self.db), "--port", "0", *arguments],
                env={**os.environ, **settings, **(env or {})},
                stderr=log,
                stdout=subprocess.DEVNULL,
            )
        Process.started.append(self)
        self.url = until(self._serving, "the service to serve")

    def _serving(self) -> str | None:
        assert self._process.poll() is None, f"it ended with {self._process.returncode}: {self.log()}"
        found = re.search(r"serving on (\S+) ", self.log()[self._before :])
        return found and found[1]

    def log(self) -> str:
        return self._log.read_text(errors="replace")

    def get(self, path: str) -> tuple[int, Any]:
        return self._ask(urllib.request.Request(self.url + path))

    def post(self, path: str, body: bytes, content_type: str = "application/json") -> tuple[int, Any]:
        return self._ask(urllib.request.Request(self.url + path, body, {"content-type": content_type}))

    def _ask(self, request: urllib.request.Request) -> tuple[int, Any]:
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return answer.status, _read(answer)
        except urllib.error.HTTPError as answer:
            return answer.code, _read(answer)

    def alive(self) -> bool:
        return self._process.poll() is None

    def kill(self) -> None:
        """As the power would: -9."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """As an operator would; the exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(120)


def end_all() -> None:
    """Kill whatever a failed test has left behind."""
    for process in Process.started:
        if process.alive():
            process.kill()
    Process.started.clear()


def _read(answer: Any) -> Any:
    body = answer.read()
    return json.loads(body) if "json" in (answer.headers.get("content-type") or "") else body.decode()


def command(*arguments: str) -> bytes:
    """Standard output of a command that succeeds."""
    return subprocess.run(
        [sys.executable, "-m", "tocsin", *arguments], check=True, capture_output=True, timeout=300
    ).stdout
