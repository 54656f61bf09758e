"""Ways in: a file played and taken up again, a folder as it fills, a feed and its silent edits."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.settings import Settings
from tests.tocsin.test_feed_entries import RSS
from tocsin import intakes
from tocsin.service import Service

NOW = datetime(2024, 5, 20, 12, tzinfo=UTC)


def lines(*numbers: int) -> bytes:
    items = (
        {
            "uri": f"urn:{n}",
            "versioncreated": "2024-05-20T09:00:00Z",
            "headline": f"Story {n}",
            "body_text": "All is quiet.",
        }
        for n in numbers
    )
    return b"".join(json.dumps(item).encode() + b"\n" for item in items)


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    made = Service(Settings(db=tmp_path / "t.db"), clock="story", now=lambda: NOW)
    await made.start()
    yield made
    await made.stop()


def journal(service: Service) -> list[dict[str, object]]:
    rows = sqlite3.connect(service.settings.db).execute("SELECT record FROM journal ORDER BY position")
    return [record for (raw,) in rows if (record := json.loads(raw))["type"] != "tick"]


def uris(service: Service) -> list[str]:
    return [record["story"]["uri"] for record in journal(service)]  # type: ignore[index]


async def test_a_file_is_taken_up_where_it_was_left(service: Service, tmp_path: Path) -> None:
    file = tmp_path / "wire.ndjson"
    file.write_bytes(lines(1, 2))
    assert await intakes.play(service, [str(file)]) == 2
    file.write_bytes(lines(1, 2, 3))
    assert await intakes.play(service, [str(file)]) == 1
    assert uris(service) == ["urn:1", "urn:2", "urn:3"]


async def test_a_single_story_is_taken_again_only_when_its_words_change(service: Service, tmp_path: Path) -> None:
    file = tmp_path / "story.txt"
    for words, taken in (("HILLTOWN: quiet.", 1), ("HILLTOWN: quiet.", 0), ("HILLTOWN: loud.", 1)):
        file.write_text(words)
        assert await intakes.play(service, [str(file)]) == taken


async def test_a_folder_is_read_as_it_fills(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intakes, "FOLDER_SECONDS", 0.01)
    folder = tmp_path / "incoming"
    folder.mkdir()
    watching = asyncio.create_task(intakes.watch(service, str(folder)))
    (folder / "a.ndjson").write_bytes(lines(1))
    await reached(service, 1)
    (folder / "b.ndjson").write_bytes(lines(2))
    await reached(service, 2)
    watching.cancel()
    assert uris(service) == ["urn:1", "urn:2"]


async def test_a_feeds_silent_edit_is_a_new_version(service: Service) -> None:
    assert await intakes.read_feed(service, "hill.example", RSS.format(words="First.").encode()) == 2
    assert await intakes.read_feed(service, "hill.example", RSS.format(words="First.").encode()) == 0
    assert await intakes.read_feed(service, "hill.example", RSS.format(words="First, mended.").encode()) == 1
    last = journal(service)[-1]["story"]
    assert (last["uri"], last["version"]) == ("hill-1", "2")  # type: ignore[index]


async def reached(service: Service, number: int) -> None:
    async with asyncio.timeout(60):
        while len(journal(service)) < number:
            await asyncio.sleep(0.01)
