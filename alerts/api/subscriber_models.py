"""What the subscribers' operations take and give: a secret once only, and of an endpoint no more than its origin."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from yarl import URL

from alerts.delivery import signing
from alerts.delivery.secrets import Unreadable, Vault
from alerts.subscribers import Subscriber, SubscriberId, Wishes

Endpoint = Annotated[str, StringConstraints(min_length=1, max_length=2048)]
Signing = Literal["v1", "v1a"]
Secret = Annotated[str, StringConstraints(min_length=1, max_length=200)]
MOST_SECRETS = 5


class NewSubscriber(Wishes):
    """`signing` says what kind of secret is made when `secrets` gives none: v1 (shared), v1a (Ed25519)."""

    id: SubscriberId
    endpoint: Endpoint
    secrets: tuple[Secret, ...] = Field((), max_length=MOST_SECRETS)
    signing: Signing = "v1"


class SubscriberChange(Wishes):
    """Only the fields that are given are changed."""

    endpoint: Endpoint = "-"


class Rotation(BaseModel):
    """The kind of the new secret."""

    model_config = ConfigDict(extra="forbid")

    signing: Signing = "v1"


class ShownSubscriber(Wishes):
    """A subscriber without its secrets. `origin`: scheme, host and port of the endpoint; null when no key opens it."""

    id: SubscriberId
    origin: str | None
    signatures: int
    """How many signatures a webhook carries: two while a rotation overlaps."""
    public_keys: tuple[str, ...]
    """`whpk_` of each Ed25519 key."""
    state: Literal["active", "paused", "disabled"]
    state_reason: str | None
    managed_by: Literal["file", "api"]


class Subscribers(BaseModel):
    """All of them, by id."""

    subscribers: list[ShownSubscriber]


class WithSecret(BaseModel):
    """`secret` is shown this once: the `whsec_` to verify with, or the `whpk_` of a key that we keep."""

    subscriber: ShownSubscriber
    secret: str


class Done(BaseModel):
    """A command was carried out. `reason` is the engine's word for what it did."""

    model_config = ConfigDict(extra="allow")

    ok: bool
    reason: str


def shown(subscriber: Subscriber, vault: Vault | None) -> ShownSubscriber:
    origin: str | None = None
    public_keys: tuple[str, ...] = ()
    if vault is not None:
        try:
            target = vault.target(subscriber)
            origin = _origin(target.url)
            public_keys = tuple(signing.public_key(key) for key in target.keys if key.startswith(signing.PRIVATE))
        except Unreadable:
            origin = None
    return ShownSubscriber(
        **subscriber.model_dump(include=set(Wishes.model_fields)),
        id=subscriber.id,
        origin=origin,
        signatures=len(subscriber.secrets),
        public_keys=public_keys,
        state=subscriber.state,
        state_reason=subscriber.state_reason,
        managed_by=subscriber.managed_by,
    )


def _origin(url: str) -> str | None:
    """Of a URL; its path and query may be secret."""
    try:
        return str(URL(url).origin())
    except ValueError:
        return None
