"""The rules in force: what is measured, where, and from which value on it is told."""

from typing import Any, Literal, Self

from pydantic import ValidationError

from alerts.revisions import SEVERITIES, Severity
from alerts.subscribers import AreaFilter
from stream.records import canonical
from stream.signals import Cause, Certainty, Frozen, Weapon, content_hash

Level = Literal["place", "admin1", "country"]
MeasureName = Literal["incidents", "strikes", "violations", "killed", "injured", "displaced", "displaced_stock"]
Method = Literal["ears_c1", "ears_c2", "ears_c3", "negbin_cusum", "record", "ratio"]

CERTAINTIES: tuple[Certainty, ...] = ("possible", "likely", "observed")
"""From the least to the most certain."""


class Spike(Frozen):
    """Rings when a series leaves its own past behind; see spikes.py for the formulas."""

    method: Method
    min: int = 1
    """The window's sum must reach this as well: a floor for sparse series."""
    severity: Severity = "warning"
    alpha: float = 0.001
    """EARS: one-sided error; C3 uses 25 times this, as its authors do."""
    min_sigma: float = 0.5
    """EARS: the least standard deviation, so that one event after a silence is no spike."""
    shift: float = 2.0
    """CUSUM: the rise of the mean it is tuned to find, as a factor."""
    limit: float = 4.5
    """CUSUM: alarm at or above this."""
    years: Literal[1, 3] = 1
    """Record: highest in this many years."""
    height: float = 3.0
    """Ratio: so many times what the window before had."""
    min_reference: int = 0
    """Ratio: the least that the window before must have had; 0: what follows on nothing rings from `min` on."""


class Renotify(Frozen):
    """Tell again while the alert stays open: first after `after` days, then `factor` times later each time."""

    after: int
    factor: float = 2.0


class Rule(Frozen):
    """One rule. Windows are whole UTC days: the window of day D is (D - window, D]."""

    id: str
    kind: str
    by: Level
    measure: MeasureName
    window: int
    severity: dict[Severity, int] = {}
    """Least value of each tier; the value itself rings."""
    spike: Spike | None = None
    clear: int | None = None
    """At or below this the alert recovers (null: below the first threshold, or, of a spike, no alarm) ..."""
    clear_for: int = 3
    """... and after so many whole monitored days in a row it is resolved."""
    pending_for: int = 0
    """Days that the threshold must have been met before the day on which the alert opens."""
    min_origins: dict[Severity, int] = {}
    """Independent origins that a tier needs; a tier that is not named needs one."""
    certainty: Certainty = "possible"
    """Incidents less certain than this are not counted."""
    weapons: tuple[Weapon, ...] = ()
    """Empty: every weapon. Likewise `cause`."""
    cause: tuple[Cause, ...] = ()
    side: Literal["from", "to"] = "from"
    """Displacement: whether the area is where people left, or where they went."""
    include: tuple[Literal["ordered"], ...] = ()
    """`ordered`: evacuation orders count as well."""
    area: AreaFilter | None = None
    """Only incidents inside count; null: everywhere."""
    renotify: Renotify | None = None
    why: str = ""

    @property
    def tiers(self) -> tuple[tuple[Severity, int], ...]:
        """(severity, least value), from the lowest."""
        return tuple((name, self.severity[name]) for name in SEVERITIES if name in self.severity)


class Rules(Frozen):
    """A whole rules file, and the settings of the engine that go with it."""

    rules: tuple[Rule, ...] = ()
    household_size: int = 5
    """Persons a household counts as."""
    lateness_hours: int = 72
    """A story received more than this after it was published is late."""

    @property
    def hash(self) -> str:
        return content_hash("rules", canonical(self.content()).decode())

    @property
    def horizon(self) -> int:
        """Days for which threads are kept whole."""
        longest = max((rule.window + rule.clear_for for rule in self.rules), default=0)
        return max(90, longest + -(-self.lateness_hours // 24))

    def content(self) -> dict[str, Any]:
        return self.model_dump(mode="json")

    def document(self) -> dict[str, Any]:
        """The body of the command `rules.apply`."""
        return {"rules": self.content(), "hash": self.hash}

    @classmethod
    def of_document(cls, body: dict[str, Any]) -> Self:
        """The inverse of `document`. Raises RulesFault."""
        try:
            rules = cls.model_validate(body.get("rules"))
        except ValidationError as fault:
            raise RulesFault([f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in fault.errors()]) from None
        if body.get("hash") not in (None, rules.hash):
            raise RulesFault(["hash: does not belong to these rules; make the command with `tocsin rules apply`"])
        return rules


class RulesFault(Exception):
    """Everything that is wrong with a rules file, a line each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def load_rules(text: str) -> Rules:
    """The rules of a file. Raises RulesFault with every fault at once ("line N: ...")."""
    from alerts.engine import rulesfile

    return rulesfile.parse(text)
