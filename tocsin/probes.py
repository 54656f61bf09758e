"""The small page of a worker: /metrics, /livez, /readyz, on its own port and thread."""

import errno
import os
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic
from typing import NamedTuple, Self

import orjson
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from tocsin.failures import CommandError


class Health(NamedTuple):
    """Ready: takes work. Live: need not be restarted. Each reason is a line for a person."""

    ready: bool
    live: bool
    reasons: tuple[str, ...] = ()


class Progress:
    """Liveness is progress: work that waits and a position that stands still for `patience` seconds is unhealthy."""

    def __init__(self, patience: float = 120.0, now: Callable[[], float] = monotonic) -> None:
        self._patience = patience
        self._now = now
        self._position = -1
        self._since = now()

    def stalled(self, position: int, lag: int) -> bool:
        """Whether nothing has moved for too long although `lag` is above 0."""
        if position != self._position or lag == 0:
            self._position, self._since = position, self._now()
        return self._now() - self._since > self._patience


class Probes:
    """Serves the page; `health` is asked from another thread than the work is done in."""

    def __init__(self, host: str, port: int, health: Callable[[], Health]) -> None:
        self._host = host

        class Page(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, kind, body = page(self.path, health)
                self.send_response(status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *arguments: object) -> None:
                return

        try:
            self._server = ThreadingHTTPServer((host, port), Page)
        except OSError as fault:
            if fault.errno == errno.EADDRINUSE:
                raise CommandError(
                    f"port {port} is in use; give another with --port (TOCSIN_METRICS_PORT), or stop what listens there"
                ) from None
            raise CommandError(f"cannot listen on {host}:{port}: {os.strerror(fault.errno or 0)}") from None
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, name="probes", daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def page(path: str, health: Callable[[], Health]) -> tuple[int, str, bytes]:
    """(status, content type, body) of one path."""
    name = path.split("?")[0]
    if name == "/metrics":
        health()  # sets the gauges that are computed when asked
        return 200, CONTENT_TYPE_LATEST, generate_latest()
    if name in ("/livez", "/readyz"):
        found = health()
        well = found.live if name == "/livez" else found.ready
        return (200 if well else 503), "application/json", orjson.dumps({"ok": well, "reasons": found.reasons})
    return 404, "text/plain", b"/metrics, /livez and /readyz are here\n"
