"""The command `run`: the whole service in one process."""

import asyncio
import signal
import sqlite3
from pathlib import Path
from typing import Annotated, Any

import typer

from config.settings import Settings
from tocsin import intakes, logs, sample, terminal
from tocsin.failures import DONE, FAILED, WRONG_USAGE, CommandError
from tocsin.running import Running
from tocsin.service import Service

LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def mount(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(run)


def run(
    stories: Annotated[
        list[str] | None,
        typer.Option(
            help="Stories: a file, a folder that is watched, - for standard input, or an RSS/Atom URL.",
            metavar="PATH|-|URL",
        ),
    ] = None,
    db: Annotated[Path | None, typer.Option(help="The service's file.")] = None,
    rules: Annotated[Path | None, typer.Option(help="Rules file.")] = None,
    subscribers: Annotated[Path | None, typer.Option(help="Subscribers file.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port of API, board and metrics; 0 for a free one.")] = None,
    clock: Annotated[str | None, typer.Option(help="wall, or story: time is what the stories say.")] = None,
    play_sample: Annotated[
        bool,
        typer.Option("--sample", help="Play the sample wire, with a receiver on this machine that shows each webhook."),
    ] = False,
) -> int:
    """The whole service in one process: stories in, alerts out, API, board and metrics on one port."""
    given: dict[str, Any] = {
        "db": db,
        "rules": rules,
        "subscribers": subscribers,
        "host": host,
        "port": port,
        "clock": clock,
    }
    settings = Settings(**{name: value for name, value in given.items() if value is not None})
    if settings.clock not in ("wall", "story"):
        raise CommandError(f"--clock {settings.clock}: choose wall or story", WRONG_USAGE)
    if settings.host not in LOOPBACK and settings.tokens is None:
        raise CommandError(
            f"--host {settings.host}: without tokens only loopback is served; set TOCSIN_TOKENS, or leave out --host",
            WRONG_USAGE,
        )
    logs.configure(settings.log_level, quiet=play_sample)
    try:
        if play_sample:
            return asyncio.run(sample.play(settings))
        return asyncio.run(_serve(settings, stories or []))
    except sqlite3.Error as fault:
        raise CommandError(
            f"{settings.db}: cannot be used as the service's file ({fault}); give another --db", FAILED
        ) from None
    except KeyboardInterrupt:
        return DONE


async def _serve(settings: Settings, stories: list[str]) -> int:
    """Serve until a signal ends it."""
    async with Running(settings) as running:
        url = running.url
        terminal.warn(f"tocsin: serving on {url} — board, /v1/alerts, /metrics; stories by POST {url}/stories")
        tasks = [asyncio.create_task(_intake(running.service, path)) for path in stories]
        await _until_told(running, tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return DONE


async def _intake(service: Service, path: str) -> None:
    if intakes.is_url(path):
        await intakes.poll(service, path)
    elif intakes.is_folder(path):
        await intakes.watch(service, path)
    else:
        taken = await intakes.play(service, [path])
        terminal.warn(f"tocsin: {path}: {taken:,} stories read to the end; still serving")


async def _until_told(running: Running, tasks: list[asyncio.Task[None]]) -> None:
    """Wait for SIGTERM or SIGINT. Raises what ends an intake or the writer."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    while not told.is_set():
        for task in tasks:
            if task.done() and task.exception() is not None:
                raise task.exception()  # type: ignore[misc]
        if not running.service.health()["live"]:
            raise CommandError("; ".join(running.service.health()["reasons"]))
        if fault := running.sending.failed():
            raise CommandError(
                f"sending has stopped ({type(fault).__name__}); see the log, mend the cause and start again"
            )
        try:
            await asyncio.wait_for(told.wait(), 0.2)
        except TimeoutError:
            continue
