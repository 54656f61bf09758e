"""The arrows of the house, as a test: who may import whom."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HOUSE = ("config", "stream", "alerts", "tocsin")
CONTRACT = {"stream.signals", "stream.records", "stream.stories"}
"""All that alerts/ may know of stream/."""
KAFKA = ("kafka", "aiokafka", "faust", "mode")
KAFKA_ROOMS = ("stream/app", "alerts/app", "tocsin/")
SHELL = (
    "stream/app",
    "stream/metrics",
    "stream/outcomes",
    "alerts/app",
    "alerts/metrics",
    "alerts/api/",
    "alerts/delivery/",
)
SHELL_WORDS = {
    "asyncio",
    "socket",
    "subprocess",
    "threading",
    "random",
    "secrets",
    "aiohttp",
    "time",
    "os",
    "prometheus_client",
}


def modules() -> list[Path]:
    return sorted(path for room in HOUSE for path in (ROOT / room).rglob("*.py"))


def imports(path: Path) -> set[str]:
    """Every module that a file imports, wherever in the file it does."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", modules(), ids=name)
def test_arrows_point_down_only(path: Path) -> None:
    """tocsin → alerts → stream's contract; tocsin → stream; all → config; config imports nothing of ours."""
    room = name(path).split("/")[0]
    below = {
        "config": {"config"},
        "stream": {"config", "stream"},
        "alerts": {"config", "alerts"},
        "tocsin": set(HOUSE),
    }[room]
    for imported in imports(path):
        top = imported.split(".")[0]
        if top not in HOUSE or top in below:
            continue
        contract = ".".join(imported.split(".")[:2])
        assert room == "alerts", f"{name(path)} imports {imported}"
        assert contract in CONTRACT or imported == "stream", (
            f"{name(path)} imports {imported}, which is not the contract"
        )


@pytest.mark.parametrize("path", modules(), ids=name)
def test_kafka_clients_stay_in_their_rooms(path: Path) -> None:
    """Faust only in stream/app.py; Kafka clients there, in alerts/app and in tocsin/."""
    used = {imported.split(".")[0] for imported in imports(path)} & set(KAFKA)
    if used:
        assert name(path).startswith(KAFKA_ROOMS), f"{name(path)} imports {used}"
    if "faust" in used:
        assert name(path).startswith("stream/app")


@pytest.mark.parametrize("path", [path for path in modules() if path.parts[-2] != "tocsin"], ids=name)
def test_the_core_is_pure(path: Path) -> None:
    """No clock, chance, environment or network in extraction and the engine."""
    if name(path).startswith(("tocsin/", "config/", *SHELL)):
        return
    used = {imported.split(".")[0] for imported in imports(path)} & SHELL_WORDS
    assert not used, f"{name(path)} imports {used}"
    text = path.read_text(encoding="utf-8")
    assert "datetime.now(" not in text, f"{name(path)} reads a clock"


def test_no_file_hides_a_standard_module() -> None:
    """A file named signal.py would stand in the way of the standard library's when run as a script."""
    reserved = {"signal", "queue", "types", "select", "logging", "random", "secrets"}
    found = {name(path) for path in modules() if path.stem in reserved and path.parent.name in HOUSE}
    assert not found
