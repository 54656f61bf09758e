"""Alerts over HTTP: the list and its pages, one with its words, the trend, acknowledging."""

from pathlib import Path

import pytest
from board_world import BOSS, READER, board, breaches, conforms, days_of_quiet, flights, strikes, told

from alerts.revisions import AlertRevision
from tests.alerts.engine.wire import ALBA, day, story, strike, tick

WEEK = [*days_of_quiet(0, 10), *strikes(10), *breaches(10), *flights(10)]


async def test_the_list_has_each_alert_as_it_stands_newest_first(tmp_path: Path) -> None:
    async with board(tmp_path, *WEEK) as (client, backend):
        body = await told(client, "/v1/alerts")
    assert [(alert["rule"], alert["state"]) for alert in body["alerts"]] == [
        ("flight", "open"), ("breaches", "open"), ("strikes", "open"), ("killed", "open"),
    ]  # fmt: skip
    strikes_ = body["alerts"][2]
    assert strikes_["area"]["name"] == "Syria"
    assert (strikes_["measure"]["value"], strikes_["measure"]["threshold"], strikes_["incidents"]) == (3, 3, 3)
    assert strikes_["origins"] == ["AFP", "Reuters"]
    assert strikes_["position"] == {"lat": pytest.approx(34.5333), "lon": pytest.approx(36.3)}
    assert strikes_["acknowledged"] is None
    assert (body["next"], body["sequence"]) == (None, backend.store.sequence)


@pytest.mark.parametrize(
    ("query", "rules"),
    [
        ({"kind": "air_strike"}, ["strikes", "killed"]),
        ({"country": "IQ"}, ["flight"]),
        ({"area": "SY/North"}, ["killed"]),
        ({"severity": "severe"}, ["flight"]),
        ({"state": "resolved"}, []),
        ({"state": "open", "rule": "breaches"}, ["breaches"]),
        ({"since": day(11)}, []),
        ({"since": day(10)}, ["flight", "breaches", "strikes", "killed"]),
    ],
)
async def test_filters_narrow_the_list(tmp_path: Path, query: dict[str, str], rules: list[str]) -> None:
    async with board(tmp_path, *WEEK) as (client, _):
        listed = await told(client, "/v1/alerts", **query)
        changed = await told(client, "/v1/alerts", after=0, **query)
    assert [alert["rule"] for alert in listed["alerts"]] == rules
    assert sorted(alert["rule"] for alert in changed["alerts"]) == sorted(rules)


@pytest.mark.parametrize("cursor", ["after", "before"])
async def test_pages_visit_every_alert_once(tmp_path: Path, cursor: str) -> None:
    async with board(tmp_path, *WEEK) as (client, _):
        seen, given = [], {"after": "0"} if cursor == "after" else {}
        while True:
            body = await told(client, "/v1/alerts", limit=1, **given)
            seen += [alert["id"] for alert in body["alerts"]]
            if body["next"] is None:
                break
            given = {cursor: body["next"]}
        whole = [alert["id"] for alert in (await told(client, "/v1/alerts"))["alerts"]]
    assert len(set(seen)) == len(seen) == 4
    assert sorted(seen) == sorted(whole)


async def test_after_a_sequence_only_what_changed_since_is_told(tmp_path: Path) -> None:
    async with board(tmp_path, *days_of_quiet(0, 10), *strikes(10)) as (client, backend):
        before = (await told(client, "/v1/alerts"))["sequence"]
        assert (await told(client, "/v1/alerts", after=before))["alerts"] == []
        await backend.take(*breaches(10))
        since = await told(client, "/v1/alerts", after=before)
    assert [alert["rule"] for alert in since["alerts"]] == ["breaches"]


@pytest.mark.parametrize(
    "query", ["after=x", "limit=0", "limit=6000", "state=ajar", "nonsense=1", "after=1&before=1", "since=soon"]
)
async def test_a_query_that_means_nothing_is_refused(tmp_path: Path, query: str) -> None:
    async with board(tmp_path) as (client, _):
        answer = await client.get(f"/v1/alerts?{query}", headers=READER)
        assert (answer.status, (await answer.json())["reason"]) == (400, "bad_query")


async def test_one_alert_has_its_revisions_and_its_words_marked(tmp_path: Path) -> None:
    async with board(tmp_path, *WEEK) as (client, _):
        found = (await told(client, "/v1/alerts", rule="strikes"))["alerts"][0]
        body = await told(client, f"/v1/alerts/{found['id']}")
    assert body["alert"] == found
    assert [AlertRevision.model_validate(revision).transition for revision in body["revisions"]] == ["opened"]
    alba = next(incident for incident in body["incidents"] if incident["place"]["name"] == "Alba")
    (quote,) = alba["quotes"]
    assert (alba["reports"], quote["credit"], quote["url"]) == (1, "AFP", "https://news.example/alba")
    assert [(quote["text"][m["start"] : m["end"]], m["what"]) for m in quote["marks"]] == [
        ("12 people", "killed"), ("Alba", "place"),
    ]  # fmt: skip


async def test_an_alert_that_was_taken_back_still_shows_what_it_was_counted_from(tmp_path: Path) -> None:
    kill = story("breach-10", 10.9, version="2", status="canceled")
    async with board(tmp_path, *WEEK, kill) as (client, _):
        found = (await told(client, "/v1/alerts", state="retracted"))["alerts"][0]
        body = await told(client, f"/v1/alerts/{found['id']}")
    assert [revision["transition"] for revision in body["revisions"]] == ["opened", "retracted"]
    (incident,) = body["incidents"]
    assert incident["reports"] == 0
    assert incident["quotes"][0]["text"]


@pytest.mark.parametrize("path", ["/v1/alerts/none", "/v1/alerts/none/series"])
async def test_an_unknown_alert_is_not_found(tmp_path: Path, path: str) -> None:
    async with board(tmp_path) as (client, _):
        assert (await told(client, path, 404))["reason"] == "unknown_alert"


async def test_the_trend_sums_the_window_and_knows_what_was_not_monitored(tmp_path: Path) -> None:
    """Days   0 … 8   9 (silent)   10
    value  0 … 0   0            3     window (D - 2, D]: 3 on day 10
    """
    async with board(tmp_path, *days_of_quiet(0, 8), *strikes(10)) as (client, _):
        found = (await told(client, "/v1/alerts", rule="strikes"))["alerts"][0]
        body = await told(client, f"/v1/alerts/{found['id']}/series")
    days = {row["day"]: row for row in body["days"]}
    assert (body["thresholds"], body["clear"], body["window"]) == ({"warning": 3, "severe": 6}, 1, 2)
    assert days[day(10).isoformat()] | {"phase": None} == {
        "day": day(10).isoformat(), "value": 3, "window": 3, "monitored": True, "phase": None,
    }  # fmt: skip
    assert not days[day(9).isoformat()]["monitored"]
    assert days[day(8).isoformat()]["monitored"]
    assert body["baseline"] == 0
    assert body["days"][-1]["day"] == day(10).isoformat()


async def test_what_was_usual_is_the_mean_window_before_the_episode(tmp_path: Path) -> None:
    """One strike on day 4: windows of two days hold it on days 4 and 5, 2 of the 10 days before the episode."""
    quiet = [record for n in range(10) for record in days_of_quiet(n, n)]
    early = story("early", 4.5, strike(ALBA, 4))
    async with board(tmp_path, *quiet, early, *strikes(10)) as (client, _):
        found = (await told(client, "/v1/alerts", rule="strikes"))["alerts"][0]
        body = await told(client, f"/v1/alerts/{found['id']}/series", days=30)
    assert body["baseline"] == 0.2


async def test_without_a_week_of_news_nothing_is_usual(tmp_path: Path) -> None:
    async with board(tmp_path, *days_of_quiet(6, 9), *strikes(10)) as (client, _):
        found = (await told(client, "/v1/alerts", rule="strikes"))["alerts"][0]
        assert (await told(client, f"/v1/alerts/{found['id']}/series"))["baseline"] is None


async def test_who_may_manage_acknowledges_and_everybody_sees_it(tmp_path: Path) -> None:
    async with board(tmp_path, *WEEK) as (client, backend):
        found = (await told(client, "/v1/alerts", rule="strikes"))["alerts"][0]
        path = f"/v1/alerts/{found['id']}/acknowledge"
        assert (await client.post(path, json={}, headers=READER)).status == 403
        answer = await client.post(path, json={"note": " on it "}, headers=BOSS)
        assert answer.status == 200
        body = await answer.json()
        await conforms(client, "post", path, answer, body)
        assert (body["acknowledged"]["author"], body["acknowledged"]["note"]) == ("api:boss", "on it")
        again = await told(client, f"/v1/alerts/{found['id']}")
        assert again["alert"]["acknowledged"] == body["acknowledged"]
        assert [command.name for command in backend.commands] == ["alerts.acknowledge"]


async def test_what_is_over_or_unknown_cannot_be_acknowledged(tmp_path: Path) -> None:
    over = [*WEEK, *days_of_quiet(11, 15), tick(16)]
    async with board(tmp_path, *over) as (client, _):
        ended = (await told(client, "/v1/alerts", rule="strikes"))["alerts"][0]
        assert ended["state"] == "resolved"
        answer = await client.post(f"/v1/alerts/{ended['id']}/acknowledge", json={}, headers=BOSS)
        assert (answer.status, (await answer.json())["reason"]) == (409, "not_open")
        answer = await client.post("/v1/alerts/none/acknowledge", json={}, headers=BOSS)
        assert (answer.status, (await answer.json())["reason"]) == (404, "unknown_alert")
