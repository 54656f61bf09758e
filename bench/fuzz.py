"""A million texts through the extractor: no exception may leave it, and every quote must stand where it says.

    python -m bench.fuzz --texts 1000000 --seed 1

Texts are made of what the lexicon listens for (its own words, names of places, numbers, days, quotes, datelines), put
together at random, turned round, and spoilt by single characters.
"""

import argparse
import random
import re
import sys
import time
from collections import Counter
from datetime import UTC, datetime

import yaml

from config.settings import HERE
from stream.extract import extract
from stream.stories import Story

NOW = datetime(2024, 5, 20, 12, tzinfo=UTC)
PHRASES = """air strikes|warplanes bombed|a drone strike|shelling|the truce|a ceasefire|was violated|violating|
displaced|fled|were evacuated|families|people|civilians|killed|injured|wounded|at least|up to|
between 30 and 40|more than 1.2 million|dozens|tens of thousands|a mother and her two sons|
on Monday|yesterday|overnight|since 2011|last week|between April 29 and May 9|
in the town of Kafranbel|in Idlib|near El Fasher|southern Lebanon|Gaza|Tripoli, Libya|
Washington Post|the army said|denied|threatened to|would|if|could|called for|warned of|
according to the UN|a war monitor said|it did not|no|nobody|and|, |. |; |- |"|“|”|(|)|\\n|
BEIRUT (AFP) - |KYIV, May 14 (Reuters) - |U.S.|Gen.|St.|F-16|Su-24|3rd|1,234,567|0|
99999999999999999999|%|$|'s|\\x00|\\u202e|é|ß|İ|中文|اللغة|🚀|ﬀ|\\ud7ff|\\u0301""".replace("\n", "").split("|")


def words() -> list[str]:
    """Phrases, and every plain word that stands in the lexicon's patterns."""
    found: set[str] = set()
    for path in sorted((HERE / "lexicon").glob("*.yaml")):
        found.update(re.findall(r"[a-z][a-z'-]{2,}", str(yaml.safe_load(path.read_text(encoding="utf-8")))))
    return [phrase.encode().decode("unicode_escape") if "\\" in phrase else phrase for phrase in PHRASES] + sorted(
        found
    )


def text_of(chance: random.Random, vocabulary: list[str]) -> str:
    """One text: phrases in any order, then spoilt."""
    parts = [chance.choice(vocabulary) for _ in range(chance.choice((3, 8, 20, 60)))]
    text = chance.choice((" ", " ", " ", "", "\n")).join(parts)
    if chance.random() < 0.3:
        start = chance.randrange(len(text) + 1)
        text = text[start:] + text[:start]
    if chance.random() < 0.3:
        at = chance.randrange(len(text) + 1)
        text = (
            text[:at] + chr(chance.choice((0, 10, 34, 0x85, 0x2028, 0x1F680, chance.randrange(32, 0xD7FF)))) + text[at:]
        )
    return text


def main() -> int:
    """Exit code 1 at the first fault, with the text that shows it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    chance, vocabulary = random.Random(given.seed), words()
    found: Counter[str] = Counter()
    began = time.perf_counter()
    for number in range(given.texts):
        text = text_of(chance, vocabulary)
        story = Story(uri="urn:fuzz", published=NOW, language="en", body=text)
        try:
            result = extract(story)
            for evidence in [each.evidence for each in result.signals] + [each.evidence for each in result.mentions]:
                assert evidence.quote == story.text[evidence.start : evidence.end]
        except Exception as fault:
            sys.stdout.write(f"{type(fault).__name__} on text {number}: {text!r}\n")
            return 1
        found["signals"] += len(result.signals)
        found["mentions"] += len(result.mentions)
        found["texts with either"] += bool(result.signals or result.mentions)
        if number % 50_000 == 49_999:
            sys.stderr.write(f"{number + 1:,} texts, {time.perf_counter() - began:.0f} s\n")
    sys.stdout.write(f"{given.texts:,} texts without a fault; {dict(found)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
