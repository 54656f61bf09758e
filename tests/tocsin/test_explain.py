"""A story with its signals marked, on a terminal and as a page."""

from datetime import UTC, datetime
from html.parser import HTMLParser

from rich.console import Console

from stream.extract import extract
from stream.status import REASONS
from stream.stories import Story
from tocsin.explain import WHY, render_html, render_text, stretches

STORY = Story(
    uri="urn:test",
    published=datetime(2024, 6, 14, 12, tzinfo=UTC),
    headline='<script>alert("x")</script> Jets bomb Marib',
    body="Air strikes killed 12 people in Marib & <b>Taiz</b>. The army threatened more air strikes. Shelling went on.",
    language="en",
)
FOUND = extract(STORY)


def test_the_marked_stretches_are_the_whole_text() -> None:
    assert "".join(part.text for part in stretches(STORY, FOUND)) == STORY.text


def test_the_text_says_what_counts_and_why_not() -> None:
    console = Console(width=160, record=True, file=open("/dev/null", "w"))  # noqa: SIM115
    console.print(render_text(STORY, FOUND))
    said = " ".join(console.export_text().split())
    for words in (
        "counts: reported as having happened",
        "does not count: it is threatened",
        "no signal: an attack of another kind",
    ):
        assert words in said


def test_the_page_is_escaped_and_has_no_script() -> None:
    tags: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            tags.append(tag)

    page = render_html(STORY, FOUND)
    Reader().feed(page)
    assert "script" not in tags
    assert "b" not in tags
    assert "&lt;script&gt;" in page
    assert "http" not in page.replace("http-equiv", "")
    assert tags.count("mark") == len(FOUND.signals) + len(FOUND.mentions)


def test_a_quiet_story_says_why() -> None:
    quiet = Story(uri="u", published=STORY.published, body="Shares fell in Milan.", language="en")
    assert "No word of any kind of signal" in render_html(quiet, extract(quiet))


def test_every_reason_has_its_words() -> None:
    assert set(REASONS) == set(WHY)
