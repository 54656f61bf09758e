"""Extraction in a process of its own, with limits of time and memory: for stories that may have killed a worker."""

import os
import select
import subprocess
import sys
from base64 import b64encode
from collections.abc import Mapping
from time import monotonic
from typing import IO, cast

import orjson

from alerts import metrics
from config.settings import Settings
from stream.messages import rejected_message
from stream.records import Record, RejectedRecord, SourcePosition, StoryRecord, decode

START_SECONDS = 120.0
TRIES = 2


class Died(Exception):
    """The child ended, or was ended for taking too long."""


class Extractor:
    """Starts the child when it is first needed, and anew when it died."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._child: subprocess.Popen[bytes] | None = None

    def record_of(
        self, value: bytes | None, headers: Mapping[str, bytes], source: SourcePosition, timestamp: int
    ) -> StoryRecord | RejectedRecord:
        """As `record_of_message`. A story that ends the child twice is rejected, reason `extractor_killed`."""
        head = orjson.dumps(
            {
                "headers": {name: b64encode(each).decode() for name, each in headers.items()},
                "source": source.model_dump(mode="json"),
                "timestamp": timestamp,
            }
        )
        for _ in range(TRIES):
            try:
                return cast(StoryRecord | RejectedRecord, self._ask(head, value or b""))
            except Died:
                metrics.GUARD_CHILD_DEATHS.inc()
                self.close()
        settings = self._settings
        detail = (
            f"takes over {settings.extract_seconds:g} s or {settings.extract_megabytes} MB; please report the story"
        )
        return rejected_message(value, headers, source, timestamp, reason="extractor_killed", detail=detail)

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None

    def _ask(self, head: bytes, value: bytes) -> Record:
        child = self._started()
        deadline = monotonic() + self._settings.extract_seconds
        try:
            for frame in (head, value):
                _write(child.stdin, len(frame).to_bytes(4, "big") + frame, deadline)
        except BrokenPipeError:
            raise Died from None
        return decode(_frame(child.stdout, deadline))

    def _started(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self.close()
            settings = self._settings
            self._child = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "tocsin.extract_child",
                    str(settings.extract_megabytes),
                    settings.clock,
                    str(settings.max_story_bytes),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            assert self._child.stdin is not None
            os.set_blocking(self._child.stdin.fileno(), False)
            _frame(self._child.stdout, monotonic() + START_SECONDS)
        return self._child


def _write(pipe: IO[bytes] | None, frame: bytes, deadline: float) -> None:
    assert pipe is not None
    left = memoryview(frame)
    while left:
        if not select.select([], [pipe], [], max(0.0, deadline - monotonic()))[1]:
            raise Died
        left = left[os.write(pipe.fileno(), left[:65_536]) :]


def _frame(pipe: IO[bytes] | None, deadline: float) -> bytes:
    return _read(pipe, int.from_bytes(_read(pipe, 4, deadline), "big"), deadline)


def _read(pipe: IO[bytes] | None, length: int, deadline: float) -> bytes:
    assert pipe is not None
    found = b""
    while len(found) < length:
        if not select.select([pipe], [], [], max(0.0, deadline - monotonic()))[0]:
            raise Died
        part = os.read(pipe.fileno(), length - len(found))
        if not part:
            raise Died
        found += part
    return found
