"""Listening on the port that the settings name, or one clear line why not."""

import errno
import os

from aiohttp import web

from config.settings import Settings
from tocsin.failures import FAILED, CommandError


async def listen(runner: web.AppRunner, settings: Settings) -> str:
    """Begin to listen; the address. Port 0 is any free one. Raises CommandError."""
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
    except OSError as fault:
        if fault.errno == errno.EADDRINUSE:
            told = f"port {settings.port} is in use; give another with --port, or stop what listens there"
            raise CommandError(told, FAILED) from None
        told = f"cannot listen on {settings.host}:{settings.port}: {os.strerror(fault.errno or 0)}"
        raise CommandError(told, FAILED) from None
    return f"http://{settings.host}:{runner.addresses[0][1]}"
