"""The board: static files of this package, read once, with headers that let a page run no script but these.

Open to everybody who may connect: they hold no data. What the board shows it asks of the
API, with the reader's own token.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from aiohttp import web

from alerts.api.operations import Handler, Operation

MEDIA = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-cache",
}
"""`no-cache`: kept, but asked for again: after an upgrade the board is the new one; an unchanged file costs a 304."""


@dataclass(frozen=True)
class Asset:
    """A file as it is sent."""

    body: bytes
    packed: bytes
    media: str
    etag: str


def operations() -> list[Operation]:
    """None: the board is a page, and no part of the API."""
    return []


def mount(app: web.Application) -> None:
    """/ and /static/{name}."""
    assets = _packed()
    for name, asset in assets.items():
        path = "/" if name == "index.html" else f"/static/{name}"
        app.router.add_route("GET", path, _sender(asset))
        app.router.add_route("HEAD", path, _sender(asset))


@cache
def _packed() -> dict[str, Asset]:
    """The files of this package, packed once a process."""
    return read(files("alerts.api") / "static")


def read(folder: Traversable) -> dict[str, Asset]:
    """Name -> file, of those with a media type that is served."""
    found: dict[str, Asset] = {}
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        media = MEDIA.get("." + entry.name.rpartition(".")[2])
        if media is not None:
            body = entry.read_bytes()
            found[entry.name] = Asset(
                body, gzip.compress(body, mtime=0), media, f'"{hashlib.sha256(body).hexdigest()[:20]}"'
            )
    return found


def _sender(asset: Asset) -> Handler:
    async def send(request: web.Request) -> web.Response:
        headers = {**HEADERS, "etag": asset.etag, "vary": "accept-encoding"}
        if request.headers.get("if-none-match") == asset.etag:
            return web.Response(status=304, headers=headers)
        headers["content-type"] = asset.media
        if "gzip" in request.headers.get("accept-encoding", ""):
            return web.Response(body=asset.packed, headers={**headers, "content-encoding": "gzip"})
        return web.Response(body=asset.body, headers=headers)

    return send
