"""Which deliveries have not ended, partition by partition: what may be committed. Pure."""

from collections.abc import Iterable

Key = tuple[str, int]


class Backlog:
    """Offsets of a partition, each with the delivery it holds; a delivery may stand at several (published twice)."""

    def __init__(self) -> None:
        self._open: dict[int, Key] = {}
        self._at: dict[Key, list[int]] = {}
        self._ended: set[Key] = set()
        self._next = 0

    def add(self, offset: int, key: Key) -> bool:
        """A delivery was read at this offset. Whether it is new: neither known nor ended."""
        self._next = max(self._next, offset + 1)
        if key in self._ended:
            return False
        self._open[offset] = key
        places = self._at.setdefault(key, [])
        places.append(offset)
        return len(places) == 1

    def end(self, key: Key) -> None:
        """The delivery has ended, whether or not it was read before."""
        self._ended.add(key)
        for offset in self._at.pop(key, ()):
            del self._open[offset]

    def committable(self) -> int:
        """The offset of the oldest delivery that has not ended; one above the last read when all have."""
        return min(self._open, default=self._next)


class Backlogs:
    """The backlogs of the partitions that are held, and the partition of each subscriber, which both topics share."""

    def __init__(self) -> None:
        self._held: dict[int, Backlog] = {}
        self._home: dict[str, int] = {}

    def hold(self, partitions: Iterable[int]) -> None:
        """From now on these partitions are held, and nothing of them is known."""
        self._held = {partition: Backlog() for partition in partitions}

    def locate(self, subscriber: str, partition: int) -> None:
        """The subscriber's records are in this partition."""
        self._home[subscriber] = partition

    def home(self, subscriber: str) -> int:
        """The partition of a subscriber of whom something was read."""
        return self._home[subscriber]

    def add(self, partition: int, offset: int, key: Key) -> bool:
        """A delivery was read at this offset. Whether it is to be sent: its partition is held, and it is new."""
        self.locate(key[0], partition)
        backlog = self._held.get(partition)
        return backlog is not None and backlog.add(offset, key)

    def end(self, key: Key) -> None:
        """The delivery has ended; of a partition that is no longer held nobody needs to know."""
        if (backlog := self._held.get(self._home[key[0]])) is not None:
            backlog.end(key)

    def committable(self, partition: int) -> int:
        """What may be committed of a partition; 0 for nothing."""
        backlog = self._held.get(partition)
        return 0 if backlog is None else backlog.committable()
