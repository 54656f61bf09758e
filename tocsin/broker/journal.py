"""The journal on the broker: appended to, and read."""

from collections.abc import Iterable, Iterator

from alerts import app_kafka
from config.settings import Settings
from config.topics import topics
from stream.records import Record, encode
from tocsin.command_settings import clear


def append(settings: Settings, records: Iterable[Record]) -> None:
    """Append records to the journal; returns when the broker has them all. Raises CommandError."""
    with clear():
        client = app_kafka.producer(settings)
        try:
            with app_kafka.faults(settings):
                for future in [client.send(topics(settings).journal, value=encode(record)) for record in records]:
                    future.get(timeout=60)
        finally:
            client.close(timeout=5)


def read(settings: Settings) -> Iterator[tuple[int, bytes]]:
    """Every position of the journal up to its end now, and the bytes that stand there. Raises CommandError."""
    with clear():
        for record in app_kafka.everything(settings, topics(settings).journal):
            yield record.offset, record.value or b""
