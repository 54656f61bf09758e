"""A file of the one-process service that holds a thousand open alerts, made by the engine itself."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from alerts.engine.rules import load_rules
from stream.records import CommandRecord, SourcePosition, StoryRecord, TickRecord, whole_minute
from stream.signals import Evidence, Figure, Place, Signal, signal_id
from stream.stories import StoryHead
from tocsin.writer import SOURCE_TOPIC, Writer

RULES = """
rules:
  - {id: struck-places, kind: air_strike, by: place, measure: killed, window: 7d,
     severity: {warning: 1, severe: 10, extreme: 100}, clear: 0, clear_for: 3d}
"""
COUNTRIES = ("SY", "SD", "UA", "YE", "ML", "ET", "MM", "IQ", "CD", "SO")
AROUND = {
    "SY": (35.0, 38.0), "SD": (14.0, 29.0), "UA": (49.0, 32.0), "YE": (15.5, 46.0), "ML": (16.0, -2.0),
    "ET": (9.0, 39.5), "MM": (20.0, 96.0), "IQ": (33.5, 43.5), "CD": (-2.0, 27.0), "SO": (5.0, 46.0),
}  # fmt: skip


def make(path: Path, number: int = 1_000, now: datetime | None = None) -> None:
    """Write the file: `number` strikes on as many places, told within the last day, each an open alert."""
    now = whole_minute(now or datetime.now(UTC))
    writer = Writer(path)
    writer.start()
    rules = CommandRecord(id="rules", name="rules.apply", body=load_rules(RULES).document(), author="test", at=now)
    writer.command(rules).result()
    writer.tick(TickRecord(at=now - timedelta(hours=23))).result()
    for n in range(number):
        writer.story(_story(n, now - timedelta(minutes=1 + n * 1_300 // number)), b"{}")
    writer.tick(TickRecord(at=now - timedelta(minutes=1))).result()
    writer.stop()


def _story(n: int, published: datetime) -> StoryRecord:
    country = COUNTRIES[n % len(COUNTRIES)]
    lat, lon = AROUND[country]
    row, column = divmod(n // len(COUNTRIES), 10)
    name = f"Town {n}"
    place = Place(
        name=name, as_written=name, country=country, admin1=f"Province {n % 7}", geonameid=10_000_000 + n,
        lat=round(lat + row * 1.3 - 6, 3), lon=round(lon + column * 1.5 - 7, 3), precision="town",
    )  # fmt: skip
    dead = (3, 30, 300)[n % 11 // 5]
    words = f"{dead} people were killed when warplanes bombed {name}"
    signal = Signal(
        id=signal_id(f"urn:town:{n}", "air_strike", place, published.date(), 0), kind="air_strike", status="new",
        counted=True, reason="reported", certain=True, certainty="observed", claim="observed", weapon="aircraft",
        place=place, day=published.date(), day_certain=True,
        killed=Figure(low=dead, best=dead, high=dead, quote=f"{dead} people"),
        evidence=Evidence(quote=words, start=0, end=len(words), pattern="test"),
    )  # fmt: skip
    head = StoryHead(
        uri=f"urn:town:{n}", published=published, credits=("Example Press",), feed=f"desk {n % 5}",
        headline=f"Warplanes bomb {name}", url=f"https://news.example/{n}",
    )  # fmt: skip
    source = SourcePosition(topic=SOURCE_TOPIC, offset=n)
    return StoryRecord(source=source, received=published, story=head, signals=(signal,))
