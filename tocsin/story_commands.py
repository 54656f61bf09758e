"""Commands about single stories: extract, explain, evaluate."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console

from stream.extract import extract as signals_of
from stream.intake import read_story
from stream.stories import Rejected, Story
from tocsin import explain as explanation
from tocsin import sources, terminal
from tocsin.evaluation import evaluate as evaluation
from tocsin.failures import DONE, INPUT_REJECTED, WRONG_USAGE, CommandError

Paths = Annotated[
    list[str] | None, typer.Argument(help="Files or folders of stories; - is standard input.", metavar="FILE…")
]
Published = Annotated[
    str | None,
    typer.Option(help="Publication time of a text whose dateline names none, such as 2019-05-13.", metavar="TIME"),
]


def mount(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(extract)
    app.command()(explain)
    app.command()(evaluate)


def extract(files: Paths = None, published: Published = None) -> int:
    """Stories in, one JSON line out for each: its signals, and why words that look like one are none."""
    code = DONE
    for chunk in sources.read(files or [sources.STDIN]):
        try:
            terminal.line(_extracted(_story(chunk, published)))
        except Rejected as fault:
            terminal.warn(f"tocsin: {chunk.origin}: rejected ({fault.reason}): {fault.detail}")
            code = INPUT_REJECTED
    return code


def explain(
    file: Annotated[str, typer.Argument(help="A story; - is standard input.")],
    html: Annotated[bool, typer.Option("--html", help="A page on standard output.")] = False,
    published: Published = None,
) -> int:
    """The story with each signal's words marked, and why it counts or not."""
    code = DONE
    for chunk in sources.read([file]):
        try:
            story = _story(chunk, published)
        except Rejected as fault:
            terminal.warn(f"tocsin: {chunk.origin}: rejected ({fault.reason}): {fault.detail}")
            code = INPUT_REJECTED
            continue
        if html:
            typer.echo(explanation.render_html(story, signals_of(story)))
        else:
            Console(highlight=False).print(explanation.render_text(story, signals_of(story)))
    return code


def evaluate(
    gold: Annotated[
        list[Path], typer.Argument(help="Labelled stories, one JSON object a line.", metavar="GOLD.jsonl…")
    ],
    against: Annotated[Path | None, typer.Option(help="An earlier run (its --json output) to compare with.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The report as JSON.")] = False,
    scores: Annotated[
        bool, typer.Option("--scores", help="Scores alone: for a set that nobody should tune on.")
    ] = False,
) -> int:
    """Precision, recall and F1 against labelled stories; every miss and every false alarm with its words."""
    for path in [*gold, *([against] if against else [])]:
        if not path.is_file():
            raise CommandError(f"{path}: no such file; check the path", WRONG_USAGE)
    if scores and (as_json or against):
        raise CommandError(
            "--scores prints scores alone; leave out --json and --against, which tell of rows", WRONG_USAGE
        )
    return evaluation.run(gold, against=against, as_json=as_json, scores_only=scores)


def _story(chunk: sources.Chunk, published: str | None) -> Story:
    """The story of these bytes, read now."""
    now = datetime.now(UTC)
    told = _moment(published) if published else now
    story = read_story(chunk.raw, received=told, feed=chunk.feed)
    if story.uri.startswith("urn:tocsin:text:") and story.published == now:
        words = f"its dateline names no day; taken as published now ({now:%Y-%m-%d}). Give --published"
        terminal.warn(f"tocsin: {chunk.origin}: {words}")
    return story


def _moment(words: str) -> datetime:
    try:
        found = datetime.fromisoformat(words)
    except ValueError:
        raise CommandError(f"--published {words}: no ISO 8601 time; give one such as 2019-05-13", WRONG_USAGE) from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _extracted(story: Story) -> dict[str, Any]:
    """What DESIGN.md promises of one story."""
    found = signals_of(story) if story.status == "usable" else None
    return {
        "story": {
            "uri": story.uri,
            "version": story.version,
            "published": story.published.isoformat().replace("+00:00", "Z"),
            "status": story.status,
        },
        "signals": [orjson.loads(signal.model_dump_json(by_alias=True)) for signal in found.signals] if found else [],
        "mentions": [orjson.loads(mention.model_dump_json()) for mention in found.mentions] if found else [],
        "note": found.note if found else f"status_{story.status}",
    }
