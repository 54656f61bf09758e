"""What the commands on Kafka share: their settings, and faults as one clear line."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from config.settings import Settings
from tocsin import logs
from tocsin.failures import FAILED, WRONG_USAGE, CommandError

Bootstrap = Annotated[str | None, typer.Option(help="Kafka bootstrap servers; else TOCSIN_BOOTSTRAP.")]


def settings_of(**given: Any) -> Settings:
    """Settings from the environment, and what was given on the command line."""
    settings = Settings(**{name: value for name, value in given.items() if value is not None})
    if settings.clock not in ("wall", "story"):
        raise CommandError(f"--clock {settings.clock}: choose wall or story", WRONG_USAGE)
    return settings


def worker_settings(**given: Any) -> Settings:
    """The same for a process that stays: with its log."""
    settings = settings_of(**given)
    logs.configure(settings.log_level)
    return settings


@contextmanager
def clear(settings: Settings | None = None) -> Iterator[None]:
    """Faults of the broker and of files as one clear line."""
    from alerts.app_kafka import Fault
    from alerts.delivery.secrets import NoSecretKey, Unreadable
    from alerts.engine.store import SchemaMismatch

    try:
        yield
    except (Fault, NoSecretKey, Unreadable, SchemaMismatch) as fault:
        raise CommandError(str(fault), FAILED) from None
    except OSError as fault:
        raise CommandError(
            f"{fault.filename or 'this machine'}: {fault.strerror or fault}; mend it and start again", FAILED
        ) from None
    except sqlite3.Error as fault:
        name = settings.db if settings is not None else "the file"
        raise CommandError(
            f"{name}: cannot be used as the engine's file ({fault}); give another --db", FAILED
        ) from None
