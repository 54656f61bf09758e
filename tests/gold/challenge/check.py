"""Check the challenge set against the label format and count it: `python tests/gold/challenge/check.py`.

Exits 1 with the first fault of each row: invalid JSON, an unknown key, kind or status, a quote that is not in the text,
a day that is no date, a country that has no ISO 3166-1 alpha-2 form, a counted label without a day.
"""

import collections
import datetime as dt
import json
import pathlib
import re
import sys

KINDS = {"air_strike", "ceasefire_violation", "displacement"}
STATUSES = {"new", "background", "hypothetical", "denied"}
ROW = {"id", "published", "text", "signals", "style"}
SIGNAL = {"kind", "status", "quote", "place", "country", "day", "claim", "killed", "injured", "displaced", "unit"} | {
    *("measure", "cause", "certain", "weapon", "count", "from_country", "to_country"),
}
OPTIONAL = {"admin1", "day_certain", "period", "umbrella"}
VALUES = {
    "claim": {None, "observed", "alleged", "mutual"},
    "unit": {None, "persons", "households"},
    "measure": {None, "flow", "stock"},
    "cause": {None, "conflict", "disaster", "other", "unknown"},
    "weapon": {None, "aircraft", "drone", "missile", "unknown"},
    "certain": {True, False},
}


def fault(row: dict) -> str | None:
    """The first fault of a row, or None."""
    if set(row) - {"trap"} != ROW or (not row["signals"] and "trap" not in row):
        return "keys of the row"
    published = dt.date.fromisoformat(row["published"])
    for signal in row["signals"]:
        if set(signal) - OPTIONAL != SIGNAL:
            return "keys of a signal"
        if signal["kind"] not in KINDS or signal["status"] not in STATUSES:
            return "kind or status"
        if any(signal[key] not in values for key, values in VALUES.items()):
            return "a value outside its list"
        if signal["quote"] not in row["text"]:
            return f"quote not in the text: {signal['quote']}"
        countries = (signal["country"], signal["from_country"], signal["to_country"])
        if any(code is not None and not re.fullmatch("[A-Z]{2}", code) for code in countries):
            return "country code"
        days = [day for day in (signal["day"], *signal.get("period", ())) if day]
        if any(dt.date.fromisoformat(day) > published for day in days):
            return "a day after publication"
        if (signal["status"] == "new") != (signal["day"] is not None):
            return "a day on what does not count, or none on what does"
        if any(not isinstance(signal[key], int | None) for key in ("killed", "injured", "displaced", "count")):
            return "a figure that is no integer"
    return None


def main() -> int:
    """Print faults, then counts by file, style, kind and status."""
    folder = pathlib.Path(__file__).parent
    faults, seen = 0, set()
    for name in ("dev.jsonl", "held.jsonl"):
        rows = [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]
        for row in rows:
            problem = "id used twice" if row["id"] in seen else fault(row)
            seen.add(row["id"])
            if problem:
                faults += 1
                print(f"{name} {row['id']}: {problem}")
        counted = collections.Counter((r["style"], any(s["status"] == "new" for s in r["signals"])) for r in rows)
        signals = collections.Counter((s["kind"], s["status"]) for r in rows for s in r["signals"])
        unsure = collections.Counter(
            s["kind"] for r in rows for s in r["signals"] if s["status"] == "new" and not s["certain"]
        )
        print(name, len(rows), "rows")
        for title, table in (("style, counts", counted), ("kind, status", signals), ("new and uncertain", unsure)):
            print(f"  {title}:", *(f"{key}={n}" for key, n in sorted(table.items())), sep="\n    ")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
