"""Feed health over HTTP: the last story of each source, and the days on which nobody was heard."""

from pathlib import Path

from board_world import board, days_of_quiet, told

from tests.alerts.engine.wire import day, story, tick


async def test_each_feed_has_its_last_story_and_the_days_it_was_heard(tmp_path: Path) -> None:
    """Days   0  1  2  3  4
    wire      x  x     x  x
    radio        x
    """
    news = [*days_of_quiet(0, 1), story("r", 1.5, feed="radio"), *days_of_quiet(3, 4), tick(4.5)]
    async with board(tmp_path, *news) as (client, _):
        body = await told(client, "/v1/feeds")
    wire, radio = sorted(body["feeds"], key=lambda feed: -feed["stories"])
    assert (wire["feed"], wire["stories"], radio["feed"], radio["heard"]) == ("wire", 4, "radio", [day(1).isoformat()])
    assert wire["heard"] == [day(n).isoformat() for n in (0, 1, 3, 4)]
    assert body["not_monitored"] == [day(2).isoformat()]
    assert (body["first"], body["last"]) == (day(0).isoformat(), day(4).isoformat())


async def test_what_was_before_the_first_story_is_no_gap(tmp_path: Path) -> None:
    async with board(tmp_path, tick(0), *days_of_quiet(5, 6)) as (client, _):
        body = await told(client, "/v1/feeds")
    assert (body["first"], body["not_monitored"]) == (day(5).isoformat(), [])


async def test_only_the_days_that_are_asked_for_are_told(tmp_path: Path) -> None:
    async with board(tmp_path, *days_of_quiet(0, 9)) as (client, _):
        body = await told(client, "/v1/feeds", days=3)
    assert body["feeds"][0]["heard"] == [day(n).isoformat() for n in (7, 8, 9)]


async def test_before_the_first_tick_there_is_no_time(tmp_path: Path) -> None:
    async with board(tmp_path) as (client, _):
        body = await told(client, "/v1/feeds")
    assert (body["clock"], body["feeds"], body["not_monitored"]) == (None, [], [])
