"""Sequences: a set of whole numbers that is small when the numbers are dense. Pure."""

from bisect import bisect_right


class Sequences:
    """Kept as ranges, both ends inside: a million deliveries settled in a row are one range."""

    def __init__(self) -> None:
        self._first: list[int] = []
        self._last: list[int] = []

    def __contains__(self, number: int) -> bool:
        at = bisect_right(self._first, number) - 1
        return at >= 0 and number <= self._last[at]

    def add(self, number: int) -> None:
        if number in self:
            return
        at = bisect_right(self._first, number)
        follows = at > 0 and self._last[at - 1] == number - 1
        precedes = at < len(self._first) and self._first[at] == number + 1
        if follows and precedes:
            self._last[at - 1] = self._last.pop(at)
            del self._first[at]
        elif follows:
            self._last[at - 1] = number
        elif precedes:
            self._first[at] = number
        else:
            self._first.insert(at, number)
            self._last.insert(at, number)

    def ranges(self) -> list[tuple[int, int]]:
        """The ranges, ascending, both ends inside."""
        return list(zip(self._first, self._last, strict=True))
