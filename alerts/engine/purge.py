"""Keeps the state bounded: what no later record can change is forgotten, at midnights, by the engine's own clock."""

from alerts.engine import threads
from alerts.engine.flows import FLOW_DAYS
from alerts.engine.rules import Rules
from alerts.engine.store import EPOCH, Store

STUB_DAYS = 3 * 366
"""How long it is remembered that a story was killed, what an alert cited, and what each day summed to."""
MARGIN_DAYS = 2 * FLOW_DAYS + 2
"""Facts outlive what may still change by this much, for the days beside them to be clustered as they were."""
COMMAND_DAYS = 30

_DAY = 86_400_000_000


def purge(store: Store, rules: Rules, today: int) -> None:
    """Forget what is older than the horizon."""
    run = store.connection.execute
    horizon = today - rules.horizon
    old = today - STUB_DAYS
    threads.purge(store, _micros(horizon), _micros(old))
    run("DELETE FROM facts WHERE day < ?", (horizon - MARGIN_DAYS,))
    run("DELETE FROM incidents WHERE day < ? AND founded < ?", (horizon - MARGIN_DAYS, horizon - MARGIN_DAYS))
    run("DELETE FROM waiting WHERE published < ?", (_micros(horizon),))
    run("DELETE FROM folds WHERE day < ?", (horizon - 1,))
    # An open alert is told again from its days, however long nobody has listened.
    run(
        "DELETE FROM daily WHERE day < ? AND (rule, area) NOT IN (SELECT rule, area FROM alerts WHERE state = 'open')",
        (old,),
    )
    run("DELETE FROM heartbeats WHERE day < ?", (old,))
    run("DELETE FROM commands WHERE day < ?", (today - COMMAND_DAYS,))
    run("DELETE FROM silences WHERE until < ?", (_micros(horizon),))
    for row in run("SELECT id FROM alerts WHERE ended < ?", (old,)).fetchall():
        for table, column in (("cited", "alert"), ("recipients", "alert"), ("revisions", "alert_id"), ("alerts", "id")):
            run(f"DELETE FROM {table} WHERE {column} = ?", tuple(row))
    run("DELETE FROM deliveries WHERE day < ?", (horizon,))


def _micros(day: int) -> int:
    return (day - EPOCH.toordinal()) * _DAY
