"""Commands that look back: replay, and the journal's export from a file."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from alerts.delivery.records import Delivery
from alerts.engine.engine import Applied
from alerts.engine.rules import RulesFault, load_rules
from alerts.revisions import AlertRevision
from config.settings import Settings
from stream.records import Record, RejectedRecord, StoryRecord, canonical
from tocsin import journal_lines, sources, terminal
from tocsin import replay as replaying
from tocsin.failures import DONE, INPUT_REJECTED, WRONG_USAGE, CommandError, counted
from tocsin.journal_lines import Doubtful

journal_app = typer.Typer(help="The one log that everything is computed from.", no_args_is_help=True)


def mount(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(replay)
    journal_app.command("export")(export)
    app.add_typer(journal_app, name="journal")


def replay(
    files: Annotated[list[str] | None, typer.Argument(help="Stories in order of arrival.", metavar="[FILE…]")] = None,
    journal: Annotated[Path | None, typer.Option(help="An exported journal, instead of stories.")] = None,
    rules: Annotated[Path | None, typer.Option(help="Rules file; else the one in force (TOCSIN_RULES).")] = None,
    against: Annotated[Path | None, typer.Option(help="A second rules file: what it would add, remove, move.")] = None,
    why: Annotated[bool, typer.Option("--why", help="How close each rule came in each area.")] = False,
    deliveries: Annotated[
        bool, typer.Option("--deliveries", help="Deliveries as JSON lines, instead of alert revisions.")
    ] = False,
    db: Annotated[
        Path | None, typer.Option(help="Keep the engine's state in this new file, instead of in memory.")
    ] = None,
) -> int:
    """Back-test in story time: alert revisions as JSON lines on standard output, a summary on standard error."""
    if bool(files) == bool(journal):
        raise CommandError("give stories, or --journal FILE with an exported journal: one of the two", WRONG_USAGE)
    if against and not files:
        raise CommandError("--against needs stories: a journal carries its own rules", WRONG_USAGE)
    if db is not None and db.exists():
        raise CommandError(f"{db}: exists already; a replay starts with a new file", WRONG_USAGE)
    chosen = rules or Settings().rules
    run = _Run(db)
    with terminal.progress("replaying") as bar:
        records: Iterable[Record | Doubtful] = (
            bar.over(journal_lines.read(str(journal)))
            if journal
            else bar.over(_stories(files or [], read_rules(chosen)))
        )
        run.go(records, None if against or why else ("deliveries" if deliveries else "revisions"))
    if why:
        run.explain()
    if against:
        _compare(files or [], run, against)
    run.summary()
    return DONE


def export(
    db: Annotated[Path | None, typer.Option(help="File of the one-process service.")] = None,
    bootstrap: Annotated[str | None, typer.Option(help="Kafka bootstrap servers, instead of a file.")] = None,
) -> int:
    """The journal as JSON lines on standard output, from a file or a broker."""
    if bootstrap is not None:
        from tocsin.broker import journal

        _write(journal.read(Settings(bootstrap=bootstrap)))
        return DONE
    path = db or Settings().db
    if not path.is_file():
        raise CommandError(f"{path}: no such file; give --db FILE or --bootstrap SERVERS", WRONG_USAGE)
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        _write(connection.execute("SELECT position, record FROM journal ORDER BY position"))
    except sqlite3.DatabaseError as fault:
        raise CommandError(f"{path}: not a file of the service ({fault})", INPUT_REJECTED) from None
    finally:
        connection.close()
    return DONE


def _write(journal: Iterable[tuple[int, bytes]]) -> None:
    out = typer.get_binary_stream("stdout")
    for line in journal_lines.written(journal):
        out.write(line + b"\n")


def read_rules(path: Path) -> dict[str, object]:
    """The rules document of a file. Raises CommandError with all its faults."""
    try:
        return load_rules(path.read_text(encoding="utf-8")).document()
    except FileNotFoundError:
        raise CommandError(f"{path}: no such rules file; check the path", WRONG_USAGE) from None
    except (OSError, UnicodeDecodeError) as fault:
        raise CommandError(f"{path}: cannot be read as UTF-8 text ({fault})", WRONG_USAGE) from None
    except RulesFault as fault:
        faults = "\n".join(f"  {each}" for each in fault.faults)
        raise CommandError(
            f"{path}: {counted(fault.faults)}; mend them and check with `tocsin rules check`:\n{faults}",
            INPUT_REJECTED,
        ) from None


def _stories(files: list[str], rules: dict[str, object]) -> Iterable[tuple[float, Record]]:
    now = datetime.now(UTC)
    for chunk, record in replaying.of_stories(sources.read(files), rules, now):
        yield (chunk.progress if chunk else 0.0), record


class _Run:
    """One replay: what was read, what was raised."""

    def __init__(self, db: Path | None = None) -> None:
        self.engine, self.store = replaying.fresh_engine(db or ":memory:")
        self.revisions: list[AlertRevision] = []
        self.read: Counter[str] = Counter()

    def go(self, records: Iterable[Record | Doubtful], shown: str | None) -> None:
        out = typer.get_binary_stream("stdout")
        for record, applied in replaying.through(records, self.engine, self.store):
            self._count(record, applied)
            self.revisions.extend(applied.revisions)
            for each in _shown(applied, shown):
                out.write(canonical(each.model_dump(mode="json", by_alias=True)) + b"\n")
        out.flush()

    def explain(self) -> None:
        """How close each rule came, as JSON lines."""
        from alerts.engine.closeness import closeness

        for row in closeness(self.store.connection):
            terminal.line(row)

    def summary(self) -> None:
        """What was read and raised, in words, on standard error."""
        stories = ", ".join(f"{number:,} {what}" for what, number in sorted(self.read.items())) or "nothing"
        raised = Counter(revision.transition for revision in self.revisions)
        told = ", ".join(f"{number:,} {what}" for what, number in raised.items()) or "no alerts"
        terminal.warn(f"read: {stories}; alerts: {told}")

    def _count(self, record: Record, applied: Applied) -> None:
        if isinstance(record, RejectedRecord):
            self.read["rejected stories"] += 1
            terminal.say(f"rejected ({record.reason}): {record.detail}")
        elif isinstance(record, StoryRecord):
            self.read["stories"] += 1
            self.read["counted signals"] += sum(signal.counted for signal in record.signals)


def _shown(applied: Applied, what: str | None) -> Sequence[AlertRevision | Delivery]:
    """What is printed of a record: revisions in the order in which the store holds them, or deliveries, or nothing."""
    if what == "revisions":
        return sorted(applied.revisions, key=lambda each: (each.engine_sequence, each.id, each.revision))
    return applied.deliveries if what == "deliveries" else ()


def _compare(files: list[str], before: _Run, rules: Path) -> None:
    """What other rules would have added, removed, raised earlier or later, as JSON lines."""
    from alerts.engine.comparison import compare

    after = _Run()
    with terminal.progress("replaying with the other rules") as bar:
        after.go(bar.over(_stories(files, read_rules(rules))), None)
    for row in compare(before.revisions, after.revisions):
        terminal.line(row)
