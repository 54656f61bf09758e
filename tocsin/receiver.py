"""A receiver of webhooks on this machine, as a subscriber would write one: it verifies, and shows what it was told."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import orjson
from aiohttp import web

TOLERANCE_SECONDS = 300


class Receiver:
    """Listens on a free loopback port; calls `told` with each body whose signature holds, once per webhook-id."""

    def __init__(self, secret: str, told: Callable[[dict[str, Any]], None]) -> None:
        self._key = base64.b64decode(secret.removeprefix("whsec_"))
        self._told = told
        self._seen: set[str] = set()
        self.refused = 0
        self.port = 0

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/hook", self._take)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        identity, stamp = request.headers["webhook-id"], request.headers["webhook-timestamp"]
        signed = f"{identity}.{stamp}.".encode() + body
        expected = "v1," + base64.b64encode(hmac.new(self._key, signed, hashlib.sha256).digest()).decode()
        offered = request.headers["webhook-signature"].split()
        if not any(hmac.compare_digest(expected, signature) for signature in offered):
            self.refused += 1
            return web.Response(status=401)
        if identity not in self._seen:
            self._seen.add(identity)
            self._told(orjson.loads(body))
        return web.Response(status=204)
