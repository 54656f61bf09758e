"""The tables of README that are made from the code: `make readme` renews them, tests/test_readme.py checks them."""

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import typer

README = Path(__file__).parent.parent / "README.md"
METRICS_MODULES = ("stream.metrics", "alerts.metrics", "alerts.api.metrics")


def commands() -> str:
    """Every command of the command line with the first sentence of its help."""
    from tocsin.cli import app

    rows = [f"| `{name}` | {help_} |" for name, help_ in _walk(typer.main.get_command(app), "tocsin")]
    return "\n".join(["| command | what it does |", "|---|---|", *rows])


def _walk(command: Any, name: str) -> list[tuple[str, str]]:
    if hasattr(command, "commands"):
        return [row for child in command.commands.values() for row in _walk(child, f"{name} {child.name}")]
    return [(name, _cell(command.help or "").split("\n")[0])]


def settings() -> str:
    """Every setting with its default and meaning."""
    from config.settings import HERE, Settings

    rows = []
    for name, field in Settings.model_fields.items():
        default = "" if field.default is None else str(field.default).replace(str(HERE), "config")
        rows.append(
            f"| `TOCSIN_{name.upper()}` | {f'`{default}`' if default else '–'} | {_cell(field.description or '')} |"
        )
    return "\n".join(["| setting | default | meaning |", "|---|---|---|", *rows])


def metrics() -> str:
    """Every metric with its labels, and when it moves."""
    rows = []
    for metric in _metrics():
        described = metric.describe()[0]
        labels = ", ".join(metric._labelnames)
        name = described.name + ("_total" if described.type == "counter" else "")
        rows.append(f"| `{name}` | {described.type} | {labels} | {_cell(described.documentation)} |")
    return "\n".join(
        ["| metric | type | labels | when it moves, what to do |", "|---|---|---|---|", *sorted(set(rows))]
    )


def _metrics() -> list[Any]:
    from prometheus_client.metrics import MetricWrapperBase

    found = []
    for name in METRICS_MODULES:
        if importlib.util.find_spec(name) is None:
            continue
        module = importlib.import_module(name)
        found.extend(value for value in vars(module).values() if isinstance(value, MetricWrapperBase))
    return found


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def example() -> str:
    """The alert that README's story raises, as `tocsin replay` prints it, in many lines."""
    story = next(block for block in re.findall(r"```json\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.S))
    done = subprocess.run(
        [sys.executable, "-m", "tocsin", "replay", "-"],
        input=json.dumps(json.loads(story)).encode(),
        capture_output=True,
        check=True,
    )
    (revision,) = [json.loads(line) for line in done.stdout.splitlines()]
    return f"```json\n{json.dumps(revision, indent=2, ensure_ascii=False)}\n```"


TABLES = {"example": example, "commands": commands, "settings": settings, "metrics": metrics}


def renewed(text: str) -> str:
    """README with every table as the code has it now."""
    for name, table in TABLES.items():
        pattern = rf"(<!-- table: {name} -->\n).*?(<!-- end -->)"
        made = table()
        text, count = re.subn(
            pattern, lambda match, made=made: f"{match.group(1)}{made}\n{match.group(2)}", text, flags=re.S
        )
        assert count == 1, f"README has {count} tables named {name}"
    return text


if __name__ == "__main__":
    README.write_text(renewed(README.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write("README: tables renewed\n")
