"""The process that extracts stories for the guard: started by `Extractor`, ended when it takes too much.

Frames on both pipes: four bytes of length, then so many bytes. In: a JSON head, then the message's bytes. Out: an empty
frame when ready, then one journal record for each message.
"""

import resource
import sys
from base64 import b64decode
from typing import BinaryIO

import orjson

from config.settings import Settings
from stream.messages import record_of_message
from stream.records import SourcePosition, encode


def main() -> None:
    """Answer until the parent closes the pipe. Argument: megabytes that may be used."""
    limit = int(sys.argv[1]) * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    settings = Settings()
    settings.clock = sys.argv[2]
    settings.max_story_bytes = int(sys.argv[3])
    source, out = sys.stdin.buffer, sys.stdout.buffer
    record_of_message(b"WARM, Jan 1 - Nothing happened.", {}, SourcePosition(topic="-", offset=0), 0, settings)
    write(out, b"")
    while (head := read(source)) is not None:
        about, value = orjson.loads(head), read(source)
        record = record_of_message(
            value,
            {name: b64decode(each) for name, each in about["headers"].items()},
            SourcePosition.model_validate(about["source"]),
            about["timestamp"],
            settings,
        )
        write(out, encode(record))


def read(pipe: BinaryIO) -> bytes | None:
    """One frame; null at the end."""
    length = pipe.read(4)
    return pipe.read(int.from_bytes(length, "big")) if len(length) == 4 else None


def write(pipe: BinaryIO, frame: bytes) -> None:
    pipe.write(len(frame).to_bytes(4, "big") + frame)
    pipe.flush()


if __name__ == "__main__":
    main()
