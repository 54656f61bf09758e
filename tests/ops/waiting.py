"""Waiting for a condition, and asking a local port."""

import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable


def until(holds: Callable[[], object], seconds: float, every: float = 0.1) -> None:
    """Return as soon as the condition holds. Raises TimeoutError when it does not in time."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(every)


def answer(url: str) -> int | None:
    """The status of a GET, or None when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return int(response.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code
    except OSError:
        return None


def body(url: str) -> str:
    """The text of a GET, or nothing when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            text: str = response.read().decode()
            return text
    except OSError:
        return ""


def free_port() -> int:
    """A port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
