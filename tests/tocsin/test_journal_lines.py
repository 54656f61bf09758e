"""The journal as lines: what is exported is read again as it stood, and what was skipped stays skipped."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.records import CommandRecord, Record, encode
from tests.alerts.engine.wire import ALBA, BORA, CORVO, NORTH, RULES, START, command, rules_of, story, strike, tick
from tests.tocsin.test_cli import tocsin
from tocsin import journal_lines
from tocsin.failures import DONE, INPUT_REJECTED

RAID = [strike(ALBA, 1), strike(BORA, 1), strike(CORVO, 1)]
BEFORE: list[Record] = [rules_of(RULES), tick(1), story("a", 1.1, *RAID, offset=0)]
AFTER: list[Record] = [story("b", 1.2, *RAID, strike(NORTH, 1), credit="AP", offset=1), tick(2)]
NO_RECORD = b"no\nrecord"
NO_ENGINE_TAKES = encode(command("source.start", {"topic": "t", "partition": 0, "offset": 2**64 - 1}))
"""A record by its form; SQLite has no number as large."""


def skip(position: int) -> CommandRecord:
    return CommandRecord(
        id=f"skip {position}", name="record.skip", body={"position": position}, author="command line", at=START
    )


def journal(bad: bytes, decided: int, start: int = 0) -> list[tuple[int, bytes]]:
    """A journal from position `start` on with `bad` at its fourth, and the decision to lose what is at `decided`."""
    records = [*map(encode, BEFORE), bad, *map(encode, [skip(decided), *AFTER])]
    return list(enumerate(records, start))


def exported(tmp_path: Path, positions: list[tuple[int, bytes]]) -> Path:
    file = tmp_path / "journal.ndjson"
    file.write_bytes(b"".join(line + b"\n" for line in journal_lines.written(positions)))
    return file


@given(
    st.lists(
        st.tuples(
            st.integers(1, 3), st.binary() | st.sampled_from([b"{}", b'{"type":"tick"}', b'{"base64":"","position":9}'])
        )
    )
)
def test_what_is_written_is_read_again_at_its_position(tmp_path_factory: pytest.TempPathFactory, steps) -> None:  # type: ignore[no-untyped-def]
    positions, at = [], -1
    for step, raw in steps:
        at += step
        positions.append((at, raw))
    file = exported(tmp_path_factory.mktemp("journal"), positions)
    assert [(each.position, each.raw) for each in journal_lines.placed(str(file))] == positions


@pytest.mark.parametrize("start", [0, 40])
@pytest.mark.parametrize("bad", [NO_RECORD, NO_ENGINE_TAKES], ids=["no record", "no engine takes it"])
def test_a_skipped_record_is_skipped_in_the_replay_too(tmp_path: Path, bad: bytes, start: int) -> None:
    """As in the cluster, whose engine saw all but that one."""
    replayed = tocsin("replay", "--journal", str(exported(tmp_path, journal(bad, start + 3, start))))
    assert (replayed.code, replayed.err.splitlines()[0]) == (DONE, "journal.ndjson:4: skipped, as the journal says")
    undisturbed = [(number, encode(record)) for number, record in enumerate([*BEFORE, skip(start + 3), *AFTER])]
    assert [line["transition"] for line in replayed.lines] == ["opened", "updated"]
    assert replayed.out == tocsin("replay", "--journal", str(exported(tmp_path, undisturbed))).out


def test_it_may_come_on_standard_input(tmp_path: Path) -> None:
    file = exported(tmp_path, journal(NO_RECORD, 3))
    piped = tocsin("replay", "--journal", "-", stdin=file.read_bytes())
    assert piped.out == tocsin("replay", "--journal", str(file)).out


def test_an_export_of_before_is_read_by_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "journal.ndjson"
    file.write_bytes(b"".join(raw + b"\n" for _, raw in journal(b"no record", 3)))
    assert [line["transition"] for line in tocsin("replay", "--journal", str(file)).lines] == ["opened", "updated"]


@pytest.mark.parametrize("decided", [2, 4, 5])
def test_what_nobody_decided_to_lose_stops_the_replay(tmp_path: Path, decided: int) -> None:
    stopped = tocsin("replay", "--journal", str(exported(tmp_path, journal(NO_RECORD, decided))))
    assert stopped.code == INPUT_REJECTED
    assert "journal.ndjson:4: no journal record" in stopped.err


def test_what_could_be_applied_was_not_skipped(tmp_path: Path) -> None:
    """A command that names it changes nothing: detect had applied it."""
    replayed = tocsin("replay", "--journal", str(exported(tmp_path, journal(encode(tick(1.15)), 2))))
    assert [line["transition"] for line in replayed.lines] == ["opened", "updated"]
    assert "skipped" not in replayed.err
