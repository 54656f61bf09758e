"""The process `tocsin serve`: the HTTP interface over a replica of the engine, and feeds."""

import asyncio
import errno
import os
import signal

from aiohttp import web

from alerts.api import app as api
from alerts.app_serve import ServeBackend
from config.settings import Settings
from tocsin import intakes, terminal
from tocsin.failures import FAILED, WRONG_USAGE, CommandError


def serve_until_told(settings: Settings, feeds: list[str]) -> None:
    """Serve until SIGTERM or SIGINT. Raises CommandError, and Fault when the replica cannot go on."""
    for feed in feeds:
        if not intakes.is_url(feed):
            raise CommandError(
                f"--stories {feed}: serve reads feeds (http…); send files with `tocsin publish`", WRONG_USAGE
            )
    asyncio.run(_serve(settings, feeds))


async def _serve(settings: Settings, feeds: list[str]) -> None:
    backend = ServeBackend(settings)
    try:
        application = api.build(backend, settings)
    except ValueError as fault:
        raise CommandError(str(fault), WRONG_USAGE) from None
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    tasks: list[asyncio.Task[None]] = []
    try:
        await _listen(runner, settings)
        backend.start()
        tasks = [asyncio.create_task(intakes.poll(backend, feed)) for feed in feeds]  # type: ignore[arg-type]
        terminal.warn(f"tocsin: serving on http://{settings.host}:{runner.addresses[0][1]}")
        await _until_told(backend)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await runner.cleanup()
        await backend.stop()


async def _until_told(backend: ServeBackend) -> None:
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    while not told.is_set():
        if backend.failed is not None:
            raise backend.failed
        try:
            await asyncio.wait_for(told.wait(), 0.5)
        except TimeoutError:
            continue


async def _listen(runner: web.AppRunner, settings: Settings) -> None:
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as fault:
        if fault.errno == errno.EADDRINUSE:
            raise CommandError(
                f"port {settings.port} is in use; give another with --port, or stop what listens there", FAILED
            ) from None
        raise CommandError(
            f"cannot listen on {settings.host}:{settings.port}: {os.strerror(fault.errno or 0)}"
        ) from None
