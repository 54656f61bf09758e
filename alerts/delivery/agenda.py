"""Agenda: what is to be looked at when. Pure."""

import heapq
from collections.abc import Hashable
from datetime import datetime
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class Agenda(Generic[K]):
    """Keys with a time each, earliest first; at equal times the lower rank first, then the one that was put first."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, int, K]] = []
        self._entry: dict[K, int] = {}
        self._count = 0

    def put(self, key: K, when: datetime, rank: int = 0) -> None:
        """Set the time of `key`; an earlier setting is forgotten."""
        self._count += 1
        self._entry[key] = self._count
        heapq.heappush(self._heap, (when, rank, self._count, key))

    def discard(self, key: K) -> None:
        self._entry.pop(key, None)

    def next_time(self) -> datetime | None:
        """The earliest time of all keys."""
        self._drop_forgotten()
        return self._heap[0][0] if self._heap else None

    def pop_due(self, now: datetime) -> K | None:
        """Take out the first key whose time is at or before `now`."""
        self._drop_forgotten()
        if not self._heap or self._heap[0][0] > now:
            return None
        key = heapq.heappop(self._heap)[3]
        del self._entry[key]
        return key

    def due(self, now: datetime) -> list[K]:
        """Every key whose time is at or before `now`, in no order; nothing is taken out."""
        return [key for when, _, count, key in self._heap if when <= now and self._entry.get(key) == count]

    def _drop_forgotten(self) -> None:
        while self._heap and self._entry.get(self._heap[0][3]) != self._heap[0][2]:
            heapq.heappop(self._heap)
