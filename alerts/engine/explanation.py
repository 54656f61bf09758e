"""One plain sentence: what happened, where, when, against which threshold, and who says so."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date

from alerts.engine.countries import country_name
from alerts.engine.measures import Daily, Incident
from alerts.engine.rules import Rule
from alerts.revisions import Area, Reading, Transition

NAMED = 3
"""Sources and regions named before "and N more"."""
_ONE = {"air_strike": "air strike", "ceasefire_violation": "ceasefire violation", "displacement": "displacement"}
_INSTITUTION = re.compile(
    r"(Nations|Observatory|Ministry|Cross|Crescent|Council|Army|Government|Union|Agency|Committee|Commission|Authority"
    r"|Organi[sz]ation|Mission|Police|Office|Department|UN|OSCE|Programme|Pentagon|Kremlin)$| of | for "
)
_CAUSES = {"conflict": "by conflict", "disaster": "by disaster", "other": "by other causes", "unknown": ""}


def sentence(
    rule: Rule,
    area: Area,
    transition: Transition,
    reason: str,
    reading: Reading,
    window: Daily,
    incidents: Sequence[Incident],
    totals: dict[str, int],
    severity: tuple[str | None, str],
) -> str:
    """The explanation of a revision.

    `window`: all that is summed in the reading's window, `incidents` what it is made of; `totals`: people over the
    whole episode; `severity`: the one told before, if any, and the one now.
    """
    facts = _facts(rule, area, reading, window, incidents)
    if transition == "resolved":
        return _resolved(rule, area, reason, reading, totals)
    if transition == "retracted":
        return _retracted(rule, area, reason, reading, totals)
    opening = {
        "tier_raised": f"Raised from {severity[0]} to {severity[1]}: ",
        "tier_lowered": f"Lowered from {severity[0]} to {severity[1]}: ",
        "figure_grew": "Growing: ",
        "figure_fell": "Corrected downwards: ",
        "second_origin": "Now from a second source: ",
        "story_withdrawn": "One of the stories was taken back; what remains: ",
        "story_corrected": "One of the stories was corrected; it now stands at ",
        "still_open": "Still open: ",  # not "still going on": perhaps nobody was listening
        "resumed": "Going on after all: ",
    }.get(reason, "")
    so_far = _people(totals, ("killed", "injured")) if transition != "opened" and _more(totals, window) else ""
    return _closed(opening + facts + (f"; {so_far} since it began" if so_far else ""))


def _facts(rule: Rule, area: Area, reading: Reading, window: Daily, incidents: Sequence[Incident]) -> str:
    words = [
        f"{_amount(rule, reading)} {_where(area, incidents)} {_when(reading, incidents)}".replace("  ", " "),
        _against(rule, reading),
        _reported(window.origins, incidents),
    ]
    text = ", ".join(word for word in words if word)
    told = () if rule.measure in ("killed", "injured") else ("killed", "injured")
    people = _people({name: getattr(window, name) for name in told}, told)
    doubt = _doubt(incidents)
    return text + (f"; {people}" if people else "") + (f"; {doubt}" if doubt else "")


def _amount(rule: Rule, reading: Reading) -> str:
    thing = _ONE.get(rule.kind, rule.kind.replace("_", " "))
    if rule.measure in ("incidents", "strikes", "violations"):
        return counted(reading.value, thing)
    number = f"{reading.value:,}"
    if reading.high is not None and reading.low != reading.high:
        number = f"up to {reading.high:,}" if not reading.low else f"{number} ({reading.low:,} to {reading.high:,})"
    people = "person" if reading.value == 1 else "people"
    if rule.measure == "displaced":
        by = " ".join(_CAUSES[cause] for cause in rule.cause if _CAUSES[cause]) if len(rule.cause) == 1 else ""
        return f"{number} {people} displaced {by}".strip()
    if rule.measure == "displaced_stock":
        return f"{number} {people} living displaced"
    return f"{number} {people} {rule.measure} in {thing}s"


def counted(number: int, thing: str) -> str:
    """ "1 air strike", "2 air strikes"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _where(area: Area, incidents: Sequence[Incident]) -> str:
    """The area; of a country, also its regions: the one, or how many in each."""
    if area.level != "country":
        inside = f", {country_name(area.country)}" if area.country else ""
        return f"in {area.name}{inside}"
    regions = Counter(_region(incident) for incident in incidents if not incident["umbrella"])
    if set(regions) == {None} or not regions:
        return f"in {area.name}"
    if len(regions) == 1:
        region = str(next(iter(regions)))
        return f"in {region}" if area.name in region else f"in {region}, {area.name}"
    named = [(name, count) for name, count in sorted(regions.items(), key=lambda i: (-i[1], str(i[0]))) if name]
    listed = [f"{count} in {name}" for name, count in named[:NAMED]]
    rest = sum(regions.values()) - sum(count for _, count in named[:NAMED])
    return f"in {area.name} ({', '.join(listed)}{f', {rest} elsewhere' if rest else ''})"


def _region(incident: Incident) -> str | None:
    place = incident["place"]
    return None if place is None else place["admin1"] or (place["name"] if place["precision"] != "country" else None)


def _when(reading: Reading, incidents: Sequence[Incident]) -> str:
    """The days on which it happened, as far as the incidents tell; else the window."""
    if not incidents:
        return between(*reading.window)
    first = min(incident["span"][0] for incident in incidents)
    last = max(incident["span"][1] for incident in incidents)
    return between(date.fromordinal(first), date.fromordinal(last))


def between(first: date, last: date) -> str:
    """ "on 13 May 2019", "on 12–13 May 2019", "between 29 April and 9 May 2019"."""
    end = f"{last.day} {last:%B} {last.year}"
    if first == last:
        return f"on {end}"
    if (last - first).days == 1 and first.month == last.month:
        return f"on {first.day}–{end}"
    start = f"{first.day}"
    if (first.year, first.month) != (last.year, last.month):
        start += f" {first:%B}"
    if first.year != last.year:
        start += f" {first.year}"
    return f"between {start} and {end}"


def _against(rule: Rule, reading: Reading) -> str:
    """The threshold, or the past that a spike stands out from."""
    span = "on one day" if rule.window == 1 else f"in {rule.window} days"
    if reading.baseline is not None and rule.spike is not None:
        if rule.spike.method == "record":
            return f"the most {span} for {'a year' if rule.spike.years == 1 else f'{rule.spike.years} years'}"
        if rule.spike.method == "ratio":
            span = "day" if rule.window == 1 else f"{rule.window} days"
            return f"after {reading.baseline * rule.window:,.0f} in the {span} before it began"
        return f"where {reading.baseline:.1f} a day had been usual"
    if reading.threshold is None:
        return ""
    return f"against a threshold of {reading.threshold:,}" + ("" if rule.window == 1 else f" {span}")


def _reported(origins: Sequence[str], incidents: Sequence[Incident]) -> str:
    """Who reported it, and whom they cite."""
    named = [name for name in origins if name != "unnamed"]
    who = listed(named[:NAMED], len(named) - NAMED)
    number = len(origins)
    text = f"reported by {number} independent sources" if number > 1 else "reported by 1 source" if number else ""
    if who:
        text += f" ({who})"
    cited = sorted({source for incident in incidents for source in incident["sources"]} - set(named))
    if cited and text:
        text += f", citing {listed([_with_article(name) for name in cited[:NAMED]], len(cited) - NAMED)}"
    return text


def _with_article(name: str) -> str:
    """ "a war monitor", "the United Nations", "Reuters"."""
    last = name.split()[-1]
    if last.islower() or name[:1].islower():
        known = name.startswith(("a ", "an ", "the ", "The ", "state ", "local ")) or last.endswith(("s", "media"))
        return name if known else f"{'an' if name[0] in 'aeiouAEIO' else 'a'} {name}"
    return f"the {name}" if _INSTITUTION.search(name) and not name.startswith("The ") else name


def listed(names: Sequence[str], more: int = 0) -> str:
    """ "a", "a and b", "a, b and 3 more"."""
    items = [*names, f"{more} more"] if more > 0 else list(names)
    if len(items) <= 1:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def _people(numbers: dict[str, int], names: Sequence[str]) -> str:
    return " and ".join(f"{numbers[name]:,} {name}" for name in names if numbers.get(name))


def _more(totals: dict[str, int], window: Daily) -> bool:
    return any(totals[name] > getattr(window, name) for name in ("killed", "injured"))


def _doubt(incidents: Sequence[Incident]) -> str:
    """What is only possible, and who alleges it."""
    events = [incident for incident in incidents if not incident["umbrella"]]
    unsure = [incident for incident in events if incident["certainty"] == "possible"]
    if not unsure:
        return ""
    claimants = sorted(
        {source for i in unsure if i["claim"] in ("alleged", "mutual") for source in i["sources"] or i["origins"]}
    )
    share = "all of it" if len(unsure) == len(events) else f"{len(unsure)} of them"
    if claimants:
        return f"{share} alleged by {listed(claimants[:NAMED], len(claimants) - NAMED)} and not confirmed"
    if len(events) == 1:
        return "not confirmed"
    return f"{share} not confirmed"


def _resolved(rule: Rule, area: Area, reason: str, reading: Reading, totals: dict[str, int]) -> str:
    if reason in ("rule_removed", "rules_changed"):
        why = f"the rule {rule.id} was {'removed' if reason == 'rule_removed' else 'changed'}"
        return f"Closed, because {why}: {_amount(rule, reading)} in {area.name} {between(*reading.window)}."
    thing = _amount(rule, reading)
    limit = f"at or below {rule.clear:,}" if rule.clear is not None else "below the threshold"
    top = totals["peak_day"]
    height = f"; at its height {totals['peak']:,} {between(_date(top - rule.window + 1), _date(top))}"
    people = _people(totals, ("killed", "injured"))
    return _closed(
        f"Over: {thing} in {area.name} {between(*reading.window)}, {limit} for {counted(rule.clear_for, 'day')}{height}"
        + (f"; {people} in all" if people else "")
    )


def _retracted(rule: Rule, area: Area, reason: str, reading: Reading, totals: dict[str, int]) -> str:
    why = {
        "story_killed": "because the wire killed its story",
        "story_withheld": "because the wire withheld its story",
        "story_corrected": "because the wire corrected its story",
    }.get(reason, "because later reports changed what it was counted from")
    told = _amount(rule, reading.model_copy(update={"value": totals["peak"], "low": None, "high": None}))
    left = f"{reading.value:,} {'is' if reading.value == 1 else 'are'}" if reading.value else "none is"
    limit = "" if reading.threshold is None else f", against a threshold of {reading.threshold:,}"
    return f"Taken back {why}: of {told} in {area.name} {between(*reading.window)}, {left} left{limit}."


def _date(day: int) -> date:
    return date.fromordinal(day)


def _closed(text: str) -> str:
    return text[0].upper() + text[1:].rstrip(".") + "."
