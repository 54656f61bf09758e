"""Secrets at rest: what opens them, what does not, and what is never shown."""

import pytest
from delivery_samples import SECRET, VAULT, subscriber

from alerts.delivery.secrets import NoSecretKey, Unreadable, Vault
from config.settings import Settings

OLD, NEW = "the-old-key-of-thirty-two-characters-", "the-new-key-of-thirty-two-characters-"


def test_what_is_encrypted_is_not_to_be_read_and_comes_back() -> None:
    cipher = VAULT.encrypt(SECRET)
    assert SECRET not in cipher
    assert VAULT.decrypt(cipher) == SECRET
    assert VAULT.encrypt(SECRET) != cipher


def test_two_keys_overlap_while_reencrypting() -> None:
    was = Vault(OLD)
    sealed = subscriber(endpoint=was.encrypt("https://desk.example/"), secrets=(was.encrypt(SECRET),))
    both = Vault(NEW, OLD)
    assert both.target(sealed).keys == (SECRET,)

    resealed = both.reencrypted(sealed)

    assert Vault(NEW).target(resealed) == was.target(sealed)
    assert both.reencrypted(resealed) is None, "a second run changes nothing"
    with pytest.raises(Unreadable):
        Vault(NEW).target(sealed)


@pytest.mark.parametrize("text", [None, "", " , "])
def test_without_a_key_one_line_says_what_to_do(text) -> None:
    with pytest.raises(NoSecretKey) as fault:
        Vault.of(Settings(secret_key=text))
    assert "TOCSIN_SECRET_KEY" in str(fault.value)
    assert "openssl rand" in str(fault.value)
    assert "\n" not in str(fault.value)


def test_a_short_key_is_refused_and_not_shown() -> None:
    with pytest.raises(NoSecretKey) as fault:
        Vault.of(Settings(secret_key="hunter2"))
    assert "hunter2" not in str(fault.value)


@pytest.mark.parametrize(
    "cipher",
    ["", "gAAAA", "not a cipher", "é", VAULT.encrypt("x")[:-4] + "AAAA"],
    ids=["nothing", "its beginning", "words", "not ASCII", "tampered with"],
)
def test_what_no_key_opens_is_one_kind_of_error(cipher: str) -> None:
    with pytest.raises(Unreadable) as fault:
        VAULT.decrypt(cipher)
    assert not cipher or cipher not in str(fault.value)


def test_a_fingerprint_is_of_the_content_and_the_key() -> None:
    document = [{"id": "desk", "secrets": [SECRET]}]
    assert VAULT.fingerprint(document) == VAULT.fingerprint([{"secrets": [SECRET], "id": "desk"}])
    assert VAULT.fingerprint(document) != VAULT.fingerprint([])
    assert VAULT.fingerprint(document) != Vault(NEW).fingerprint(document)
    assert Vault(NEW, OLD).fingerprint(document) == Vault(NEW).fingerprint(document)


def test_repr_shows_nothing() -> None:
    assert "desk.example" not in repr(VAULT.target(subscriber()))
    assert SECRET not in repr(VAULT.target(subscriber()))
