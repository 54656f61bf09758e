"""Waiting for a condition, and asking a local port or an engine's file."""

import random
import socket
import sqlite3
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing, suppress
from http.client import HTTPException
from pathlib import Path
from typing import Any

PORTS = iter(random.sample(range(20_000, 32_000), 12_000))
"""Below those that the kernel gives to who asks for any: nobody else is given one before it is listened on."""


def until(holds: Callable[[], object], seconds: float = 180.0, every: float = 0.1) -> None:
    """Return as soon as the condition holds. Raises TimeoutError when it does not in time."""
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(every)


def answer(url: str) -> int | None:
    """The status of a GET, or None when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=30) as response:
            return int(response.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code
    except (OSError, HTTPException):
        return None


def body(url: str) -> str:
    """The text of a GET, or nothing when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=30) as response:
            text: str = response.read().decode()
            return text
    except (OSError, HTTPException):
        return ""


def asked(db: Path, question: str) -> list[tuple[Any, ...]]:
    """The rows that an engine's file answers to a query; none while it is being made."""
    try:
        with closing(sqlite3.connect(f"file:{db}?mode=ro", uri=True)) as connection:
            return connection.execute(question).fetchall()
    except sqlite3.OperationalError:
        return []


def free_port() -> int:
    """A port of the loopback address that nobody listens on; each is given once."""
    for port in PORTS:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError("no port is free")
