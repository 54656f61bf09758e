"""Which deliveries of one partition have not ended: what may be committed. Pure."""

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
