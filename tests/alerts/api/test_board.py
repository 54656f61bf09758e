"""The board's files: how they are sent, and that nothing in them could run what a story says."""

import re
from pathlib import Path

import pytest
from board_world import board

from alerts.api import board as module
from alerts.engine.countries import country_name

STATIC = Path(module.__file__).parent / "static"
SCRIPTS = sorted(STATIC.glob("*.js"))


async def test_the_page_comes_with_a_policy_that_runs_nothing_else(tmp_path: Path) -> None:
    async with board(tmp_path) as (client, _):
        answer = await client.get("/")
        assert (answer.status, answer.content_type) == (200, "text/html")
        policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_every_file_is_open_to_everybody_and_has_the_same_policy(tmp_path: Path) -> None:
    """They hold no data; what is shown is asked of the API with the reader's own token."""
    async with board(tmp_path) as (client, _):
        for path in STATIC.iterdir():
            name = "/" if path.name == "index.html" else f"/static/{path.name}"
            answer = await client.get(name)
            assert answer.status == 200, name
            assert answer.headers["content-security-policy"] == module.HEADERS["content-security-policy"]
            assert await answer.read() == path.read_bytes()


async def test_what_has_not_changed_is_not_sent_again(tmp_path: Path) -> None:
    async with board(tmp_path) as (client, _):
        first = await client.get("/static/board.js")
        again = await client.get("/static/board.js", headers={"if-none-match": first.headers["etag"]})
        assert (again.status, await again.read()) == (304, b"")
        changed = await client.get("/static/board.js", headers={"if-none-match": '"another"'})
        assert changed.status == 200


async def test_files_are_sent_packed_to_who_takes_them_so(tmp_path: Path) -> None:
    async with board(tmp_path) as (client, _):
        packed = await client.get("/static/world.json", headers={"accept-encoding": "gzip"})
        plain = await client.get("/static/world.json", headers={"accept-encoding": "identity"})
        assert (packed.headers["content-encoding"], plain.headers.get("content-encoding")) == ("gzip", None)
        assert await packed.read() == await plain.read()


@pytest.mark.parametrize(
    "path", ["/static/", "/static/../app.py", "/static/%2e%2e/app.py", "/static/none.js", "/static/board.py"]
)
async def test_nothing_else_is_sent(tmp_path: Path, path: str) -> None:
    async with board(tmp_path) as (client, _):
        assert (await client.get(path)).status in (401, 404)


def test_the_page_holds_no_script_and_no_style_of_its_own() -> None:
    page = (STATIC / "index.html").read_text()
    assert not re.findall(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son\w+=", page)
    assert {*re.findall(r'(?:src|href)="([^"#]+)"', page)} <= {f"/static/{path.name}" for path in STATIC.iterdir()}


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_make_no_markup_of_text(path: Path) -> None:
    """Text becomes text nodes; what would parse it as HTML or run it is not used at all."""
    text = path.read_text()
    assert not re.findall(r"\w+HTML\b|document\.write|DOMParser|createContextualFragment|srcdoc", text)
    assert not re.findall(r"\beval\(|new Function|javascript:", text)


@pytest.mark.parametrize("path", [*SCRIPTS, STATIC / "board.css", STATIC / "index.html"], ids=lambda path: path.name)
def test_nothing_is_fetched_from_elsewhere(path: Path) -> None:
    addresses = set(re.findall(r"https?://[^\s\"'`)]+|url\([^)]*\)|//cdn", path.read_text()))
    assert addresses <= {"http://www.w3.org/2000/svg"}


def test_countries_are_called_as_explanations_call_them() -> None:
    rows = re.findall(r'^  (\w\w): "(.+)",$', (STATIC / "countries.js").read_text(), re.MULTILINE)
    assert len(rows) > 100
    assert {code: country_name(code) for code, _ in rows} == dict(rows)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_modules_import_only_what_is_there(path: Path) -> None:
    for name in re.findall(r'from "\./([^"]+)"|import "\./([^"]+)"', path.read_text()):
        assert (STATIC / "".join(name)).is_file()
