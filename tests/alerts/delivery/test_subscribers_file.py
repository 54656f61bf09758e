"""config/subscribers.yaml: what a sound file gives, and every fault of an unsound one at once, with its line."""

from pathlib import Path

import pytest
from delivery_samples import SECRET

from alerts.delivery.secrets import Vault
from alerts.delivery.subscribers_file import SubscribersFault, load_subscribers
from config.settings import HERE, Settings

KEY = "a-test-key-that-is-long-enough-0123456789"
SETTINGS = Settings(secret_key=KEY)
SOUND = f"""
subscribers:
  - id: desk
    endpoint: https://desk.example/hook?token=tell-nobody
    secrets: [{SECRET}]
    kinds: [air_strike]
    area: {{countries: [SY], bbox: [35.0, 32.0, 43.0, 38.0]}}
    fallback: operations
  - id: operations
    endpoint: {{env: OPERATIONS_URL}}
    rendering: slack
"""


def load(text: str, settings: Settings = SETTINGS, **environment: str):
    return load_subscribers(text, settings, environment=environment)


def test_a_sound_file_gives_subscribers_whose_secrets_are_ciphertexts() -> None:
    loaded = load(SOUND, OPERATIONS_URL="https://hooks.slack.com/services/T0/B0/x")
    desk, operations = loaded.subscribers
    assert (desk.id, desk.kinds, desk.managed_by, desk.area.countries) == ("desk", ("air_strike",), "file", ("SY",))
    target = Vault(KEY).target(desk)
    assert (target.url, target.keys) == ("https://desk.example/hook?token=tell-nobody", (SECRET,))
    assert Vault(KEY).target(operations).url.startswith("https://hooks.slack.com/")
    assert "tell-nobody" not in desk.model_dump_json()


def test_the_hash_is_of_what_the_file_says_and_not_of_the_ciphertexts() -> None:
    first, second = (load(SOUND, OPERATIONS_URL="https://a.example/") for _ in range(2))
    assert first.subscribers != second.subscribers
    assert first.hash == second.hash == load("# a comment\n" + SOUND, OPERATIONS_URL="https://a.example/").hash
    assert first.hash != load(SOUND, OPERATIONS_URL="https://b.example/").hash


def test_a_secret_may_be_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text(SECRET + "\n")
    text = f"- id: desk\n  endpoint: https://desk.example/\n  secrets:\n    - {{file: {tmp_path / 'secret'}}}\n"
    (desk,) = load(text).subscribers
    assert Vault(KEY).target(desk).keys == (SECRET,)


@pytest.mark.parametrize("text", ["", "subscribers:\n", "subscribers: []\n", "# nothing\n"])
def test_a_file_without_subscribers_needs_no_key(text: str) -> None:
    assert load(text, Settings(secret_key=None)).subscribers == ()


def test_the_file_that_comes_with_tocsin_is_sound() -> None:
    assert load((HERE / "subscribers.yaml").read_text(), Settings(secret_key=None)).subscribers == ()


def test_without_a_key_subscribers_are_refused_with_a_clear_line() -> None:
    with pytest.raises(SubscribersFault) as fault:
        load(SOUND, Settings(secret_key=None), OPERATIONS_URL="https://a.example/")
    (line,) = fault.value.faults
    assert line.startswith("line 3: TOCSIN_SECRET_KEY is not set")


def test_every_fault_is_told_at_once_with_its_line_and_no_secret() -> None:
    text = """subscribers:
  - id: "a b"
    endpoint: http://169.254.169.254/latest?secret-in-query
    secrets: [whsec_c2hvcnQ=]
    severity: huge
  - id: twice
    endpoint: https://twice.example/
    secrets: [{env: NOT_SET}]
    colour: red
  - id: twice
    endpoint: {file: /no/such/file}
    min_origins: 0
    state: disabled
  - just words
other: 1
"""
    with pytest.raises(SubscribersFault) as fault:
        load(text)
    faults = fault.value.faults
    assert [line.split(":")[0] for line in faults] == sorted(
        (line.split(":")[0] for line in faults), key=lambda line: int(line.split()[1])
    )
    told = "\n".join(faults)
    for words in (
        "line 2: id:",
        "line 3: an endpoint is https",
        "line 4: a whsec_ secret holds 24 to 64 bytes",
        "line 5: severity:",
        "line 8: environment variable NOT_SET is not set",
        "line 9: unknown key colour",
        "line 10: a second subscriber with the id twice",
        "line 10: secrets is missing",
        "line 11: file /no/such/file cannot be read",
        "line 12: min_origins:",
        "line 13: state is not set in a file",
        "line 14: a subscriber is a mapping",
        "line 15: unknown key 'other'",
    ):
        assert words in told, f"{words}\n---\n{told}"
    assert "c2hvcnQ" not in told
    assert "secret-in-query" not in told


def test_not_yaml_is_one_line() -> None:
    with pytest.raises(SubscribersFault) as fault:
        load("subscribers: [\n - :::")
    assert len(fault.value.faults) == 1
    assert "not YAML" in fault.value.faults[0]
