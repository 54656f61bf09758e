"""Measures: what a rule sums over an area, as a daily series of whole UTC days.

An incident counts on its day, in the area that holds its place. A total over a region (`umbrella`) is no event: an area
that contains the region takes the larger of the total and the sum of what is known inside it on those days. A flow told
of a region is a movement, but adds only the people whom the flows of places inside it have not told of. Stocks are not
added up over days: a window takes the highest day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from alerts.engine.countries import country_name
from alerts.engine.facts import place_key
from alerts.engine.overlaps import holds
from alerts.engine.rules import CERTAINTIES, Rule
from alerts.filters import inside
from alerts.revisions import Area

Incident = dict[str, Any]
Nested = tuple[Incident, Sequence[Incident]]
"""An incident, and those that its figures count already."""
PEOPLE = ("killed", "injured", "displaced")
"""Figures that are told beside the measure."""


@dataclass(frozen=True, slots=True)
class Daily:
    """What a rule measures in an area on one day. `high` is null where some figure has no upper end."""

    best: int = 0
    low: int = 0
    high: int | None = 0
    likely: int = 0
    """The part of `best` that is at least likely."""
    observed: int = 0
    incidents: int = 0
    origins: tuple[str, ...] = ()
    killed: int = 0
    injured: int = 0
    displaced: int = 0
    households: bool = False
    """Whether households were counted as persons."""


NOTHING = Daily()


def combined(days: Sequence[Daily], *, highest: bool = False) -> Daily:
    """Several days as one: sums, or the day with the highest best (`highest`), and all who told of them."""
    if len(days) == 1:
        return days[0]
    if not days:
        return NOTHING
    origins = tuple(sorted({name for day in days for name in day.origins}))
    people = {name: sum(getattr(day, name) for day in days) for name in (*PEOPLE, "incidents")}
    if highest:
        top = max(days, key=lambda day: day.best)
        values = {name: getattr(top, name) for name in ("best", "low", "high", "likely", "observed")}
    else:
        values = {name: sum(getattr(day, name) for day in days) for name in ("best", "low", "likely", "observed")}
        highs = [day.high for day in days]
        values["high"] = None if None in highs else sum(high for high in highs if high is not None)
    return Daily(**values, **people, origins=origins, households=any(day.households for day in days))


def counted(rule: Rule, incident: Incident) -> bool:
    """Does the rule look at this incident?"""
    if incident["kind"] != rule.kind or (incident["ordered"] and "ordered" not in rule.include):
        return False
    if CERTAINTIES.index(incident["certainty"]) < CERTAINTIES.index(rule.certainty):
        return False
    if rule.weapons and incident["weapon"] not in rule.weapons:
        return False
    displaced = incident["figures"].get("displaced")
    if rule.cause and (displaced is None or displaced["cause"] not in rule.cause):
        return False
    if rule.measure in ("displaced", "displaced_stock"):
        wanted = "flow" if rule.measure == "displaced" else "stock"
        if displaced is None or displaced["measure"] != wanted:
            return False
    elif displaced is not None and displaced["measure"] == "stock":
        return False
    place = place_of(rule, incident)
    return rule.area is None or (place is not None and inside(rule.area, place))


def place_of(rule: Rule, incident: Incident) -> dict[str, Any] | None:
    """The place that decides the area: where it happened, or where people went."""
    found: dict[str, Any] | None = incident["to"] if rule.side == "to" else incident["place"]
    return found


def area_of(rule: Rule, incident: Incident) -> Area | None:
    """The area of the rule that holds the incident; null when its place is not that precise, or unknown."""
    place = place_of(rule, incident)
    if place is None or place["country"] is None:
        return None
    country, admin1 = place["country"], place["admin1"]
    if rule.by == "country":
        return Area(key=country, level="country", name=country_name(country), country=country)
    if rule.by == "admin1":
        if admin1 is None and place["precision"] == "region":  # Darfur, Donbas, northern Iraq
            admin1 = place["name"]
        if admin1 is None:
            return None
        return Area(key=f"{country}/{admin1}", level="admin1", name=admin1, country=country, admin1=admin1)
    if place["precision"] not in ("site", "town"):
        return None
    key = str(place_key(place))
    return Area(
        key=key,
        level="place",
        name=place["name"],
        country=country,
        admin1=admin1,
        lat=place["lat"],
        lon=place["lon"],
    )


def daily(rule: Rule, household: int, incidents: Sequence[Nested], totals: Sequence[Nested]) -> Daily:
    """One day of a series.

    `incidents`: those of the area and the day. `totals`: those totals of the day whose place lies in the area. Each
    comes with the incidents that its figures count already.
    """
    day = combined(_parts(rule, household, incidents), highest=rule.measure == "displaced_stock")
    extra = [_excess(rule, household, total, inner) for total, inner in totals]
    return combined([day, *(more for more in extra if more is not None)]) if extra else day


def _parts(rule: Rule, household: int, incidents: Sequence[Nested]) -> list[Daily]:
    """What each incident adds: a wide flow only the people whom no narrower one has told of."""
    return [
        _beyond(_contribution(rule, household, incident), _known(rule, household, inner), rule.measure)
        if inner
        else _contribution(rule, household, incident)
        for incident, inner in incidents
    ]


def _known(rule: Rule, household: int, inner: Sequence[Incident]) -> Daily:
    """The people told of inside a wide flow, those of a town inside a region inside it once."""
    nested = [(incident, [other for other in inner if holds(incident, other)]) for incident in inner]
    return combined(_parts(rule, household, nested))


def _beyond(whole: Daily, known: Daily, measure: str) -> Daily:
    """A wide flow less the people whom narrower ones have told of; it is one movement all the same.

    Its surer part stays as sure as it was told, so a day may have more that is likely than its best: sums are capped
    where a window is read.
    """
    displaced = max(0, whole.displaced - known.displaced)
    if measure != "displaced":
        return replace(whole, displaced=displaced)
    best = max(0, whole.best - known.best)
    return replace(
        whole,
        best=best,
        low=max(0, whole.low - known.low),
        high=None if whole.high is None else max(best, whole.high - known.best),
        likely=max(0, whole.likely - known.likely),
        observed=max(0, whole.observed - known.observed),
        displaced=displaced,
    )


def _contribution(rule: Rule, household: int, incident: Incident) -> Daily:
    best, low, high = value(rule, household, incident)
    sure = CERTAINTIES.index(incident["certainty"])
    figures = incident["figures"]
    displaced = figures.get("displaced")
    persons = _persons(displaced, household)[0] if displaced is not None and displaced["measure"] == "flow" else 0
    return Daily(
        best=best,
        low=low,
        high=high,
        likely=best if sure >= 1 else 0,
        observed=best if sure >= 2 else 0,
        incidents=1,
        origins=tuple(incident["origins"]),
        killed=figures.get("killed", {}).get("best", 0),
        injured=figures.get("injured", {}).get("best", 0),
        displaced=persons,
        households=displaced is not None and displaced["unit"] == "households",
    )


def _excess(rule: Rule, household: int, total: Incident, inner: Sequence[Incident]) -> Daily | None:
    """What a total says beyond the incidents inside it; it is never an incident itself."""
    whole = _contribution(rule, household, total)
    known = combined([_contribution(rule, household, incident) for incident in inner])
    people = {name: max(0, getattr(whole, name) - getattr(known, name)) for name in PEOPLE}
    if rule.measure in ("incidents", "displaced_stock"):
        best = low = 0
        high: int | None = 0
    else:
        best, low = max(0, whole.best - known.best), max(0, whole.low - known.low)
        high = None if whole.high is None else max(best, whole.high - known.best)
    if best == 0 and not any(people.values()):
        return None
    sure = CERTAINTIES.index(total["certainty"])
    return Daily(
        best=best,
        low=low,
        high=high,
        likely=best if sure >= 1 else 0,
        observed=best if sure >= 2 else 0,
        origins=whole.origins,
        households=whole.households,
        **people,
    )


def value(rule: Rule, household: int, incident: Incident) -> tuple[int, int, int | None]:
    """(best, low, high) of the rule's measure for one incident; a figure it lacks is 0."""
    if rule.measure == "incidents":
        return 1, 1, 1
    figure = incident["figures"].get("displaced" if rule.measure.startswith("displaced") else rule.measure)
    if figure is None:
        return 0, 0, 0
    if rule.measure.startswith("displaced"):
        return _persons(figure, household)
    return figure["best"], figure["low"] or 0, figure["high"]


def _persons(figure: dict[str, Any], household: int) -> tuple[int, int, int | None]:
    size = household if figure["unit"] == "households" else 1
    return figure["best"] * size, (figure["low"] or 0) * size, None if figure["high"] is None else figure["high"] * size


def window(series: Mapping[int, Daily], last: int, days: int, *, highest: bool = False) -> Daily:
    """The window (last - days, last] of a series as one."""
    found = [series[day] for day in range(last - days + 1, last + 1) if day in series]
    summed = combined(found, highest=highest)
    capped = {name: min(getattr(summed, name), summed.best) for name in ("low", "likely", "observed")}
    return replace(summed, **capped)
