"""Standard Webhooks signatures: against the reference library (v1), published vectors, and our own verifier."""

import base64
from datetime import UTC, datetime, timedelta, timezone

import pytest
from delivery_samples import SECRET, T0
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from alerts.delivery import signing

SEED = bytes(range(32))
PRIVATE = signing.private_key(SEED)
PUBLIC = signing.public_key(PRIVATE)


def test_v1_gives_the_signature_of_the_specifications_own_vector() -> None:
    """The vector that the Standard Webhooks and Svix libraries test themselves with."""
    headers = signing.headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        b'{"test": 2432232314}',
        datetime.fromtimestamp(1614265330, UTC),
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.binary(min_size=24, max_size=64), st.text(max_size=300))
def test_v1_agrees_with_the_reference_library(material: bytes, text: str) -> None:
    secret, body, now = signing.symmetric_key(material), text.encode("utf-8", "replace"), datetime.now(UTC)
    headers = signing.headers("msg_1", body, now, [secret])
    oracle = Webhook(secret)
    assert headers["webhook-signature"] == oracle.sign("msg_1", now, body.decode())
    oracle.verify(body, headers, json_parse=False)


def test_the_same_instant_in_another_zone_gives_the_same_signature() -> None:
    """The reference library replaces the zone instead of converting to it."""
    elsewhere = T0.astimezone(timezone(timedelta(hours=3)))
    assert signing.headers("a", b"{}", T0, [SECRET]) == signing.headers("a", b"{}", elsewhere, [SECRET])


def test_v1a_is_verified_by_the_public_key_alone() -> None:
    headers = signing.headers("msg_1", b"body", T0, [PRIVATE])
    assert headers["webhook-signature"].startswith("v1a,")
    signing.verify(headers, b"body", T0, [PUBLIC])
    with pytest.raises(signing.NotVerified):
        signing.verify(headers, b"body!", T0, [PUBLIC])
    other = signing.public_key(signing.private_key(bytes(32)))
    with pytest.raises(signing.NotVerified):
        signing.verify(headers, b"body", T0, [other])


def test_v1a_signs_what_rfc_8032_says() -> None:
    """RFC 8032, 7.1, test 1: the key pair of the vector is ours too."""
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    key = signing.private_key(seed)
    assert signing.public_key(key) == "whpk_" + base64.b64encode(public).decode()
    both_halves = signing.PRIVATE + base64.b64encode(seed + public).decode()
    assert signing.public_key(both_halves) == signing.public_key(key), "keys of 64 bytes, as Svix makes them"


def test_while_a_rotation_overlaps_either_secret_verifies() -> None:
    newer = signing.symmetric_key(b"n" * 24)
    headers = signing.headers("msg_1", b"{}", T0, [newer, SECRET, PRIVATE])
    assert [part.split(",")[0] for part in headers["webhook-signature"].split()] == ["v1", "v1", "v1a"]
    for key in (newer, SECRET, PUBLIC):
        signing.verify(headers, b"{}", T0, [key])
    assert Webhook(SECRET)


def test_without_a_secret_nothing_is_signed() -> None:
    assert set(signing.headers("msg_1", b"{}", T0, [])) == {"webhook-id", "webhook-timestamp"}


@pytest.mark.parametrize(
    "key",
    [
        "whsec_" + base64.b64encode(b"x" * 23).decode(),
        "whsec_" + base64.b64encode(b"x" * 65).decode(),
        "whsec_",
        "whsec_not base64 at all!",
        "whsec_é" * 10,
        "whsk_" + base64.b64encode(b"x" * 31).decode(),
        PUBLIC,
        "secret",
        "",
    ],
)
def test_a_bad_key_is_refused_and_not_shown(key: str) -> None:
    with pytest.raises(signing.BadKey) as fault:
        signing.check_key(key)
    assert len(key) < 7 or key[6:] not in str(fault.value)


@pytest.mark.parametrize("length", [24, 32, 64])
def test_secrets_of_24_to_64_bytes_are_taken_padded_or_not(length: int) -> None:
    key = signing.symmetric_key(b"x" * length)
    signing.check_key(key)
    unpadded = key.rstrip("=")
    assert signing.headers("a", b"", T0, [key]) == signing.headers("a", b"", T0, [unpadded])


HEADERS = signing.headers("msg_1", b"{}", T0, [SECRET])


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook-id": "msg_2"},
        {"webhook-timestamp": str(int(T0.timestamp()) + 1)},
        {"webhook-timestamp": HEADERS["webhook-timestamp"] + ".5"},
        {"webhook-timestamp": "now"},
        {"webhook-timestamp": "١٢٣"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,not base64"},
        {"webhook-signature": "v1," + "A" * 44},
        {"webhook-signature": HEADERS["webhook-signature"].replace("v1,", "v2,")},
        {"webhook-signature": HEADERS["webhook-signature"].replace("v1,", "v1a,")},
        {"webhook-signature": "v1,é"},
    ],
)
def test_whatever_is_changed_is_not_verified_and_nothing_else_is_raised(changes: dict[str, str]) -> None:
    with pytest.raises(signing.NotVerified):
        signing.verify(HEADERS | changes, b"{}", T0, [SECRET])


@pytest.mark.parametrize("seconds", [-301, 301, 86_400])
def test_too_old_and_too_new_are_refused(seconds: int) -> None:
    with pytest.raises(signing.NotVerified):
        signing.verify(HEADERS, b"{}", T0 + timedelta(seconds=seconds), [SECRET])


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_within_five_minutes_it_is_verified_whatever_the_case_of_the_headers(seconds: int) -> None:
    shouted = {name.upper(): value for name, value in HEADERS.items()}
    signing.verify(shouted, b"{}", T0 + timedelta(seconds=seconds), [SECRET])


def test_a_body_that_is_no_text_is_signed_as_it_is() -> None:
    headers = signing.headers("msg_1", b"\xff\xfe", T0, [SECRET])
    signing.verify(headers, b"\xff\xfe", T0, [SECRET])
