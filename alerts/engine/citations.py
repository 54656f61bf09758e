"""Citations: which alerts quote which stories, so that whoever read one hears of its being taken back or corrected."""

from collections.abc import Sequence

from alerts.engine import telling, threads
from alerts.engine.facts import Fact
from alerts.engine.rules import Rules
from alerts.engine.steps import Step
from alerts.engine.threads import Change, Version


def tell_citing(
    step: Step, rules: Rules, version: Version, change: Change, facts: Sequence[Fact], *, changed: bool
) -> None:
    """Alerts that cite a story which was taken back or corrected say so, unless this step has told more of them.

    `facts`: what the story's threads say now; `changed`: whether any incident is another for it.
    """
    taken_back = change.reason in ("killed", "withheld") or any(role == "kills" for role, _ in version.links)
    corrected = any(role == "corrects" for role, _ in version.links)
    if not ((taken_back and not facts) or (corrected and changed)):
        return
    uris = {version.uri, *(uri for _, uri in version.links)}
    for thread in change.threads:
        uris.update(threads.uris(step.store, thread))
    revised = {revision.id for revision in step.revisions}
    by_id = {rule.id: rule for rule in rules.rules}
    run = step.store.connection.execute
    cited = {row[0] for uri in uris for row in run("SELECT alert FROM cited WHERE uri = ?", (uri,))}
    marks = ",".join("?" * len(cited - revised))
    rows = run(
        f"SELECT id, rule FROM alerts WHERE id IN ({marks}) AND state IN ('open', 'resolved')"
        " ORDER BY rule, area, since",
        tuple(cited - revised),
    ).fetchall()
    word = "story_withdrawn" if taken_back else "story_corrected"
    for row in rows:
        if row["rule"] in by_id:
            telling.tell_again(step, by_id[row["rule"]], row["id"], "updated", word)
    if taken_back:
        for uri in uris:
            run("DELETE FROM cited WHERE uri = ?", (uri,))
