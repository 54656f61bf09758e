"""Standard Webhooks 1.0.0 signatures: v1 (HMAC-SHA256) and v1a (Ed25519). Pure.

The signed content is `webhook-id.webhook-timestamp.body`, over the exact bytes that are sent.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SYMMETRIC, PRIVATE, PUBLIC = "whsec_", "whsk_", "whpk_"
SHORTEST, LONGEST = 24, 64
"""Bytes of a v1 secret."""
TOLERANCE_SECONDS = 300


class BadKey(ValueError):
    """A signing key is not one. The message never holds the key."""


class NotVerified(Exception):
    """The request is not signed by any of the keys, or is too old or too new; the message says which."""


def symmetric_key(material: bytes) -> str:
    """`whsec_` and the base64 of 24 to 64 random bytes."""
    return _checked(SYMMETRIC + base64.b64encode(material).decode())


def private_key(seed: bytes) -> str:
    """`whsk_` and the base64 of a 32-byte Ed25519 seed."""
    return _checked(PRIVATE + base64.b64encode(seed).decode())


def public_key(private: str) -> str:
    """The `whpk_` that verifies what the `whsk_` signs; it may be shown to anybody."""
    return PUBLIC + base64.b64encode(_ed25519(private).public_key().public_bytes_raw()).decode()


def check_key(key: str) -> None:
    """Raises BadKey unless `key` is a whsec_ of 24 to 64 bytes or a whsk_ of 32 (or 64: seed and public half)."""
    _checked(key)


def headers(webhook_id: str, body: bytes, now: datetime, keys: Sequence[str]) -> dict[str, str]:
    """The three headers. With several keys (rotation) there are several signatures, parted by a space."""
    stamp = str(int(now.timestamp()))
    content = _content(webhook_id, stamp, body)
    signed = {"webhook-id": webhook_id, "webhook-timestamp": stamp}
    if keys:
        signed["webhook-signature"] = " ".join(_sign(key, content) for key in keys)
    return signed


def verify(sent: Mapping[str, str], body: bytes, now: datetime, keys: Sequence[str]) -> None:
    """Raises NotVerified unless a signature is by one of `keys` (whsec_ or whpk_) and the time is within 5 minutes."""
    received = {name.lower(): value for name, value in sent.items()}
    try:
        webhook_id, stamp, offered = (received[f"webhook-{part}"] for part in ("id", "timestamp", "signature"))
    except KeyError as missing:
        raise NotVerified(f"no header {missing}") from None
    if not (stamp.isascii() and stamp.isdigit()):
        raise NotVerified("webhook-timestamp is not whole seconds")
    if abs(int(now.timestamp()) - int(stamp)) > TOLERANCE_SECONDS:
        raise NotVerified("webhook-timestamp is more than 5 minutes from now")
    content = _content(webhook_id, stamp, body)
    if not any(_matches(signature, key, content) for signature in offered.split() for key in keys):
        raise NotVerified("no signature by any of the keys")


def _content(webhook_id: str, stamp: str, body: bytes) -> bytes:
    return f"{webhook_id}.{stamp}.".encode() + body


def _sign(key: str, content: bytes) -> str:
    if key.startswith(PRIVATE):
        return "v1a," + base64.b64encode(_ed25519(key).sign(content)).decode()
    return "v1," + base64.b64encode(_hmac(key, content)).decode()


def _matches(signature: str, key: str, content: bytes) -> bool:
    version, _, encoded = signature.partition(",")
    try:
        raw = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return False
    if version == "v1" and key.startswith(SYMMETRIC):
        return hmac.compare_digest(_hmac(key, content), raw)
    if version == "v1a" and key.startswith(PUBLIC):
        try:
            Ed25519PublicKey.from_public_bytes(_material(key, PUBLIC)).verify(raw, content)
        except InvalidSignature:
            return False
        return True
    return False


def _hmac(key: str, content: bytes) -> bytes:
    return hmac.digest(_material(_checked(key), SYMMETRIC), content, hashlib.sha256)


def _ed25519(key: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_material(_checked(key), PRIVATE)[:32])


def _checked(key: str) -> str:
    if key.startswith(SYMMETRIC):
        if not SHORTEST <= len(_material(key, SYMMETRIC)) <= LONGEST:
            raise BadKey(f"a whsec_ secret holds {SHORTEST} to {LONGEST} bytes")
    elif key.startswith(PRIVATE):
        if len(_material(key, PRIVATE)) not in (32, 64):
            raise BadKey("a whsk_ key holds 32 bytes (or 64: seed and public half)")
    else:
        raise BadKey("a signing key starts with whsec_ or whsk_")
    return key


@lru_cache(1024)
def _material(key: str, prefix: str) -> bytes:
    text = key.removeprefix(prefix).rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise BadKey(f"what follows {prefix} is not base64") from None
