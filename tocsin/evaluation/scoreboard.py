"""The report of an evaluation as text, and what changed since another one."""

import json
from typing import Any, TextIO


def write_scores(result: dict[str, Any], out: TextIO) -> None:
    """The scores of one file, and nothing of its rows."""
    for name in ("certain", "all"):
        if name not in result:
            continue
        part = result[name]
        which = {
            "certain": "without uncertain signals",
            "all": "with uncertain signals" if result["shape"] == "signals" else "all",
        }[name]
        out.write(f"\n{result['file']}: {part['stories']} stories, {which}\n")
        for level in ("story", "signal"):
            for kind, s in part[level].items():
                out.write(
                    f"  {level:6} {kind:24} P {shown(s['precision'])}  R {shown(s['recall'])}  F1 {shown(s['f1'])}"
                    f"   right {s['right']}, wrong {s['wrong']}, missed {s['missed']}\n"
                )
        for figure, counts in part["figures"].items():
            out.write(
                f"  figure {figure:24} exact {shown(counts['of_gold'])}  strict {shown(counts['strict'])}"
                f"   {', '.join(f'{k} {v}' for k, v in counts.items() if isinstance(v, int))}\n"
            )
        out.write(
            f"  counted {part['said']}, true {part['true']}, ratio {shown(part['ratio'])};"
            f" counted but not real: {len(part['not_real'])}\n"
        )


def write_faults(result: dict[str, Any], out: TextIO) -> None:
    """Every miss, false alarm, wrong figure and wrong place of one file, with its words."""
    lists = result["all"]
    for title, key in (
        ("missed", "misses"),
        ("false alarm", "false_alarms"),
        ("wrong figure", "wrong_figures"),
        ("wrong place", "wrong_places"),
    ):
        for fault in lists[key]:
            details = "  ".join(
                f"{k}={v}" for k, v in fault.items() if k not in ("id", "kind", "quote") and v is not None
            )
            out.write(
                f"    {title}: {fault['id']} {fault['kind']} {details}\n      {(fault['quote'] or '').strip()!r}\n"
            )


def shown(value: float | None) -> str:
    return "  – " if value is None else f"{value:.3f}"


def write_difference(before: dict[str, Any], after: dict[str, Any], out: TextIO) -> None:
    """What changed between two runs: every score that moved, every fault that came or went."""
    for old in before["files"]:
        new = next((f for f in after["files"] if f["file"] == old["file"]), None)
        if new is None:
            continue
        out.write(f"\n{old['file']}, against the other run\n")
        for part in ("certain", "all"):
            for key, value in flat(old.get(part, {})).items():
                now = flat(new.get(part, {})).get(key)
                if now != value:
                    out.write(f"  {part:8} {key:40} {shown(value)} -> {shown(now)}\n")
        for key in ("misses", "false_alarms", "wrong_figures", "wrong_places"):
            was = {json.dumps(f, sort_keys=True): f for f in old["all"][key]}
            now_ = {json.dumps(f, sort_keys=True): f for f in new["all"][key]}
            for text, fault in now_.items():
                if text not in was:
                    out.write(f"  new in {key}: {fault['id']} {fault['kind']} {fault['quote']!r}\n")
            for text, fault in was.items():
                if text not in now_:
                    out.write(f"  gone from {key}: {fault['id']} {fault['kind']} {fault['quote']!r}\n")


def flat(part: dict[str, Any], prefix: str = "") -> dict[str, float]:
    """The numbers of a report by dotted name."""
    found: dict[str, float] = {}
    for key, value in part.items():
        if isinstance(value, dict):
            found.update(flat(value, f"{prefix}{key}."))
        elif isinstance(value, int | float):
            found[f"{prefix}{key}"] = value
    return found
