"""Where stories come from on one machine: files, folders, standard input; one chunk of bytes per story."""

import gzip
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

import orjson

from tocsin.failures import WRONG_USAGE, CommandError

LINES = {".ndjson", ".jsonl"}
"""Files of one JSON object a line, whatever their first line looks like."""
STDIN = "-"


class Chunk(NamedTuple):
    """The bytes of one story, where they stand, and the feed they count for."""

    raw: bytes
    file: str
    """Path as given, or `-`."""
    origin: str
    """`name:line` in a file of lines, else the name."""
    feed: str
    number: int
    """Lines of its file before it."""
    progress: float
    """Share of the whole input that has been read with it: 0 to 1."""


def read(paths: list[str]) -> Iterator[Chunk]:
    """The stories of these files and folders in order (`-` is standard input); a folder by file name.

    Raises CommandError for a path that does not exist, before anything is read.
    """
    files = [file for path in paths for file in expand(path)]
    sizes = [0 if file == STDIN else Path(file).stat().st_size for file in files]
    done, total = 0, sum(sizes) or 1
    for file, size in zip(files, sizes, strict=True):
        for chunk in chunks(file):
            yield chunk._replace(progress=min(1.0, (done + chunk.progress * size) / total))
        done += size


def expand(path: str) -> list[str]:
    """A folder as its files, sorted by name, hidden ones left out; anything else as itself."""
    if path == STDIN:
        return [STDIN]
    place = Path(path)
    if not place.exists():
        raise CommandError(f"{path}: no such file or folder; check the path", WRONG_USAGE)
    if place.is_dir():
        return sorted(str(file) for file in place.iterdir() if file.is_file() and not file.name.startswith("."))
    return [path]


def chunks(file: str) -> Iterator[Chunk]:
    """The stories of one file (plain or gzip): its lines if each is a JSON object, else all of it as one story."""
    name = "standard input" if file == STDIN else Path(file).name
    feed = "stdin" if file == STDIN else feed_name(file)
    with _on_disk(file) as disk:
        stream = cast(BinaryIO, gzip.GzipFile(fileobj=disk)) if name.endswith(".gz") else disk
        size = 1 if file == STDIN else Path(file).stat().st_size or 1
        try:
            first = stream.readline()
            if not (_named_as_lines(name) or _is_object(first)):
                yield Chunk(first + stream.read(), file, name, feed, 0, 1.0)
                return
            number, line = 0, first
            while line:
                if line.strip():
                    share = 0.0 if file == STDIN else disk.tell() / size
                    yield Chunk(line, file, f"{name}:{number + 1}", feed, number, share)
                number, line = number + 1, stream.readline()
        except (gzip.BadGzipFile, EOFError):
            raise CommandError(f"{name}: not a whole gzip file; fetch it again", WRONG_USAGE) from None


def feed_name(file: str) -> str:
    """The feed a file counts for: its name up to the first full stop."""
    return Path(file).name.split(".")[0] or "file"


def _on_disk(file: str) -> BinaryIO:
    if file == STDIN:
        return cast(BinaryIO, sys.stdin.buffer)
    try:
        return Path(file).open("rb")
    except OSError as fault:
        raise CommandError(f"{file}: cannot be read ({fault.strerror})", WRONG_USAGE) from None


def _named_as_lines(name: str) -> bool:
    return any(name.removesuffix(".gz").endswith(ending) for ending in LINES)


def _is_object(line: bytes) -> bool:
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False
