"""Carries decisions out: the alert's row, the revision that tells of it, and its deliveries."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from alerts.engine import routing, series
from alerts.engine.episodes import Episode
from alerts.engine.explanation import sentence
from alerts.engine.facts import QUOTE_LENGTH, Fact, of_stored
from alerts.engine.lifecycle import Alert, Decision, Told, decide, overlap
from alerts.engine.measures import Daily, Incident, value, window
from alerts.engine.rules import Rule
from alerts.engine.steps import Step
from alerts.engine.store import dump, load, micros
from alerts.revisions import AlertIncident, AlertPlace, AlertRevision, Area, Quote, Reading, Transition
from stream.signals import content_hash

INCIDENTS_TOLD = 20
"""Incidents that a revision lists, those that weigh most first; its measure counts them all."""
QUOTES_TOLD = 3
PICTURE = ("peak", "peak_day", "killed", "injured", "displaced")


def evaluate(step: Step, rule: Rule, key: str, first: int) -> None:
    """Fold a pair from day `first` on, and tell what is not what was told."""
    if first > step.today:
        return
    folded = series.refold(step.store, rule, key, first, step.today, step.monitored)
    alerts = alerts_of(step, rule.id, key, first)
    if not alerts and not folded.episodes:
        return
    for decision in decide(alerts, folded.episodes, may_open=step.may_open, in_time=step.in_time):
        carry_out(step, rule, series.area_of_key(step.store, key), decision)


def alerts_of(step: Step, rule_id: str, key: str, first: int) -> list[Alert]:
    """The alerts of a pair that reach into the days from `first` on and were not taken back."""
    rows = step.store.connection.execute(
        "SELECT id, state, since, ended, told FROM alerts WHERE rule = ? AND area = ? AND state != 'retracted'"
        " AND (ended IS NULL OR ended >= ?) ORDER BY since, id",
        (rule_id, key, first),
    )
    return [alert_of(row) for row in rows]


def alert_of(row: Any) -> Alert:
    return Alert(row["id"], row["state"], row["since"], row["ended"], Told(**load(row["told"])))


def tell_again(step: Step, rule: Rule, alert_id: str, transition: Transition, reason: str) -> AlertRevision:
    """The alert's next revision for a reason outside the fold, with what the fold says of it by now.

    An episode may have moved on by less than is told anew, a flow to a later last day above all: the window that was
    told then holds no more what it did, and is not what there is to tell.
    """
    row = step.store.connection.execute("SELECT * FROM alerts WHERE id = ?", (alert_id,)).fetchone()
    episode = _standing(step, rule, row["area"], alert_of(row))
    return tell(step, rule, series.area_of_key(step.store, row["area"]), alert_id, transition, reason, episode)


def _standing(step: Step, rule: Rule, key: str, alert: Alert) -> Episode | None:
    """The episode of an alert as it is in the fold by now; null when the fold knows it no more."""
    if alert.state == "open":
        episodes = series.refold(step.store, rule, key, step.today, step.today, step.monitored).episodes
        return next((episode for episode in episodes if episode.ended is None), None)
    episodes = series.ended(step.store, rule.id, key, alert.since, step.today)
    return next((episode for episode in reversed(episodes) if overlap(alert, episode)), None)


def carry_out(step: Step, rule: Rule, area: Area, decision: Decision) -> None:
    """Do what was decided about one alert."""
    run = step.store.connection.execute
    alert, episode = decision.alert, decision.episode
    if decision.transition is None:
        step.count(f"alerts_{decision.reason}")
        if alert is not None:
            run("DELETE FROM alerts WHERE id = ?", (alert.id,))
        if episode is not None:
            _insert(step, rule, area, episode, "recorded", alert.id if alert is not None else None)
        return
    if decision.transition == "opened" and episode is not None:
        if alert is not None:
            run("DELETE FROM alerts WHERE id = ?", (alert.id,))
        alert_id = _insert(step, rule, area, episode, "open", None if alert is None else alert.id)
        tell(step, rule, area, alert_id, "opened", decision.reason, episode)
        return
    assert alert is not None
    if decision.transition != "retracted":
        tell(step, rule, area, alert.id, decision.transition, decision.reason, episode)
    elif step.cause != "rules_changed":
        tell(step, rule, area, alert.id, "retracted", step.cause, None)
    elif alert.state == "open":
        # What rang was true under the rules of its time: it ends, and is not taken back.
        tell(step, rule, area, alert.id, "resolved", "rules_changed", None)


def _insert(step: Step, rule: Rule, area: Area, episode: Episode, state: str, known: str | None) -> str:
    alert_id = known or content_hash("alert", rule.id, area.key, step.sequence, episode.since)
    step.store.connection.execute(
        "INSERT INTO alerts (id, rule, area, kind, country, state, severity, since, ended, revision, sequence, told)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)",
        (
            alert_id,
            rule.id,
            area.key,
            rule.kind,
            area.country,
            state,
            episode.state.severity,
            episode.since,
            episode.ended,
            step.sequence,
            dump(Told.of(episode.state).stored()),
        ),
    )
    return alert_id


def tell(
    step: Step,
    rule: Rule,
    area: Area,
    alert_id: str,
    transition: Transition,
    reason: str,
    episode: Episode | None,
) -> AlertRevision:
    """The alert's next revision: stored, returned with the step, and sent to whom it concerns.

    Without an episode the alert ends for a reason outside the fold, and what was told is what is shown.
    """
    run = step.store.connection.execute
    row = run("SELECT * FROM alerts WHERE id = ?", (alert_id,)).fetchone()
    before = Told(**load(row["told"]))
    told = before if episode is None else Told.of(episode.state)
    ending = transition == "resolved" and episode is not None and episode.ended is not None
    last = episode.ended if ending and episode is not None and episode.ended is not None else told.peak_day
    reading, summed, incidents = _read(step, rule, area, last, told, episode)
    shown = _read(step, rule, area, told.peak_day, told, episode)[2] if ending else incidents
    revision = AlertRevision(
        id=alert_id,
        revision=row["revision"] + 1,
        transition=transition,
        reason=reason,
        references=(f"{alert_id}/{row['revision']}",) if row["revision"] else (),
        references_at=_told_at(step, alert_id, row["revision"]),
        engine_sequence=step.sequence,
        rule=rule.id,
        rules_hash=step.rules.hash,
        kind=rule.kind,
        severity=told.severity,
        certainty=told.certainty,
        area=area,
        measure=reading,
        since=date.fromordinal(episode.since if episode is not None else row["since"]),
        at=step.at,
        explanation=sentence(
            rule,
            area,
            transition,
            reason,
            reading,
            summed,
            incidents,
            {name: getattr(told, name) for name in PICTURE},
            (before.severity, told.severity),
        ),
        incidents=_shown(step, rule, shown),
    )
    state = _state(transition, row["state"], episode)
    ended = row["ended"] if episode is None else episode.ended
    if ended is None and state != "open":
        ended = step.today
    run(
        "UPDATE alerts SET state = ?, severity = ?, since = ?, ended = ?, revision = ?, told = ?, sequence = ?,"
        " notify = ? WHERE id = ?",
        (
            state,
            told.severity,
            revision.since.toordinal(),
            ended,
            revision.revision,
            dump(told.stored()),
            step.sequence,
            _next_notice(step, rule, row) if state == "open" else None,
            alert_id,
        ),
    )
    for incident in shown:
        for fact in _facts(step, incident["id"]):
            run("INSERT OR IGNORE INTO cited VALUES (?, ?)", (fact.story["uri"], alert_id))
    run(
        "INSERT INTO revisions VALUES (?, ?, ?, ?, ?)",
        (step.sequence, alert_id, revision.revision, step.today, dump(revision.model_dump(mode="json", by_alias=True))),
    )
    step.count(f"revisions_{transition}")
    step.revisions.append(revision)
    routing.route(step, revision)
    return revision


def _told_at(step: Step, alert_id: str, revision: int) -> tuple[datetime, ...]:
    """When the revision that is referenced was made."""
    row = step.store.connection.execute(
        "SELECT json FROM revisions WHERE alert_id = ? AND revision = ?", (alert_id, revision)
    ).fetchone()
    return () if row is None else (datetime.fromisoformat(load(row[0])["at"]),)


def _state(transition: Transition, before: str, episode: Episode | None) -> str:
    """What the alert is after the revision."""
    if transition in ("resolved", "retracted"):
        return transition
    if episode is None:
        return before
    return "open" if episode.ended is None else "resolved"


def _next_notice(step: Step, rule: Rule, row: Any) -> int | None:
    """When to tell again while nothing new happens; never once somebody has acknowledged it."""
    if rule.renotify is None or row["acknowledged"] is not None:
        return None
    return micros(step.at + timedelta(days=rule.renotify.after * rule.renotify.factor ** row["notified"]))


def _read(
    step: Step, rule: Rule, area: Area, last: int, told: Told, episode: Episode | None
) -> tuple[Reading, Daily, list[Incident]]:
    """The window that ends on `last`: its reading, its sums, and the incidents and totals in it."""
    first = last - rule.window + 1
    highest = rule.measure == "displaced_stock"
    summed = window(series.days_of(step.store, rule.id, area.key, first, last), last, rule.window, highest=highest)
    incidents = series.incidents_of(step.store, rule, area, first, last)
    totals = series.totals_of(step.store, rule, area, first, last)
    reading = Reading(
        name=rule.measure,
        value=summed.best,
        low=summed.low,
        high=summed.high,
        threshold=told.threshold,
        baseline=None if episode is None else episode.state.baseline,
        window=(date.fromordinal(first), date.fromordinal(last)),
    )
    return reading, summed, incidents + totals


def _shown(step: Step, rule: Rule, incidents: Sequence[Incident]) -> tuple[AlertIncident, ...]:
    """The incidents that weigh most, each with words of its stories."""

    def weight(incident: Incident) -> tuple[Any, ...]:
        best = value(rule, step.rules.household_size, incident)[0]
        killed = incident["figures"].get("killed", {}).get("best", 0)
        return (incident["umbrella"], -best, -killed, incident["day"], incident["id"])

    return tuple(_told(step, incident) for incident in sorted(incidents, key=weight)[:INCIDENTS_TOLD])


def _told(step: Step, incident: Incident) -> AlertIncident:
    place = incident["place"]
    fields = ("name", "country", "admin1", "lat", "lon", "precision")
    return AlertIncident(
        id=incident["id"],
        place=None if place is None else AlertPlace(**{name: place[name] for name in fields}),
        day=date.fromordinal(incident["day"]),
        figures=incident["figures"],
        origins=tuple(incident["origins"]),
        certainty=incident["certainty"],
        quotes=_quotes(_facts(step, incident["id"])),
    )


def _facts(step: Step, incident_id: str) -> list[Fact]:
    rows = step.store.connection.execute("SELECT body FROM facts WHERE incident = ?", (incident_id,)).fetchall()
    return sorted((of_stored(row[0]) for row in rows), key=lambda fact: fact.order)


def _quotes(facts: Sequence[Fact]) -> tuple[Quote, ...]:
    """The newest words of each credit, the surest and newest first."""
    quotes: list[Quote] = []
    for fact in sorted(facts, key=lambda f: (f.body["certainty"] == "possible", -f.story["published"], f.id)):
        credit = fact.story["credits"][0] if fact.story["credits"] else None
        if len(quotes) < QUOTES_TOLD and (credit is None or credit not in {quote.credit for quote in quotes}):
            evidence = fact.body["evidence"]
            text = evidence["quote"][:QUOTE_LENGTH]
            start = evidence["start"]
            quotes.append(Quote(text=text, credit=credit, story=fact.story["uri"], start=start, end=start + len(text)))
    return tuple(quotes)
