"""Files, folders and standard input as chunks of one story each."""

import gzip
import io
import sys
from pathlib import Path

import pytest

from tocsin import sources
from tocsin.failures import WRONG_USAGE, CommandError

TWO = b'{"uri": "1"}\n\n{"uri": "2"}\n'


def raws(path: Path) -> list[bytes]:
    return [chunk.raw.strip() for chunk in sources.read([str(path)])]


def test_a_file_of_lines_is_a_story_a_line_and_knows_where_each_stands(tmp_path: Path) -> None:
    file = tmp_path / "wire.ndjson"
    file.write_bytes(TWO)
    chunks = list(sources.read([str(file)]))
    assert [(chunk.origin, chunk.number, chunk.feed) for chunk in chunks] == [
        ("wire.ndjson:1", 0, "wire"),
        ("wire.ndjson:3", 2, "wire"),
    ]
    assert chunks[-1].progress == 1.0


def test_gzip_is_read_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "wire.jsonl.gz"
    file.write_bytes(gzip.compress(TWO))
    assert raws(file) == [b'{"uri": "1"}', b'{"uri": "2"}']


def test_a_pretty_printed_object_is_one_story(tmp_path: Path) -> None:
    file = tmp_path / "story.json"
    file.write_text('{\n "uri": "1"\n}\n')
    assert raws(file) == [b'{\n "uri": "1"\n}']


def test_a_broken_line_of_a_file_of_lines_is_a_chunk_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "wire.ndjson"
    file.write_bytes(b"{broken\n" + TWO)
    assert raws(file) == [b"{broken", b'{"uri": "1"}', b'{"uri": "2"}']


def test_a_folder_is_its_files_by_name(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("second")
    (tmp_path / "a.txt").write_text("first")
    (tmp_path / ".hidden").write_text("no")
    assert raws(tmp_path) == [b"first", b"second"]


def test_standard_input_is_lines_or_one_story(monkeypatch: pytest.MonkeyPatch) -> None:
    for raw, number in ((TWO, 2), (b"HILLTOWN: quiet.\nStill quiet.\n", 1)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        assert len(list(sources.read(["-"]))) == number


def test_a_missing_file_is_said_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("first")
    reading = sources.read([str(tmp_path / "a.txt"), str(tmp_path / "none.txt")])
    with pytest.raises(CommandError, match=r"none\.txt: no such file") as fault:
        next(reading)
    assert fault.value.code == WRONG_USAGE


def test_a_cut_gzip_file_is_said(tmp_path: Path) -> None:
    file = tmp_path / "wire.ndjson.gz"
    file.write_bytes(gzip.compress(TWO * 1000)[:-20])
    with pytest.raises(CommandError, match="not a whole gzip file"):
        list(sources.read([str(file)]))
