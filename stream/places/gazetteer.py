"""The gazetteer: GeoNames' places and the rows made by hand, by folded name."""

import gzip
import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

import yaml

from config.places.spelling import ARABIC, keys, skeleton

HOME = Path(__file__).parents[2] / "config" / "places"
Kind = Literal["P", "A", "B", "C", "T", "R", "S"]
"""Populated place, first-level region, second-level region, country (GeoNames); town, region, site (made by hand)."""
Box = tuple[float, float, float, float]
"""South, north, west, east, in degrees."""


class PlacesFault(Exception):
    """Every fault of a hand-made file, each as `file line N: what`."""


@dataclass(frozen=True, slots=True)
class Row:
    """One place of the gazetteer; `lat`/`lon` degrees WGS 84, `admin1` the first-level region's name."""

    geonameid: int | None
    name: str
    country: str | None
    admin1: str | None
    lat: float
    lon: float
    population: int
    kind: Kind
    box: Box | None = None
    good: bool = True
    """The name it was found by is its own, not a foreign or rare one."""
    listed: bool = False
    """The wire is known to name it: it stands in regions.yaml."""


@dataclass(frozen=True, slots=True)
class Country:
    """One country; `adjectives` are its demonyms as written, plurals included."""

    code: str
    iso3: str
    name: str
    capital: str
    row: Row


class Gazetteer:
    """All places by key. Made once from the files of `config/places`; never changed."""

    def __init__(self, home: Path = HOME) -> None:
        parts = gzip.decompress((home / "gazetteer.tsv.gz").read_bytes()).decode().split("\n\f\n")
        countries, admin1, rows, found, references = (part.split("\n") for part in parts)
        self._rows = rows
        self._index = dict(zip(found, references, strict=True))
        self._admin1 = dict(line.split("\t") for line in admin1)
        self.countries = {line.split("\t")[2]: _country(line) for line in countries}
        self.by_iso3 = {country.iso3: code for code, country in self.countries.items()}
        self._shown: dict[int, str] = {}
        self._hand: dict[str, list[Row]] = {}
        self.hand_keys = self._hand.keys()
        """Names of hand-made rows, which may be as short as "LoC"."""
        self.acronyms: set[str] = set()
        """Keys of hand-made names that are written in capitals: "FATA"; other short words in capitals are no places."""
        self.country_keys: dict[str, str] = {}
        self.demonyms: dict[str, str] = {}
        self.capitals: set[str] = set()
        self.row = lru_cache(maxsize=16_384)(self._row)
        self.lookup = self._lookup
        _read_countries(self, home / "countries.yaml")
        _read_regions(self, home / "regions.yaml")
        self.words = _Words(home)
        self.row.cache_clear()
        self.lookup = lru_cache(maxsize=32_768)(self._lookup)

    def _lookup(self, key: str) -> tuple[Row, ...]:
        """Every place that bears the folded name `key`, hand-made rows first."""
        hand = self._hand.get(key, [])
        references = self._index.get(key)
        if references is None:
            return tuple(hand)
        named = [self.row(int(ref.lstrip("~"), 36), not ref.startswith("~")) for ref in references.split(" ")]
        listed = {row.geonameid for row in hand}
        return (*hand, *(row for row in named if row.geonameid is None or row.geonameid not in listed))

    def region(self, country: str | None, name: str | None) -> Row | None:
        """The first-level region of that name, as rows of `country` give it."""
        found = [row for key in keys(name, arabic=False) for row in self.lookup(key)] if country and name else []
        return next((row for row in found if row.kind == "A" and row.country == country), None)

    def regions_of(self, country: str | None) -> frozenset[str]:
        """The names of a country's first-level regions."""
        return frozenset(name for code, name in self._admin1.items() if code.startswith(f"{country}."))

    def capital_of(self, country: str) -> Row | None:
        """The capital of a country, the largest town of its name there; null for a country without one."""
        name = self.countries[country].capital
        found = [row for key in keys(name, arabic=True) for row in self.lookup(key)] if name else []
        return max(
            (r for r in found if r.country == country and r.kind in "PT"), key=lambda r: r.population, default=None
        )

    def knows(self, key: str) -> bool:
        """Does any place bear this folded name?"""
        return key in self._index or key in self._hand

    def _row(self, number: int, good: bool) -> Row:
        fields = self._rows[number].split("\t")
        box = _box(fields[8]) if len(fields) > 8 else None
        admin1 = self._admin1.get(f"{fields[2]}.{fields[3]}")
        kind: Kind = "A" if fields[7] == "A" else "B" if fields[7] == "B" else "P"
        ident = int(fields[0]) if fields[0] else None
        name = self._shown.get(ident, fields[1]) if ident else fields[1]
        return Row(
            ident, name, fields[2], admin1, float(fields[4]), float(fields[5]),
            int(fields[6]), kind, box, good,
        )  # fmt: skip

    def listed(self, row: Row, name: str) -> Row:
        """GeoNames' row under the name that the wire gives it; only while the gazetteer is being made."""
        if row.geonameid is not None:
            name = self._shown.setdefault(row.geonameid, name)
        return replace(row, name=name, listed=True)

    def add(self, row: Row, names: list[str]) -> None:
        """Adds a hand-made row under `names`; only while the gazetteer is being made."""
        for name in names:
            for key in keys(name, arabic=True):
                rows = self._hand.setdefault(key, [])
                if row not in rows:
                    rows.append(row)

    def similar(self, key: str, country: str) -> Row | None:
        """The one place of `country` whose consonants are those of `key`, or null when there is none or several."""
        return _skeletons(self, country).get(skeleton(key)) if country in ARABIC else None

    def numbers_in(self, country: str) -> list[tuple[str, int]]:
        """Keys and row numbers of the populated places of a country."""
        inside = {n for n, line in enumerate(self._rows) if f"\t{country}\t" in line and line.split("\t")[7] == "P"}
        named: list[tuple[str, int]] = []
        for key, references in self._index.items():
            numbers = (int(ref, 36) for ref in references.split(" ") if not ref.startswith("~"))
            named.extend((key, number) for number in numbers if number in inside)
        return named


@lru_cache(maxsize=64)
def _skeletons(gazetteer: Gazetteer, country: str) -> dict[str, Row | None]:
    found: dict[str, Row | None] = {}
    numbers: dict[str, int] = {}
    for key, number in gazetteer.numbers_in(country):
        bones = skeleton(key)
        if len(bones) < 4:
            continue
        if numbers.setdefault(bones, number) != number:
            found[bones] = None
        else:
            found[bones] = gazetteer.row(number, False)
    return found


@cache
def gazetteer() -> Gazetteer:
    """The gazetteer of `config/places`, read once per process."""
    return Gazetteer()


def _box(written: str) -> Box:
    south, north, west, east = (float(part) for part in written.split(","))
    return south, north, west, east


def _country(line: str) -> Country:
    fields = line.split("\t")
    row = Row(
        int(fields[0]), fields[1], fields[2], None, float(fields[4]), float(fields[5]), int(fields[6]), "C",
        _box(fields[7]),
    )  # fmt: skip
    return Country(fields[2], fields[3], fields[1], fields[8] if len(fields) > 8 else "", row)


# Strings only: in YAML 1.1 the code of Norway would be a false.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def _read_countries(gazetteer: Gazetteer, path: Path) -> None:
    """`SY: names; more names | demonyms | words for its government`: each list parted by semicolons."""
    faults = []
    for code, written in yaml.load(path.read_text("utf-8"), _LOADER).items():
        parts = [[word.strip() for word in part.split(";") if word.strip()] for part in str(written).split("|")]
        if code not in gazetteer.countries or len(parts) not in {2, 3}:
            faults.append(f"{path.name}: {code}: no such country, or not `names | demonyms [| government]`")
            continue
        row = gazetteer.countries[code].row
        if parts[0]:
            old = gazetteer.countries[code]
            row = Row(row.geonameid, parts[0][0], code, None, row.lat, row.lon, row.population, "C", row.box)
            gazetteer.countries[code] = Country(code, old.iso3, parts[0][0], old.capital, row)
        for name in [*parts[0], gazetteer.countries[code].name]:
            for key in keys(name, arabic=False):
                gazetteer.country_keys[key] = code
        for word in parts[1]:
            for key in keys(word, arabic=False):
                gazetteer.demonyms[key] = code
                if not word.endswith(("ese", "ish", "s", "men")):
                    gazetteer.demonyms[key + "s"] = code
        for word in parts[2] if len(parts) > 2 else []:
            for key in keys(word, arabic=True):
                gazetteer.capitals.add(key)
                if not any(row.country == code and row.good for row in gazetteer.lookup(key)):  # the Kremlin is no town
                    gazetteer.demonyms.setdefault(key, code)
    for code, country in gazetteer.countries.items():
        for key in keys(country.name, arabic=False):
            gazetteer.country_keys.setdefault(key, code)
        gazetteer.capitals.update(keys(country.capital, arabic=True))
    if faults:
        raise PlacesFault("\n".join(faults))


_REGION = re.compile(
    r"(?P<names>[^@]+)@\s*(?P<lat>-?\d+(?:\.\d+)?)\s+(?P<lon>-?\d+(?:\.\d+)?)\s+(?P<kind>region|town|site)(?:\s+(?P<admin1>\S.*))?\Z"
)


_FORM = "name; variant @ lat lon region|town|site [admin1]"


def _read_regions(gazetteer: Gazetteer, path: Path) -> None:
    """`SY: [name; variant @ lat lon region|town|site admin1, ...]`; `XX` for what belongs to no country."""
    faults = []
    for code, rows in yaml.load(path.read_text("utf-8"), _LOADER).items():
        if code != "XX" and code not in gazetteer.countries:
            faults.append(f"{path.name}: {code}: no such country")
            continue
        for written in rows:
            match = _REGION.match(str(written))
            if match is None:
                faults.append(f"{path.name}: {code}: not `{_FORM}`: {written}")
                continue
            kind = _KINDS[match.group("kind")]
            point = float(match.group("lat")), float(match.group("lon"))
            for position, place in enumerate(match.group("names").split(" / ")):
                names = [name.strip() for name in place.split(";") if name.strip()]
                country = None if code == "XX" else code
                row = Row(None, names[0], country, match.group("admin1"), *point, _PEOPLE[kind], kind, listed=True)
                for name in names:
                    if name[-1].isupper() and len(name) <= 5:
                        gazetteer.acronyms.update(keys(name, arabic=False))
                known = _known(gazetteer, row, names, position)
                gazetteer.add(gazetteer.listed(known, names[0]) if known else row, names)
    if faults:
        raise PlacesFault("\n".join(faults))


class _Words:
    """Words that look like places and are none: phrases, first names, and English before it is a name; and what some
    states do, or are only named for.
    """

    def __init__(self, home: Path) -> None:
        written = yaml.load((home / "words.yaml").read_text("utf-8"), _LOADER)
        self.phrases = {**_phrases(written["media"]), **_phrases(written["organisations"])}
        self.first_names = frozenset(str(written["first_names"]).lower().split())
        self.never = frozenset(str(written["never"]).lower().split())
        self.titles = frozenset(str(written["titles"]).lower().split())
        self.strike_abroad = frozenset(str(written["strike_abroad"]).split())
        self.seats = frozenset(str(written["seats"]).split())
        english, names = ((home / name).read_text("utf-8") for name in ("common.txt", "names.txt"))
        self.english = frozenset(f"{english} {written['english']}".lower().split())
        self.common = self.english.union(f"{names} {written['surnames']}".lower().split())


_KINDS: dict[str, Kind] = {"region": "R", "town": "T", "site": "S"}
_PEOPLE = {"R": 200_000, "T": 20_000, "S": 20_000}
"""What a hand-made place weighs beside towns of the same name."""
_NEAR, _BESIDE = 4.0, 0.5
"""Degrees within which a hand-made row means the town that GeoNames knows by its first name, by another."""


def _known(gazetteer: Gazetteer, row: Row, names: list[str], position: int) -> Row | None:
    """The place of GeoNames that a hand-made row only spells: same name and country, a region for a region."""
    kinds = {"R": {"A"}, "T": {"P"}, "S": set[str]()}[row.kind]
    if row.kind == "R" and position:  # a further place of a row may be a town
        kinds = kinds | {"P"}
    for order, name in enumerate(names):
        reach = _NEAR if order == 0 else _BESIDE
        for key in keys(name, arabic=True):
            same = [
                other
                for other in gazetteer.lookup(key)
                if other.country == row.country and other.kind in kinds and other.good
                and (other.kind == "A" or abs(other.lat - row.lat) + abs(other.lon - row.lon) < reach)
            ]  # fmt: skip
            if same:
                return max(same, key=lambda other: (other.kind == "A", other.population))
    return None


def _phrases(written: str) -> dict[str, int]:
    """Folded phrases, and the number of words of each."""
    found: dict[str, int] = {}
    for phrase in written.replace("\n", " ").split(";"):
        for key in keys(phrase.strip(), arabic=False):
            found[key] = len(re.split(r"[\s-]+", phrase.strip()))
    return found


__all__ = ["Country", "Gazetteer", "PlacesFault", "Row", "gazetteer"]
