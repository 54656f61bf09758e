"""The ways stories come into one process: files once, a folder as it fills, feeds again and again."""

import asyncio
import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import structlog

from stream.signals import content_hash
from tocsin import feeds, sources
from tocsin.service import Service

log = structlog.get_logger()
IN_FLIGHT = 256
"""Stories of a file that may be on their way to the disk at once."""
FOLDER_SECONDS = 1.0
FEED_SECONDS = 60.0
FEED_BYTES = 8 * 1024 * 1024


def is_url(path: str) -> bool:
    """Is this an RSS or Atom feed, rather than a file?"""
    return path.startswith(("http://", "https://"))


async def play(
    service: Service, paths: list[str], told: Callable[[sources.Chunk], Any] = lambda chunk: None, pause: float = 0.0
) -> int:
    """Read files to their end, taking up where an earlier run was stopped; how many stories were taken.

    `pause`: seconds to wait after each story. Standard input cannot be taken up again.
    """
    taken = 0
    waiting: deque[Future[Any]] = deque()
    done: dict[str, int] = {}
    for chunk in sources.read(paths):
        name = _source_of(chunk)
        if name not in done:
            done[name] = 0 if chunk.feed == "stdin" else await service.done_of(name)
        if chunk.number < done[name]:
            continue
        waiting.append(await service.give(chunk.raw, None, chunk.feed, (name, chunk.number + 1)))
        taken += 1
        told(chunk)
        if pause:
            await asyncio.sleep(pause)
        while len(waiting) > IN_FLIGHT:
            await asyncio.wrap_future(waiting.popleft())
    await asyncio.gather(*(asyncio.wrap_future(future) for future in waiting))
    return taken


def _source_of(chunk: sources.Chunk) -> str:
    """What progress is kept for: a file of lines by its path; one that is a story by its words too."""
    path = chunk.file if chunk.file == sources.STDIN else str(Path(chunk.file).absolute())
    whole = chunk.origin == Path(chunk.file).name
    return f"file:{path}:{content_hash(chunk.raw)}" if whole else f"file:{path}"


async def watch(service: Service, folder: str) -> None:
    """Read each file that appears in a folder, once it has stopped growing. Never returns."""
    seen: dict[str, int] = {}
    finished: set[str] = set()
    while True:
        for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
            if entry.name.startswith(".") or not entry.is_file() or entry.path in finished:
                continue
            size = entry.stat().st_size
            if seen.get(entry.path) == size:
                await play(service, [entry.path])
                finished.add(entry.path)
            seen[entry.path] = size
        await asyncio.sleep(FOLDER_SECONDS)


async def poll(service: Service, url: str) -> None:
    """Read a feed every minute; each new or changed entry is a story. Never returns."""
    name = urlsplit(url).hostname or "feed"
    timeout = aiohttp.ClientTimeout(total=30)
    async with aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session:
        while True:
            try:
                await read_feed(service, name, await _fetch(session, url))
            except (aiohttp.ClientError, TimeoutError, ValueError) as fault:
                log.warning("feed", feed=name, fault=type(fault).__name__)
            await asyncio.sleep(FEED_SECONDS)


async def read_feed(service: Service, name: str, raw: bytes) -> int:
    """The new and changed entries of a feed document, as stories; how many."""
    taken = 0
    for entry in feeds.entries(raw, service.now()):
        version = await service.feed_version(name, entry.id, entry.sha256)
        if version is not None:
            await service.take(feeds.story_bytes(entry, version, name), "application/json", name)
            await service.remember_feed_item(name, entry.id, entry.sha256, version)
            taken += 1
    return taken


async def _fetch(session: aiohttp.ClientSession, url: str) -> bytes:
    async with session.get(url) as response:
        response.raise_for_status()
        return await response.content.read(FEED_BYTES)


def is_folder(path: str) -> bool:
    """Is this a folder to be watched?"""
    return path != sources.STDIN and Path(path).is_dir()
