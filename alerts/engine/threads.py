"""Threads: the versions of one story, under one id or under several that name each other.

A thread is a connected set of story ids (links replaces, updates, corrects, kills). It is named after the id of its
first published story. What it says is what the newest version of it says that is not taken back:

- newest is by (published, version, content), whatever order the versions come in;
- a story id with a canceled version, or that a kill names, says nothing ever again, and neither does what its thread
  published up to that moment; a later story under a new id may replace it;
- a newest version that is withheld suspends the thread until a newer one is usable.

Only the newest version of each id is kept: no older one can come back. An embargoed version waits in its own table.
"""

from typing import Any, NamedTuple

from alerts.engine.facts import Fact, of_thread
from alerts.engine.store import Store, dump, load, micros
from stream.records import Fingerprint, StoryRecord
from stream.signals import content_hash
from stream.stories import StoryHead

JOINING = ("replaces", "updates", "corrects", "kills")
SILENT_CLASSES = ("advisory", "plan", "test")
"""Items that report nothing: notes to editors, diaries, tests of the line."""


class Version(NamedTuple):
    """One version of a story, as threads keep it."""

    uri: str
    published: int
    version: str
    hash: str
    status: str
    first_published: int
    links: tuple[tuple[str, str], ...]
    """(role, uri) of the links that join threads."""
    body: bytes | None
    """Signals and what is kept of the story, or null when it says nothing."""

    @property
    def order(self) -> tuple[int, tuple[int, int, str], str]:
        return (self.published, version_key(self.version), self.hash)


class Change(NamedTuple):
    """What a version did to what its thread says."""

    reason: str
    """applied, older_version, killed, withheld, ..."""
    threads: tuple[str, ...]
    """Names of the threads whose facts may differ: the old names and the new."""


def version_key(version: str) -> tuple[int, int, str]:
    """Versions in order: numbers by value, and before words. A total order."""
    return (0, int(version), "") if version.isascii() and version.isdigit() else (1, 0, version)


def version_of(record: StoryRecord) -> Version:
    """The version that a record brings."""
    head = record.story
    signals = (
        [] if head.item_class in SILENT_CLASSES else [s.model_dump(mode="json", by_alias=True) for s in record.signals]
    )
    links = tuple((link.role, link.uri) for link in head.links if link.role in JOINING and link.uri != head.uri)
    corrects = any(link.role == "corrects" for link in head.links)
    body = dump({"signals": signals, "story": _kept(head, record.fingerprint)}) if signals else None
    published = micros(head.published)
    return Version(
        uri=head.uri,
        published=published,
        version=head.version,
        hash=content_hash("version", head.status, links, corrects, body),
        status=head.status,
        first_published=min(published, micros(head.first_published or head.published)),
        links=links,
        body=body,
    )


def _kept(head: StoryHead, print_: Fingerprint | None) -> dict[str, Any]:
    return {
        "uri": head.uri,
        "version": head.version,
        "published": micros(head.published),
        "credits": list(head.credits),
        "feed": head.feed,
        "url": head.url,
        "sha256": None if print_ is None else print_.sha256,
        "sketch": [] if print_ is None else list(print_.sketch),
    }


def hold(store: Store, version: Version, release: int) -> None:
    """Keep an embargoed version until `release`."""
    kept = dump([version.status, version.first_published, version.links, _text(version.body)])
    store.connection.execute(
        "INSERT OR REPLACE INTO waiting VALUES (?, ?, ?, ?, ?, ?)",
        (release, version.uri, version.version, version.published, version.hash, kept),
    )


def release(store: Store, moment: int) -> Version:
    """Take the first of the versions that waited for this moment."""
    run = store.connection.execute
    key = "release, uri, version, published, hash"
    row = run(f"SELECT * FROM waiting WHERE release = ? ORDER BY {key} LIMIT 1", (moment,)).fetchone()
    run(f"DELETE FROM waiting WHERE ({key}) = (?, ?, ?, ?, ?)", tuple(row)[:5])
    status, first, links, body = load(row["body"])
    return Version(
        row["uri"],
        row["published"],
        row["version"],
        row["hash"],
        status,
        first,
        tuple((role, uri) for role, uri in links),
        None if body is None else body.encode(),
    )


def _text(body: bytes | None) -> str | None:
    return None if body is None else body.decode()


def put(store: Store, version: Version) -> Change:
    """Take in a version, in whatever order it comes. The facts are changed by the caller (`current`)."""
    run = store.connection.execute
    row = run("SELECT * FROM stories WHERE uri = ?", (version.uri,)).fetchone()
    if row is None and not version.links:
        stub = run("SELECT killed FROM stubs WHERE uri = ?", (version.uri,)).fetchone()
        if stub is None:
            _insert(store, version, thread=version.uri)
            told = version.body is not None or version.status == "canceled"
            return Change(_word(version), (version.uri,) if told else ())
    killed_before = _killed_at(store, version.uri, row)
    kills = any(role == "kills" for role, _ in version.links)
    touched = {row["thread"]} if row is not None else set()
    newer = row is None or row["published"] is None or version.order > _order(row)
    if row is None:
        _insert(store, version, thread=version.uri)
    elif newer:
        run(
            "UPDATE stories SET first_published = CASE WHEN published IS NULL THEN ? ELSE min(first_published, ?) END,"
            " published = ?, version = ?, hash = ?, status = ?, body = ? WHERE uri = ?",
            (
                version.first_published,
                version.first_published,
                version.published,
                version.version,
                version.hash,
                version.status,
                version.body,
                version.uri,
            ),
        )
    else:
        run(
            "UPDATE stories SET first_published = min(first_published, ?) WHERE uri = ?",
            (version.first_published, version.uri),
        )
    if kills:
        run("UPDATE stories SET kills = 1 WHERE uri = ?", (version.uri,))
    if version.status == "canceled" or killed_before is not None:
        _kill(store, version.uri, version.published if version.status == "canceled" else killed_before or 0)
    for role, uri in version.links:
        touched.add(_node(store, uri, version.published))
        if role == "kills":
            _kill(store, uri, version.published)
    touched.add(version.uri)
    name = _join(store, touched | {_thread(store, version.uri)})
    return Change(_word(version) if newer else "older_version", tuple(sorted(touched | {name})))


def current(store: Store, thread: str) -> list[Fact]:
    """The facts that the thread asserts now."""
    rows = store.connection.execute("SELECT * FROM stories WHERE thread = ?", (thread,)).fetchall()
    taken_back = max((row["killed_at"] for row in rows if row["killed_at"] is not None), default=None)
    alive = [
        row
        for row in rows
        if row["published"] is not None
        and row["killed_at"] is None
        and not row["kills"]
        and (taken_back is None or row["published"] > taken_back)
    ]
    if not alive:
        return []
    newest = max(alive, key=_order)
    if newest["status"] != "usable" or newest["body"] is None:
        return []
    body = load(newest["body"])
    return of_thread(thread, body["signals"], body["story"])


def uris(store: Store, thread: str) -> list[str]:
    """The ids that make up a thread."""
    return [row[0] for row in store.connection.execute("SELECT uri FROM stories WHERE thread = ?", (thread,))]


def purge(store: Store, before: int, forget: int) -> int:
    """Stories last published before `before` become stubs, stubs older than `forget` go; how many were purged."""
    run = store.connection.execute
    run(
        "INSERT OR REPLACE INTO stubs SELECT uri, killed_at IS NOT NULL, ifnull(killed_at, published) FROM stories"
        " WHERE ifnull(published, first_published) < ? AND (killed_at IS NOT NULL OR body IS NOT NULL)",
        (before,),
    )
    purged = run("DELETE FROM stories WHERE published < ?", (before,)).rowcount
    run("DELETE FROM stories WHERE published IS NULL AND first_published < ?", (before,))
    run("DELETE FROM stubs WHERE published < ?", (forget,))
    return purged


def _word(version: Version) -> str:
    return {"canceled": "killed", "withheld": "withheld"}.get(version.status, "applied")


def _order(row: Any) -> tuple[int, tuple[int, int, str], str]:
    return (row["published"], version_key(row["version"]), row["hash"])


def _insert(store: Store, version: Version, thread: str) -> None:
    store.connection.execute(
        "INSERT INTO stories (uri, thread, published, first_published, version, hash, status, killed_at, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            version.uri,
            thread,
            version.published,
            version.first_published,
            version.version,
            version.hash,
            version.status,
            version.published if version.status == "canceled" else None,
            version.body,
        ),
    )


def _killed_at(store: Store, uri: str, row: Any) -> int | None:
    """When an id was killed, also where only its stub remembers."""
    if row is not None:
        return None if row["killed_at"] is None else int(row["killed_at"])
    stub = store.connection.execute("SELECT killed, published FROM stubs WHERE uri = ?", (uri,)).fetchone()
    return int(stub["published"]) if stub is not None and stub["killed"] else None


def _kill(store: Store, uri: str, moment: int) -> None:
    """The id is dead, and what its thread published up to `moment`."""
    store.connection.execute(
        "UPDATE stories SET killed_at = max(ifnull(killed_at, ?), ?) WHERE uri = ?", (moment, moment, uri)
    )


def _node(store: Store, uri: str, moment: int) -> str:
    """The thread of an id; one that was never seen gets a row to be found by (`moment` is for its purge only)."""
    row = store.connection.execute("SELECT thread FROM stories WHERE uri = ?", (uri,)).fetchone()
    if row is not None:
        return str(row["thread"])
    stub = store.connection.execute("SELECT killed, published FROM stubs WHERE uri = ?", (uri,)).fetchone()
    killed_at = stub["published"] if stub is not None and stub["killed"] else None
    store.connection.execute(
        "INSERT INTO stories (uri, thread, first_published, killed_at) VALUES (?, ?, ?, ?)",
        (uri, uri, moment, killed_at),
    )
    return uri


def _thread(store: Store, uri: str) -> str:
    return str(store.connection.execute("SELECT thread FROM stories WHERE uri = ?", (uri,)).fetchone()[0])


def _join(store: Store, names: set[str]) -> str:
    """Make one thread of several, named after its first published story."""
    run = store.connection.execute
    marks = ",".join("?" * len(names))
    members = run(
        f"SELECT uri, thread, first_published, published FROM stories WHERE thread IN ({marks})", tuple(sorted(names))
    ).fetchall()
    name = str(min(members, key=lambda m: (m["published"] is None, m["first_published"] or 0, m["uri"]))["uri"])
    if any(member["thread"] != name for member in members):
        run(f"UPDATE stories SET thread = ? WHERE thread IN ({marks})", (name, *sorted(names)))
    return name
