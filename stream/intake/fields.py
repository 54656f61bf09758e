"""Reading single fields of foreign JSON: lenient about types, strict about what must be there."""

from datetime import UTC, datetime
from typing import Any

from stream.stories import Rejected

Item = dict[str, Any]


def words(item: Item, *names: str) -> str | None:
    """The first of these fields that holds any words; numbers are taken as written."""
    for name in names:
        value = item.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return None


def identity(item: Item, *names: str) -> str:
    """The story's id. Raises Rejected."""
    found = words(item, *names)
    if found is None:
        raise Rejected("no_id", f"no `{names[0]}`; send the id that all versions of this story share")
    return found[:1000]


def moment(item: Item, name: str) -> datetime:
    """A moment from ISO 8601: a date alone is its midnight, no offset means UTC. Raises Rejected."""
    value = item.get(name)
    if not isinstance(value, str) or not value.strip():
        raise Rejected("no_date", f"no `{name}`; send the time this version was made, such as 2019-05-13T12:00:00Z")
    try:
        found = datetime.fromisoformat(value.strip())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Rejected("bad_date", f"`{name}` is no ISO 8601 time; send one such as 2019-05-13T12:00:00Z") from None


def optional_moment(item: Item, name: str) -> datetime | None:
    """As `moment`, or null when the field is missing or no time."""
    try:
        return moment(item, name)
    except Rejected:
        return None


def names(value: object) -> tuple[str, ...]:
    """The names in a list of {"name": ...} objects or of words, in order, each once."""
    found = (
        [entry.get("name") if isinstance(entry, dict) else entry for entry in value] if isinstance(value, list) else []
    )
    return tuple(dict.fromkeys(name.strip() for name in found if isinstance(name, str) and name.strip()))
