"""README cannot rot: its tables are the code's, its commands exist, its JSON is the models'."""

import json
import re
import shlex

import pytest
import typer
from typer.testing import CliRunner

from alerts.revisions import AlertRevision
from tests import readme_tables
from tests.readme_tables import README
from tocsin.cli import app

TEXT = README.read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", TEXT, flags=re.S)


@pytest.mark.parametrize("name", readme_tables.TABLES)
def test_the_table_is_what_the_code_says(name: str) -> None:
    """Commands, settings and metrics; `make readme` renews them."""
    assert readme_tables.TABLES[name]() in TEXT


def told_commands() -> list[str]:
    """Every `tocsin …` line in a shell block."""
    lines = [line for language, block in BLOCKS if language in ("sh", "bash") for line in block.splitlines()]
    return [line for line in lines if re.match(r"(\.venv/bin/)?tocsin ", line)]


@pytest.mark.parametrize("line", told_commands())
def test_every_command_that_readme_shows_exists_with_its_options(line: str) -> None:
    words = shlex.split(line.split(" | ")[0].split(" > ")[0].split(" #")[0].split(" &")[0])[1:]
    command = typer.main.get_command(app)
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    assert {word.split("=")[0] for word in words if word.startswith("--")} <= known


def test_the_help_names_every_command() -> None:
    shown = CliRunner().invoke(app, ["--help"]).output
    assert all(name in shown for name in typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def test_the_json_is_of_the_models() -> None:
    blocks = [json.loads(block) for language, block in BLOCKS if language == "json"]
    revisions = [block for block in blocks if "transition" in block]
    assert revisions
    for block in revisions:
        AlertRevision.model_validate(block)


def test_every_file_that_readme_names_is_there() -> None:
    for path in re.findall(r"\]\((?!https?:|#)([^)]+)\)", TEXT):
        assert (README.parent / path.split("#")[0]).exists(), path
