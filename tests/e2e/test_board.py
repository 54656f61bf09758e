"""The board in a real Chromium, over a real `tocsin run`: what it shows, how fast, what it survives, who can use it."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.e2e import browser, thousand
from tests.e2e.browser import Browser
from tests.e2e.process import Process
from tests.ops.waiting import free_port

pytestmark = pytest.mark.browser
NONE = "no Chromium: apt-get install chromium"
if browser.found() is None and not os.environ.get("TOCSIN_REQUIRE_ALL"):
    pytest.skip(NONE, allow_module_level=True)

READ, MANAGE = "read-token-0123456789", "manage-token-0123456789"
TOKENS = {"TOCSIN_TOKENS": f"ana:read:{READ},boss:manage:{MANAGE},wire:intake:intake-token-0123456789"}
LOADED = "document.body.dataset.loaded"
LIVE = "document.querySelector('#live').dataset.state === 'live'"
MAP = "document.querySelector('#map').getAttribute('aria-label')"
TOWNS = ("Saraqib", "Palmyra", "Homs", "Raqqa", "Aleppo", "Hama", "Douma", "Kobani", "Manbij", "Tartus", "Azaz")
SHOWN = "performance.getEntriesByName('tocsin-shown')[0].startTime"


@pytest.fixture(scope="module", autouse=True)
def chromium() -> None:
    """Where everything is required, each test says what is missing."""
    if browser.found() is None:
        pytest.fail(NONE, pytrace=False)


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Browser]:
    """A desktop-sized window."""
    folder = tmp_path / "browser"
    folder.mkdir()
    with Browser(folder) as opened:
        opened.size(1440, 900)
        yield opened


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of 1,000 open alerts; copy it before anything is written."""
    folder = tmp_path_factory.mktemp("thousand")
    thousand.make(folder / "tocsin.db")
    return folder / "tocsin.db"


@pytest.fixture
def crowded(tmp_path: Path, file: Path) -> Iterator[Process]:
    """A service with 1,000 open alerts."""
    (tmp_path / "tocsin.db").write_bytes(file.read_bytes())
    (tmp_path / "rules.yaml").write_text(thousand.RULES)
    process = Process(tmp_path, "--rules", str(tmp_path / "rules.yaml"))
    yield process
    process.kill()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Process]:
    """A service that knows nothing yet."""
    (tmp_path / "rules.yaml").write_text(thousand.RULES)
    process = Process(tmp_path, "--rules", str(tmp_path / "rules.yaml"))
    yield process
    process.kill()


def story(town: str = "Saraqib", number: int = 1, **more: Any) -> bytes:
    """A wire story of today that tells of one strike with `12` dead."""
    now = datetime.now(UTC)
    return json.dumps(
        {
            "uri": f"urn:test:{town}:{number}", "type": "text", "version": "1", "pubstatus": "usable", "language": "en",
            "versioncreated": now.isoformat(), "headline": f"Air strike on {town} kills 12",
            "body_text": f"BEIRUT: An air strike hit the town of {town} in Syria on {now:%A}, killing 12 people.",
            "source": "Example Press", **more,
        }
    ).encode()  # fmt: skip


def card(town: str) -> str:
    """True when the list holds an alert of that town."""
    return f"[...document.querySelectorAll('.card .title')].some(e => e.textContent.includes('{town}'))"


def open_card(page: Browser, town: str) -> None:
    """Choose an alert of the list, and wait until all of it is shown."""
    page.run(f"[...document.querySelectorAll('.card .face')].find(e => e.textContent.includes('{town}')).click()")
    page.wait("document.querySelector('#detail .history')")


def test_a_thousand_alerts_are_there_within_a_second(page: Browser, crowded: Process) -> None:
    """From the request to the painted list, map and counts; again while other work on the machine holds it up."""
    times: list[float] = []
    while not times or (min(times) >= 1_000 and len(times) < 30):
        page.open(crowded.url)
        page.wait(LOADED)
        times.append(page.run(SHOWN))
    print(f"shown after {', '.join(f'{time:.0f}' for time in times)} ms")
    assert min(times) < 1_000
    assert page.run("document.querySelectorAll('.card').length") == 1_000
    assert page.run("document.querySelector('#shown').textContent") == "1,000"
    assert page.run(MAP).startswith("World map: 1,000 open alerts")
    page.wait(LIVE)
    assert page.listen() == []


def test_a_new_alert_is_shown_within_a_second_of_its_story(page: Browser, crowded: Process) -> None:
    """From before the story is posted until its card is in the list; the best of four towns, or of all while other
    work on the machine holds it up."""
    page.open(crowded.url)
    page.wait(LIVE)
    page.wait("document.querySelectorAll('.card').length === 1000")
    times: list[float] = []
    for town in TOWNS:
        begun = page.run("performance.now()")
        assert crowded.post("/stories", story(town))[0] == 202
        page.wait(card(town))
        times.append(page.run("performance.now()") - begun)
        if len(times) >= 4 and min(times) < 1_000:
            break
    print(f"shown {', '.join(f'{time:.0f}' for time in times)} ms after the story")
    assert min(times) < 1_000
    assert town in page.run("document.querySelector('#said').textContent")
    assert town in page.run("document.querySelector('.card .title').textContent")
    assert page.listen() == []


def test_it_goes_on_after_the_server_was_killed(page: Browser, tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(thousand.RULES)
    arguments = ("--rules", str(tmp_path / "rules.yaml"), "--port", str(free_port()))
    first = Process(tmp_path, *arguments)
    page.open(first.url)
    page.wait(LIVE)
    first.post("/stories", story("Saraqib"))
    page.wait(card("Saraqib"))
    first.kill()
    page.wait("document.querySelector('#live').dataset.state === 'lost'")
    second = Process(tmp_path, *arguments)
    second.post("/stories", story("Palmyra"))
    page.wait(LIVE)
    page.wait(card("Palmyra"))
    second.post("/stories", story("Raqqa"))
    page.wait(card("Raqqa"))
    assert page.run("document.querySelectorAll('.card').length") == 3
    assert page.run("document.querySelector('#trouble').hidden")
    second.kill()
    assert [trouble for trouble in page.listen() if "net::ERR_" not in trouble] == []


def test_an_alert_shows_its_trend_its_words_and_the_way_to_the_story(page: Browser, service: Process) -> None:
    page.open(service.url)
    page.wait(LIVE)
    service.post("/stories", story(uri="https://news.example/saraqib"))
    page.wait(card("Saraqib"))
    open_card(page, "Saraqib")
    assert "12 people killed" in page.run("document.querySelector('#detail .explanation').textContent")
    trend = page.run("document.querySelector('#detail .chart').getAttribute('aria-label')")
    assert trend.startswith("Killed over 7 days: 12")
    assert page.run("document.querySelectorAll('#detail .chart .level.warning').length") == 1
    assert "12" in page.run("document.querySelector('#detail mark.killed').textContent")
    link = page.run("(e => [e.href, e.rel, e.textContent])(document.querySelector('#detail .quote a'))")
    assert link[0] == "https://news.example/saraqib"
    assert "noopener" in link[1]
    assert "Example Press" in link[2]
    assert page.listen() == []


HOSTILE = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"


def test_a_hostile_story_is_text_and_nothing_else(page: Browser, service: Process) -> None:
    page.open(service.url)
    page.wait(LIVE)
    title = f"Air strike on Saraqib kills 12 {HOSTILE}"
    hostile = story(headline=title, source=HOSTILE, byline=HOSTILE, uri="javascript:alert(1)//" + HOSTILE)
    assert service.post("/stories", hostile)[0] == 202
    page.wait(card("Saraqib"))
    open_card(page, "Saraqib")
    page.run("document.querySelector('#tab-sources').click()")
    page.wait("document.querySelector('#panel-sources h3')")
    made = "img:not(.brand img), #main script, #main a[href^=javascript]"
    assert page.run(f"document.querySelectorAll('{made}').length") == 0
    assert "<img src=x" in page.run("document.querySelector('#detail').textContent")
    assert page.run("document.title") == "(1) Severe – Tocsin"
    assert page.listen() == []


def test_who_has_no_token_is_asked_and_the_right_one_acknowledges(page: Browser, tmp_path: Path, file: Path) -> None:
    (tmp_path / "tocsin.db").write_bytes(file.read_bytes())
    (tmp_path / "rules.yaml").write_text(thousand.RULES)
    service = Process(tmp_path, "--rules", str(tmp_path / "rules.yaml"), env=TOKENS)
    page.open(service.url)
    page.wait("document.querySelector('#token-dialog').open")
    assert page.run("document.querySelectorAll('.card').length") == 0
    give(page, READ)
    page.wait("document.querySelectorAll('.card').length === 1000")
    page.wait(LIVE)
    open_card(page, "Town 17")
    page.run("document.querySelector('[data-does=acknowledge]').click()")
    page.wait("document.querySelector('#ack-dialog').open")
    page.run("document.querySelector('#ack-dialog textarea').value = 'seen by me'")
    page.run("document.querySelector('#ack-dialog .strong').click()")
    page.wait("document.querySelector('#token-dialog').open")
    assert "manage" in page.run("document.querySelector('#token-why').textContent")
    give(page, MANAGE)
    page.wait("document.querySelector('#detail p.seen')")
    seen = page.run("[...document.querySelectorAll('#detail p.seen')].map(e => e.textContent)")
    assert seen == ["Acknowledged by boss, just now", "“seen by me”"]
    page.wait("document.querySelector('.card.chosen .tag.seen')")
    assert page.run("sessionStorage.getItem('tocsin-token')") == MANAGE
    assert page.run("JSON.stringify(localStorage)").count("token-0123456789") == 0
    refused = ("status of 401", "status of 403")
    assert [trouble for trouble in page.listen() if not any(words in trouble for words in refused)] == []
    service.kill()


def give(page: Browser, token: str) -> None:
    """Type a token into the dialog, and press Enter."""
    page.run("document.querySelector('#token-dialog input').focus()")
    page.call("Input.insertText", text=token)
    page.press("Enter", 13, "\r")
    page.wait("!document.querySelector('#token-dialog').open")


def test_a_silence_is_made_shown_and_ended(page: Browser, crowded: Process) -> None:
    page.open(crowded.url)
    page.wait(LOADED)
    open_card(page, "Town 17")
    page.run("document.querySelector('[data-does=silence]').click()")
    page.wait("document.querySelector('#silence-dialog').open")
    page.run("document.querySelector('#silence-dialog select[name=scope]').value = '2'")  # everything in the country
    page.run("document.querySelector('#silence-dialog .strong').click()")
    page.wait("document.querySelectorAll('.tag.quiet').length >= 100")
    page.run("document.querySelector('#tab-silences').click()")
    page.wait("document.querySelector('#panel-silences button')")
    assert "Everything in" not in page.run("document.querySelector('#panel-silences .verdict')?.textContent ?? ''")
    page.run("document.querySelector('#panel-silences button').click()")
    page.wait("document.querySelectorAll('.tag.quiet').length === 0")
    assert page.listen() == []


def test_filters_narrow_list_and_map_and_stay_in_the_address(page: Browser, crowded: Process) -> None:
    page.open(crowded.url)
    page.wait(LOADED)
    choose(page, "area", "SY")
    assert page.run("document.querySelectorAll('.card').length") == 100
    assert page.run(MAP).startswith("World map: 100 open alerts in 1 ")
    choose(page, "severity", "extreme")
    fewer = page.run("document.querySelectorAll('.card').length")
    assert 0 < fewer < 100
    assert page.run("document.querySelectorAll('.card.extreme').length") == fewer
    assert page.run("location.hash") == "#area=SY&severity=extreme"
    page.reload()
    page.wait(f"{LOADED} && document.querySelectorAll('.card').length === {fewer}")
    page.run("document.querySelector('#filters').reset()")
    assert page.run("document.querySelectorAll('.card').length") == 1_000
    choose(page, "kind", "air_strike")
    choose(page, "time", "24")
    assert page.run("document.querySelectorAll('.card').length") == 1_000
    choose(page, "state", "ended")
    assert page.run("document.querySelector('#none').textContent") == "Nothing matches these filters."
    assert page.listen() == []


def test_an_alert_has_an_address_and_the_way_back_leads_to_the_list(page: Browser, crowded: Process) -> None:
    page.open(crowded.url)
    page.wait(LOADED)
    open_card(page, "Town 17")
    address = page.run("location.href")
    page.run("history.back()")
    page.wait("document.querySelector('#detail').hidden && location.hash === ''")
    page.open("about:blank")
    page.open(address)
    page.wait("document.querySelector('#detail .history')")
    assert "Town 17" in page.run("document.querySelector('#detail h2').textContent")
    page.run("document.querySelector('[data-does=close]').click()")
    page.wait("document.querySelector('#detail').hidden && location.hash === ''")
    assert page.listen() == []


def test_what_somebody_else_does_is_seen_at_once(page: Browser, crowded: Process) -> None:
    page.open(crowded.url)
    page.wait(LIVE)
    alert = page.run("document.querySelector('.card').dataset.id")
    assert crowded.post(f"/v1/alerts/{alert}/acknowledge", b"{}")[0] == 200
    page.wait(f"document.querySelector('.card[data-id=\"{alert}\"] .tag.seen')")
    silence = json.dumps({"kind": "air_strike", "until": "2100-01-01T00:00:00Z"}).encode()
    assert crowded.post("/v1/silences", silence)[0] == 201
    page.wait("document.querySelectorAll('.tag.quiet').length === 1000")
    assert page.listen() == []


def choose(page: Browser, field: str, value: str) -> None:
    """Set a filter as a hand would."""
    page.run(
        f"(e => {{ e.value = '{value}'; e.dispatchEvent(new Event('change', {{bubbles: true}})); }})"
        f"(document.querySelector('#filters').elements.{field})"
    )


def test_everything_can_be_done_by_keyboard(page: Browser, service: Process) -> None:
    page.open(service.url)
    page.wait(LIVE)
    for town in ("Saraqib", "Palmyra"):
        service.post("/stories", story(town))
        page.wait(card(town))
    page.press("Tab", 9)
    assert page.run("document.activeElement.textContent") == "Skip to the alerts"
    page.press("Enter", 13, "\r")
    page.wait("document.activeElement.id === 'alerts'")
    page.press("Tab", 9)
    assert page.run("document.activeElement.className") == "face"
    first = page.run("document.activeElement.closest('.card').dataset.id")
    page.press("ArrowDown", 40)
    assert page.run("document.activeElement.closest('.card').dataset.id") != first
    page.press("ArrowUp", 38)
    page.press("Enter", 13, "\r")
    page.wait("document.querySelector('#detail .history')")
    assert page.run("document.activeElement.tagName") == "H2"
    page.press("Tab", 9)
    assert page.run("document.activeElement.dataset.does") == "acknowledge"
    page.press("Enter", 13, "\r")
    page.wait("document.querySelector('#ack-dialog').open")
    page.press("Escape", 27)
    page.wait("!document.querySelector('#ack-dialog').open")
    page.press("Escape", 27)
    page.wait("document.querySelector('#detail').hidden")
    page.wait(f"document.activeElement.closest('.card').dataset.id === '{first}'")
    page.run("document.querySelector('#tab-alerts').focus()")
    page.press("ArrowRight", 39)
    assert page.run("document.activeElement.id") == "tab-sources"
    assert not page.run("document.querySelector('#panel-sources').hidden")
    assert page.listen() == []


def test_a_screen_reader_finds_its_way(page: Browser, service: Process) -> None:
    """Landmarks, a name for whatever can be used, a live region; as Chromium's accessibility tree has it."""
    page.open(service.url)
    page.wait(LIVE)
    service.post("/stories", story())
    page.wait(card("Saraqib"))
    open_card(page, "Saraqib")
    page.call("Accessibility.enable")
    nodes = [node for node in page.call("Accessibility.getFullAXTree")["nodes"] if not node.get("ignored")]
    roles = [node["role"]["value"] for node in nodes]
    assert {"banner", "main", "search", "tablist", "tabpanel", "article", "list", "status"} <= set(roles)
    used = ("button", "link", "combobox", "tab", "textbox", "application", "image", "img")
    unnamed = [node for node in nodes if node["role"]["value"] in used and not node.get("name", {}).get("value")]
    assert unnamed == []
    headings = [node["name"]["value"] for node in nodes if node["role"]["value"] == "heading"]
    assert headings[0] == "Tocsin"
    assert "Air strikes, Saraqib, Syria" in headings
    said = page.run("document.querySelector('[aria-live=polite]').textContent")
    assert said.startswith("Opened: severe, Air strikes, Saraqib, Syria.")


@pytest.mark.parametrize("dark", [False, True])
def test_words_can_be_read_in_light_and_dark(page: Browser, service: Process, dark: bool) -> None:
    """Contrast of text and its ground is 4.5 at least (WCAG 2.2, AA)."""
    page.size(1440, 900, dark=dark)
    page.open(service.url)
    page.wait(LIVE)
    service.post("/stories", story())
    page.wait(card("Saraqib"))
    open_card(page, "Saraqib")
    page.wait("!document.querySelector('.card.fresh') || document.getAnimations().length === 0")
    assert page.run(CONTRAST) == []
    ground = page.run("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(14, 19, 22)" if dark else "rgb(244, 242, 237)")


CONTRAST = (Path(__file__).parent / "contrast.js").read_text()


def test_it_fits_a_phone(page: Browser, crowded: Process) -> None:
    page.size(390, 844, phone=True)
    page.open(crowded.url)
    page.wait(LOADED)
    fits = "document.documentElement.scrollWidth <= innerWidth && document.documentElement.scrollHeight <= innerHeight"
    assert page.run(fits)
    box = page.run("(b => [b.top, b.bottom, b.width])(document.querySelector('.card').getBoundingClientRect())")
    assert box[1] < 844, "the first alert is seen without scrolling"
    assert box[2] == 390
    used = "[...document.querySelectorAll('button, select')].filter(e => e.checkVisibility())"
    assert page.run(f"{used}.filter(e => e.getBoundingClientRect().height < 28).map(e => e.outerHTML)") == []
    open_card(page, "Town")
    assert page.run("document.querySelector('#detail').getBoundingClientRect().width") == 390
    assert page.run("document.querySelector('#detail').scrollWidth <= 390")
    assert page.run(fits)
    assert page.listen() == []


def test_the_map_can_be_moved_and_pointed_at(page: Browser, service: Process) -> None:
    page.open(service.url)
    page.wait(LIVE)
    service.post("/stories", story())
    page.wait(card("Saraqib"))
    page.wait("document.querySelector('#map').getAttribute('aria-label').startsWith('World map: 1 open')")
    page.run("document.querySelector('#zoom-in').click()")
    page.run("document.querySelector('#map').focus()")
    for key, code in (("ArrowLeft", 37), ("+", 187), ("-", 189), ("0", 48)):
        page.press(key, code)
    open_card(page, "Saraqib")
    page.run("document.querySelector('[data-does=close]').click()")
    box = page.run("(b => [b.x, b.y, b.width, b.height])(document.querySelector('#map').getBoundingClientRect())")
    middle = box[0] + box[2] / 2, box[1] + box[3] / 2
    assert page.run("document.querySelector('#tip').hidden")
    for dx in range(-200, 200, 12):
        for dy in range(-120, 120, 12):
            page.call("Input.dispatchMouseEvent", type="mouseMoved", x=middle[0] + dx, y=middle[1] + dy)
            if not page.run("document.querySelector('#tip').hidden"):
                assert "Saraqib" in page.run("document.querySelector('#tip').textContent")
                return
    raise AssertionError("the alert is nowhere on the map")
