"""Incidents and GeoJSON over HTTP: real events as points, and the words of every story that tells of them."""

from pathlib import Path

import pytest
from board_world import board, days_of_quiet, flights, strikes, told

from tests.alerts.engine.wire import ALBA, day, story, strike

NEWS = [*days_of_quiet(0, 10), *strikes(10), *flights(10)]


async def test_incidents_are_listed_the_latest_first(tmp_path: Path) -> None:
    async with board(tmp_path, story("early", 3.5, strike(ALBA, 3)), *NEWS) as (client, _):
        body = await told(client, "/v1/incidents")
    places = [(incident["day"], incident["place"]["name"]) for incident in body["incidents"]]
    assert sorted(places[:-1]) == [(day(10).isoformat(), name) for name in ("Alba", "Bora", "Corvo", "Iraq")]
    assert places[-1] == (day(3).isoformat(), "Alba")
    assert not body["cut"]
    flight = next(incident for incident in body["incidents"] if incident["kind"] == "displacement")
    assert (flight["figures"]["displaced"]["best"], flight["from"]["name"]) == (60_000, "Iraq")


@pytest.mark.parametrize(
    ("query", "number"),
    [({"kind": "displacement"}, 1), ({"country": "SY"}, 3), ({"since": day(11)}, 0), ({"until": day(9)}, 0)],
)
async def test_filters_narrow_the_incidents(tmp_path: Path, query: dict[str, str], number: int) -> None:
    async with board(tmp_path, *NEWS) as (client, _):
        assert len((await told(client, "/v1/incidents", **query))["incidents"]) == number


async def test_a_list_that_is_cut_says_so(tmp_path: Path) -> None:
    async with board(tmp_path, *NEWS) as (client, _):
        body = await told(client, "/v1/incidents", limit=2)
    assert (len(body["incidents"]), body["cut"]) == (2, True)


async def test_one_incident_has_the_words_of_every_story_newest_first(tmp_path: Path) -> None:
    second = story("alba-again", 10.6, strike(ALBA, 10, 12, words="the raid on Alba"), credit="dpa")
    async with board(tmp_path, *NEWS, second) as (client, _):
        listed = (await told(client, "/v1/incidents"))["incidents"]
        alba = next(incident for incident in listed if incident["place"]["name"] == "Alba")
        body = await told(client, f"/v1/incidents/{alba['id']}")
        missing = await told(client, "/v1/incidents/none", 404)
    assert body["incident"] == alba
    assert [(quote["credit"], quote["feed"]) for quote in body["quotes"]] == [("dpa", "wire"), ("AFP", "wire")]
    assert missing["reason"] == "unknown_incident"


async def test_geojson_has_a_point_for_what_is_placed(tmp_path: Path) -> None:
    nowhere = story("nowhere", 10.6, strike(None, 10))
    async with board(tmp_path, *NEWS, nowhere) as (client, _):
        alerts = await told(client, "/v1/alerts.geojson", kind="displacement")
        incidents = await told(client, "/v1/incidents.geojson")
    (alert,) = alerts["features"]
    assert alert["geometry"] == {"type": "Point", "coordinates": [44.0, 33.0]}
    assert (alert["properties"]["rule"], alert["properties"]["severity"]) == ("flight", "severe")
    unplaced = [feature for feature in incidents["features"] if feature["geometry"] is None]
    assert [feature["properties"]["place"] for feature in unplaced] == [None]
    assert len(incidents["features"]) == 5
