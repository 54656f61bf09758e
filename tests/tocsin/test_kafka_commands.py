"""The commands on Kafka where there is no Kafka: one clear line each, and the right exit code."""

import shutil

import pytest

from alerts import app_kafka
from tests.ops.waiting import free_port
from tocsin import local_broker
from tocsin.cli import run
from tocsin.local_broker import LocalBroker, Unavailable

COMMANDS = [
    ["topics", "create"],
    ["topics", "check"],
    ["topics", "new-epoch", "1"],
    ["publish", "pyproject.toml"],
    ["dead-letters", "list"],
    ["dead-letters", "show", "0-0"],
    ["dead-letters", "replay", "--all"],
    ["journal", "skip", "7"],
    ["journal", "export"],
    ["rules", "apply", "config/rules.yaml"],
    ["subscribers", "reencrypt"],
    ["worker", "extract", "--port", "0"],
    ["worker", "detect", "--port", "0"],
    ["worker", "deliver", "--port", "0"],
    ["serve", "--port", "0"],
]


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    monkeypatch.setattr(app_kafka, "BOOTSTRAP_SECONDS", 0.2)
    monkeypatch.setenv("TOCSIN_SECRET_KEY", "a key that only tests use: long enough to be taken")
    monkeypatch.setenv("TOCSIN_DB", str(tmp_path_factory.mktemp("db") / "engine.db"))


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_a_broker_that_is_down_is_one_clear_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """What is wrong, where, and what to do; no traceback."""
    where = f"127.0.0.1:{free_port()}"
    assert run([*arguments, "--bootstrap", where]) == 1
    said = capsys.readouterr().err.strip().splitlines()
    assert said == [f"tocsin: Kafka at {where} does not answer; start the broker or correct TOCSIN_BOOTSTRAP"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["worker", "extract", "--clock", "lunar"], 2, "--clock lunar: choose wall or story"),
        (["dead-letters", "replay"], 2, "name dead letters, or give --all or --reason"),
        (["dead-letters", "show", "nonsense"], 1, "nonsense: no dead letter is named so"),
        (["serve", "--stories", "stories.ndjson"], 2, "send files with `tocsin publish`"),
        (["publish", "no/such/file"], 2, "no such file or folder"),
        (["topics", "create", "--partitions", "0"], 2, "--partitions"),
    ],
)
def test_wrong_usage_is_said(
    arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before any broker is asked."""
    monkeypatch.setenv("TOCSIN_BOOTSTRAP", f"127.0.0.1:{free_port()}")
    assert run(arguments) == code
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def test_deliver_without_a_secret_key_does_not_start(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It could only give up every delivery."""
    monkeypatch.delenv("TOCSIN_SECRET_KEY")
    assert run(["worker", "deliver", "--port", "0"]) == 1
    assert "TOCSIN_SECRET_KEY is not set" in capsys.readouterr().err


@pytest.mark.parametrize("missing", ["java", "mvn"])
def test_without_java_or_maven_it_is_said_how_to_get_them(
    missing: str, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The line that a skipped test shows."""
    found = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == missing else found(name) or f"/usr/bin/{name}")
    with pytest.raises(Unavailable, match="apt-get install openjdk-17-jre-headless maven"):
        local_broker.fetch(tmp_path_factory.mktemp("jars") / "none")
    monkeypatch.setattr(local_broker, "cache", lambda: tmp_path_factory.mktemp("jars") / "none")
    with pytest.raises(Unavailable):
        LocalBroker(tmp_path_factory.mktemp("home"))
