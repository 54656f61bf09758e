"""Subscribers over HTTP: create, list, read, change, pause, rotate, ping, delete. Every change is a journal command."""

import asyncio
import secrets as chance
import sqlite3
import uuid
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from alerts.api.backend import CommandOutcome
from alerts.api.operations import (
    BACKEND,
    SETTINGS,
    VAULT,
    Answer,
    ApiError,
    Operation,
    Problem,
    Scope,
    answer,
    body,
    principal,
    reading,
)
from alerts.api.subscriber_models import (
    Done,
    NewSubscriber,
    Rotation,
    ShownSubscriber,
    Signing,
    SubscriberChange,
    Subscribers,
    WithSecret,
    shown,
)
from alerts.delivery import signing
from alerts.delivery.addresses import networks
from alerts.delivery.endpoints import RefusedUrl, checked
from alerts.delivery.secrets import NoSecretKey, Vault
from alerts.subscribers import Subscriber, Wishes
from stream.records import CommandRecord

_CHANGES: web.AppKey[asyncio.Lock] = web.AppKey("subscriber_changes", asyncio.Lock)


def operations() -> list[Operation]:
    """/v1/subscribers and what is below each, but for its deliveries."""
    now = {200: Answer("The subscriber.", ShownSubscriber)}
    conflict = {409: Answer("Not in this state, or not managed by the API.", Problem)}
    unable = {503: Answer("There is no TOCSIN_SECRET_KEY.", Problem)}
    made = {201: Answer("Made; the secret is shown this once.", WithSecret)}
    rotated = {200: Answer("The new secret, shown this once; the one before still signs too.", WithSecret)}
    done = {202: Answer("It is in the journal.", Done)}
    one = "/v1/subscribers/{id}"
    tag = "subscribers"
    manage: tuple[Scope, ...] = ("manage",)
    return [
        Operation("GET", "/v1/subscribers", _list, "All subscribers.", tag, {200: Answer("All.", Subscribers)}),
        Operation("POST", "/v1/subscribers", _create, "Make a subscriber.", tag, made | conflict | unable,
                  scopes=manage, body=NewSubscriber),
        Operation("GET", one, _read, "One subscriber.", tag, now),
        Operation("PATCH", one, _change, "Change a subscriber.", tag, now | conflict | unable,
                  scopes=manage, body=SubscriberChange),
        Operation("DELETE", one, _delete, "Delete a subscriber; what is pending ends.", tag,
                  {204: Answer("It is no more.")} | conflict, scopes=manage),
        Operation("POST", one + "/pause", _pause, "Hold everything until resumed.", tag, now | conflict,
                  scopes=manage),
        Operation("POST", one + "/resume", _resume, "Send again; also after it was disabled.", tag, now | conflict,
                  scopes=manage),
        Operation("POST", one + "/rotate", _rotate, "Add a secret; the one before signs too.", tag,
                  rotated | conflict | unable, scopes=manage, body=Rotation),
        Operation("POST", one + "/rotate/finish", _finish, "Drop every secret but the newest.", tag, now | conflict,
                  scopes=manage),
        Operation("POST", one + "/ping", _ping, "Send a test notice through the whole path.", tag, done | conflict,
                  scopes=manage),
    ]  # fmt: skip


def mount(app: web.Application) -> None:
    """What these operations keep in the application."""
    app[_CHANGES] = asyncio.Lock()


async def subscriber_of(request: web.Request) -> Subscriber:
    """The one the path names. Raises ApiError 404."""
    wanted = request.match_info["id"]
    found = await reading(request, lambda connection: _rows(connection, wanted))
    if not found:
        raise ApiError(404, "unknown_subscriber", "there is no subscriber with this id")
    return found[0]


async def submit(request: web.Request, name: str, command: dict[str, Any]) -> CommandOutcome:
    """Give a command. Raises ApiError when the engine refuses it. The same Idempotency-Key is the same command."""
    key = request.headers.get("idempotency-key")
    author = f"api:{principal(request).name}"
    record = CommandRecord(
        id=f"{author}:{name}:{key}" if key else uuid.uuid4().hex,
        name=name,
        body=command,
        author=author,
        at=datetime.now(UTC),
    )
    outcome = await request.app[BACKEND].submit(record)
    if not outcome.ok:
        status = 404 if outcome.reason == "not_found" else 409
        raise ApiError(status, outcome.reason, outcome.detail)
    return outcome


async def _list(request: web.Request) -> web.Response:
    vault = _vault_or_none(request)
    found = await reading(request, lambda connection: _rows(connection))
    return answer(Subscribers(subscribers=[shown(subscriber, vault) for subscriber in found]))


async def _read(request: web.Request) -> web.Response:
    return answer(shown(await subscriber_of(request), _vault_or_none(request)))


async def _create(request: web.Request) -> web.Response:
    wanted: NewSubscriber = body(request)
    vault = _vault(request)
    _check_endpoint(request, wanted.endpoint)
    keys = wanted.secrets or (_new_key(wanted.signing),)
    _check_keys(keys)
    wishes = wanted.model_dump(include=set(Wishes.model_fields))
    subscriber = Subscriber(
        **wishes,
        id=wanted.id,
        endpoint=vault.encrypt(wanted.endpoint),
        secrets=tuple(vault.encrypt(key) for key in keys),
        managed_by="api",
    )
    async with request.app[_CHANGES]:
        if await reading(request, lambda connection: _rows(connection, wanted.id)):
            raise ApiError(409, "exists", "there is a subscriber with this id")
        await submit(request, "subscribers.put", {"subscriber": subscriber.model_dump(mode="json")})
    headers = {"location": f"/v1/subscribers/{wanted.id}"}
    return answer(WithSecret(subscriber=shown(subscriber, vault), secret=_for_receiver(keys[0])), 201, headers)


async def _change(request: web.Request) -> web.Response:
    wanted: SubscriberChange = body(request)
    vault = _vault(request)
    changes = wanted.model_dump(include=wanted.model_fields_set)
    if "endpoint" in changes:
        _check_endpoint(request, wanted.endpoint)
        changes["endpoint"] = vault.encrypt(wanted.endpoint)
    return await _replace(request, lambda subscriber: changes)


async def _delete(request: web.Request) -> web.Response:
    _must_be_ours(await subscriber_of(request))
    await submit(request, "subscribers.delete", {"id": request.match_info["id"]})
    return web.Response(status=204)


async def _pause(request: web.Request) -> web.Response:
    return await _to_state(request, "paused", "paused by API")


async def _resume(request: web.Request) -> web.Response:
    return await _to_state(request, "active", None)


async def _rotate(request: web.Request) -> web.Response:
    """The newest two sign from now on: whoever verifies with the one before goes on until `rotate/finish`."""
    wanted: Rotation = body(request)
    vault, key = _vault(request), _new_key(wanted.signing)
    return await _replace(
        request, lambda subscriber: {"secrets": (vault.encrypt(key), *subscriber.secrets[:1])}, secret=key
    )


async def _finish(request: web.Request) -> web.Response:
    return await _replace(request, lambda subscriber: {"secrets": subscriber.secrets[:1]})


async def _ping(request: web.Request) -> web.Response:
    subscriber = await subscriber_of(request)
    if subscriber.state != "active":
        raise ApiError(409, "not_active", f"the subscriber is {subscriber.state}")
    outcome = await submit(request, "subscribers.ping", {"id": subscriber.id})
    return answer(Done.model_validate({**outcome.body, "ok": True, "reason": outcome.reason}), 202)


async def _to_state(request: web.Request, state: str, reason: str | None) -> web.Response:
    subscriber = await subscriber_of(request)
    await submit(request, "subscribers.state", {"id": subscriber.id, "state": state, "reason": reason})
    return answer(shown(await subscriber_of(request), _vault_or_none(request)))


async def _replace(request: web.Request, changes_of: Any, secret: str | None = None) -> web.Response:
    """Put a changed subscriber; one change at a time, so that none undoes another."""
    async with request.app[_CHANGES]:
        subscriber = await subscriber_of(request)
        _must_be_ours(subscriber)
        try:
            changed = Subscriber.model_validate({**subscriber.model_dump(), **changes_of(subscriber)})
        except ValidationError:
            raise ApiError(400, "bad_body", "the change gives no sound subscriber") from None
        if changed != subscriber:
            await submit(request, "subscribers.put", {"subscriber": changed.model_dump(mode="json")})
    after = shown(changed, _vault_or_none(request))
    return answer(after if secret is None else WithSecret(subscriber=after, secret=_for_receiver(secret)))


def _must_be_ours(subscriber: Subscriber) -> None:
    if subscriber.managed_by == "file":
        raise ApiError(409, "managed_by_file", "change it in the subscribers file")


def _rows(connection: sqlite3.Connection, wanted: str | None = None) -> list[Subscriber]:
    """The subscribers that are not deleted, by id; or the one wanted."""
    found = connection.execute(
        "SELECT body FROM subscribers WHERE deleted = 0 AND (? IS NULL OR id = ?) ORDER BY id", (wanted, wanted)
    )
    return [Subscriber.model_validate_json(row[0]) for row in found]


def _vault(request: web.Request) -> Vault:
    vault = _vault_or_none(request)
    if vault is None:
        try:
            return Vault.of(request.app[SETTINGS])
        except NoSecretKey as fault:
            raise ApiError(503, "no_secret_key", str(fault)) from None
    return vault


def _vault_or_none(request: web.Request) -> Vault | None:
    vaults = request.app[VAULT]
    return vaults[0] if vaults else None


def _check_endpoint(request: web.Request, endpoint: str) -> None:
    settings = request.app[SETTINGS]
    try:
        checked(endpoint, allowed=networks(settings.allowed_private), allow_http=settings.allow_http)
    except RefusedUrl as refused:
        faults = [{"field": "endpoint", "message": str(refused)}]
        raise ApiError(400, "refused_endpoint", str(refused), faults=faults) from None


def _check_keys(keys: tuple[str, ...]) -> None:
    for at, key in enumerate(keys):
        try:
            signing.check_key(key)
        except signing.BadKey as fault:
            faults = [{"field": f"secrets.{at}", "message": str(fault)}]
            raise ApiError(400, "bad_key", str(fault), faults=faults) from None


def _new_key(kind: Signing) -> str:
    material = chance.token_bytes(32)
    return signing.private_key(material) if kind == "v1a" else signing.symmetric_key(material)


def _for_receiver(key: str) -> str:
    """What the receiver verifies with."""
    return signing.public_key(key) if key.startswith(signing.PRIVATE) else key
