"""The journal as lines of a file: how it is exported, and how it is read again.

A line is what stands in the journal, byte for byte, at the position after that of the line before; the first is at 0.
What stands elsewhere, or is no JSON object on one line, is wrapped:

    {"base64":"bm8gcmVjb3Jk","position":7}
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import orjson

from stream.records import CommandRecord, Record, canonical, decode
from tocsin import sources
from tocsin.failures import INPUT_REJECTED, CommandError
from tocsin.sources import STDIN, Chunk

WRAPPED = {"base64", "position"}


class Doubtful(NamedTuple):
    """What stands at a position that a later command says to lose, if it cannot be applied."""

    record: Record | None
    """Null when the bytes are none."""
    origin: str
    """The line it comes from."""


class Placed(NamedTuple):
    """The bytes at a journal position."""

    position: int
    raw: bytes
    chunk: Chunk


def written(journal: Iterable[tuple[int, bytes]]) -> Iterator[bytes]:
    """The lines that tell of these positions and the bytes there."""
    following = 0
    for position, raw in journal:
        plain = position == following and b"\n" not in raw and _keys(raw) not in (None, WRAPPED)
        yield raw if plain else canonical({"position": position, "base64": b64encode(raw).decode()})
        following = position + 1


def read(path: str) -> Iterator[tuple[float, Record | Doubtful]]:
    """The records of an exported journal, each with the share of the file read. Raises CommandError naming the line."""
    once = list(sources.chunks(STDIN)) if path == STDIN else None
    lost = _lost(placed(path, once))
    for position, raw, chunk in placed(path, once):
        doubtful = position in lost
        record = _record(raw, chunk, doubtful)
        yield chunk.progress, record if record is not None and not doubtful else Doubtful(record, chunk.origin)


def placed(path: str, once: Iterable[Chunk] | None = None) -> Iterator[Placed]:
    """What the lines tell: `once` what was read already of an input that can be read only once."""
    position = -1
    chunks = (chunk for file in sources.expand(path) for chunk in sources.chunks(file)) if once is None else once
    for chunk in chunks:
        position, raw = position + 1, chunk.raw.removesuffix(b"\n")
        if _keys(raw) == WRAPPED:
            content = orjson.loads(raw)
            position, raw = int(content["position"]), b64decode(content["base64"])
        yield Placed(position, raw, chunk)


def _lost(journal: Iterable[Placed]) -> set[int]:
    """The positions of which a command further on says that they are to be lost."""
    found: set[int] = set()
    for position, raw, _ in journal:
        if b'"record.skip"' not in raw:
            continue
        try:
            record = decode(raw)
        except ValueError:
            continue
        if isinstance(record, CommandRecord) and record.name == "record.skip":
            named = record.body.get("position")
            if isinstance(named, int) and named < position:
                found.add(named)
    return found


def _record(raw: bytes, chunk: Chunk, doubtful: bool) -> Record | None:
    try:
        return decode(raw)
    except ValueError as fault:
        if doubtful:
            return None
        raise CommandError(
            f"{chunk.origin}: no journal record ({str(fault).splitlines()[0]}); give a file made by "
            "`tocsin journal export`",
            INPUT_REJECTED,
        ) from None


def _keys(raw: bytes) -> set[str] | None:
    """What the bytes name, if they are a JSON object."""
    try:
        content = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    return set(content) if isinstance(content, dict) else None
