"""The command line: what it prints, its exit codes, and one clear line for each kind of bad input."""

import io
import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ops.waiting import free_port
from tocsin import cli
from tocsin.failures import DONE, FAILED, INPUT_REJECTED, WRONG_USAGE

STORY = {
    "uri": "urn:test:1",
    "type": "text",
    "version": "1",
    "versioncreated": "2024-05-20T12:00:00Z",
    "pubstatus": "usable",
    "language": "en",
    "headline": "Warplanes strike three towns",
    "body_text": "BEIRUT: Warplanes bombed the towns of Saraqib, Kafranbel and Khan Sheikhun in Idlib province of "
    "Syria on Monday, killing four people in Saraqib, a war monitor said.",
}


class Ran:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.out.splitlines()]


def tocsin(*arguments: str, stdin: bytes = b"") -> Ran:
    """Run the command as `tocsin` does, in this process."""
    out, err = io.TextIOWrapper(io.BytesIO()), io.TextIOWrapper(io.BytesIO())
    before = sys.stdin, sys.stdout, sys.stderr
    sys.stdin, sys.stdout, sys.stderr = io.TextIOWrapper(io.BytesIO(stdin)), out, err
    try:
        code = cli.run(list(arguments))
    finally:
        sys.stdin, sys.stdout, sys.stderr = before
    out.flush()
    err.flush()
    return Ran(code, out.buffer.getvalue().decode(), err.buffer.getvalue().decode())  # type: ignore[attr-defined]


def one_line(ran: Ran) -> str:
    """The fault, which is one line and no traceback; the log of a service that had begun is left out."""
    assert "Traceback" not in ran.err
    lines = [line for line in ran.err.splitlines() if line.strip() and not line.startswith("{")]
    assert len(lines) == 1, ran.err
    return lines[0]


def test_the_command_is_installed_and_ends_with_the_code() -> None:
    done = subprocess.run([sys.executable, "-m", "tocsin", "extract"], input=b"{", capture_output=True, check=False)
    assert done.returncode == INPUT_REJECTED
    assert b"rejected (not_json)" in done.stderr


def test_extract_prints_a_json_line_for_a_story() -> None:
    ran = tocsin("extract", stdin=json.dumps(STORY).encode())
    assert ran.code == DONE
    (told,) = ran.lines
    assert told["story"] == {
        "uri": "urn:test:1",
        "version": "1",
        "published": "2024-05-20T12:00:00Z",
        "status": "usable",
    }
    places = {signal["place"]["name"] for signal in told["signals"] if signal["counted"]}  # type: ignore[attr-defined]
    assert len(places) == 3


def test_explain_shows_the_words_and_why() -> None:
    shown = tocsin("explain", "-", stdin=json.dumps(STORY).encode())
    assert shown.code == DONE
    assert "bombed the towns of Saraqib" in " ".join(shown.out.split())
    assert "air_strike" in shown.out
    page = tocsin("explain", "--html", "-", stdin=json.dumps(STORY | {"headline": "<script>x</script>"}).encode())
    assert "<mark" in page.out
    assert "<script>x" not in page.out


BAD = {
    "not_json": b'{"uri": ',
    "not_utf8": b"Caf\xe9 raided",
    "no_id": json.dumps({**STORY, "uri": None}).encode(),
    "no_date": json.dumps({**STORY, "versioncreated": None}).encode(),
    "date_in_future": json.dumps({**STORY, "versioncreated": "2090-01-01T00:00:00Z"}).encode(),
    "empty_body": json.dumps({**STORY, "body_text": ""}).encode(),
    "too_large": b"A" * 10_000_000,
}


@pytest.mark.parametrize("reason", BAD)
def test_bad_input_is_one_line_and_exit_code_3(reason: str) -> None:
    ran = tocsin("extract", "-", stdin=BAD[reason])
    assert ran.code == INPUT_REJECTED
    assert f"rejected ({reason})" in one_line(ran)
    assert ran.out == ""


def test_a_bad_line_does_not_stop_the_next_story(tmp_path: Path) -> None:
    file = tmp_path / "wire.ndjson"
    file.write_bytes(b"{broken\n" + json.dumps(STORY).encode() + b"\n")
    ran = tocsin("extract", str(file))
    assert ran.code == INPUT_REJECTED
    assert "wire.ndjson:1" in one_line(ran)
    assert len(ran.lines) == 1


def test_another_language_is_set_aside_with_a_reason() -> None:
    french = {
        **STORY,
        "language": "fr",
        "body_text": "BEYROUTH: Des avions ont bombardé trois villes lundi, selon une ONG.",
    }
    ran = tocsin("extract", stdin=json.dumps(french | {"headline": "Des avions bombardent trois villes"}).encode())
    assert ran.code == DONE
    (told,) = ran.lines
    assert told["signals"] == []
    assert "language" in str(told["note"])


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("extract", "/no/such/file"), WRONG_USAGE, "no such file"),
        (("replay", "/no/such/file"), WRONG_USAGE, "no such file"),
        (("replay",), WRONG_USAGE, "one of the two"),
        (("run", "--clock", "sundial"), WRONG_USAGE, "choose wall or story"),
        (("run", "--host", "0.0.0.0"), WRONG_USAGE, "TOCSIN_TOKENS"),
        (("rules", "check", "/no/such/rules.yaml"), WRONG_USAGE, "no such rules file"),
        (("extract", "--nonsense"), WRONG_USAGE, "--help"),
        (("fly",), WRONG_USAGE, "--help"),
        (("evaluate", "/no/such/gold.jsonl"), WRONG_USAGE, "no such file"),
        (("evaluate", "--scores", "--json", "README.md"), WRONG_USAGE, "leave out --json"),
        (("journal", "export", "--db", "/no/such/file.db"), WRONG_USAGE, "no such file"),
    ],
)
def test_wrong_usage_is_one_line(arguments: tuple[str, ...], code: int, said: str) -> None:
    ran = tocsin(*arguments)
    assert ran.code == code
    assert said in one_line(ran)


def test_a_rules_file_with_three_faults_names_all_three_with_their_lines(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(
        "rules:\n"
        "  - id: a\n"
        "    kind: air_strike\n"
        "    by: continent\n"
        "    measure: incidents\n"
        "    window: 2d\n"
        "    severity: {warning: -3}\n"
        "    colour: red\n"
    )
    ran = tocsin("rules", "check", str(file))
    assert ran.code == INPUT_REJECTED
    assert "Traceback" not in ran.err
    assert [line for line in (4, 7, 8) if f"line {line}" not in ran.err] == []


def test_a_sound_rules_file_is_said_to_be() -> None:
    ran = tocsin("rules", "check", str(Path(cli.__file__).parent.parent / "config" / "rules.yaml"))
    assert ran.code == DONE
    assert "sound" in ran.out


def test_a_port_in_use_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = tocsin("run", "--db", str(tmp_path / "t.db"), "--port", str(port))
    assert ran.code == FAILED
    assert f"port {port} is in use" in one_line(ran)


def test_a_file_that_is_no_database_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "t.db"
    file.write_bytes(b"this is not a database, it is a text\n" * 200)
    ran = tocsin("run", "--db", str(file), "--port", "0")
    assert ran.code == FAILED
    assert "cannot be used" in one_line(ran)


@pytest.mark.slow
def test_a_broker_that_is_down_is_one_line() -> None:
    port = free_port()
    ran = tocsin("topics", "check", "--bootstrap", f"127.0.0.1:{port}")
    assert ran.code == FAILED
    assert str(port) in one_line(ran)


def test_a_replay_raises_and_sums_up(tmp_path: Path) -> None:
    file = tmp_path / "wire.ndjson"
    file.write_bytes(json.dumps(STORY).encode() + b"\n")
    ran = tocsin("replay", str(file))
    assert ran.code == DONE
    (revision,) = [line for line in ran.lines if line["rule"] == "air-strikes-country"]
    assert (revision["transition"], revision["severity"]) == ("opened", "warning")
    assert "1 stories" in ran.err or "1 story" in ran.err
