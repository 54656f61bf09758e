"""Silences: what is held back until a moment, by rule, kind or area, and who decided so."""

from datetime import datetime
from typing import Any

from pydantic import AwareDatetime

from alerts.engine.store import Store, dump, load, micros
from alerts.revisions import AlertRevision
from stream.signals import Frozen


class Silence(Frozen):
    """Holds back revisions that match all that is given; a field that is not given matches everything."""

    id: str
    rule: str | None = None
    kind: str | None = None
    area: str | None = None
    """An area's key, such as "SY" or "SY/Idlib"; a country's silence covers what lies in it."""
    until: AwareDatetime
    note: str = ""
    author: str

    def matches(self, revision: AlertRevision) -> bool:
        if self.rule not in (None, revision.rule) or self.kind not in (None, revision.kind):
            return False
        area = revision.area
        return self.area in (None, area.key, area.country, f"{area.country}/{area.admin1}")


def put(store: Store, silence: Silence) -> None:
    store.connection.execute(
        "INSERT OR REPLACE INTO silences VALUES (?, ?, ?)",
        (silence.id, dump(silence.model_dump(mode="json")), micros(silence.until)),
    )


def delete(store: Store, silence_id: str) -> bool:
    """Whether there was one."""
    return store.connection.execute("DELETE FROM silences WHERE id = ?", (silence_id,)).rowcount > 0


def in_force(store: Store, at: datetime) -> list[Silence]:
    """The silences that end after `at`, by id."""
    rows: list[Any] = store.connection.execute(
        "SELECT body FROM silences WHERE until > ? ORDER BY id", (micros(at),)
    ).fetchall()
    return [Silence(**load(row[0])) for row in rows]


def silenced(store: Store, revision: AlertRevision, at: datetime) -> bool:
    return any(silence.matches(revision) for silence in in_force(store, at))
