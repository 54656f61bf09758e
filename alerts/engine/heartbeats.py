"""Heartbeats: on which days which feed was heard. A day without any is not monitored, and says nothing."""

from alerts.engine.rules import Rules
from alerts.engine.store import Store, micros, ordinal
from stream.stories import StoryHead

RECENT_DAYS = 7
"""Days of which it is kept in mind, too, which feeds were heard; of older ones the file is asked."""


class Heartbeats:
    """What the store holds, with a cache of it for as long as no transaction is rolled back."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.days = {row[0] for row in store.connection.execute("SELECT DISTINCT day FROM heartbeats")}
        """Ordinals of the days on which any feed was heard."""
        self._feeds: set[tuple[int, str]] = set()

    def heard(self, story: StoryHead) -> bool:
        """The story's feed was heard on the day it was published; whether none had been before."""
        run = self._store.connection.execute
        run(
            "INSERT INTO feeds VALUES (?, 1, ?) ON CONFLICT (feed) DO UPDATE SET stories = stories + 1,"
            " last_published = max(last_published, excluded.last_published)",
            (story.feed, micros(story.published)),
        )
        day = ordinal(story.published)
        if (day, story.feed) in self._feeds:
            return False
        self._feeds.add((day, story.feed))
        run("INSERT OR IGNORE INTO heartbeats VALUES (?, ?)", (day, story.feed))
        if day in self.days:
            return False
        self.days.add(day)
        return True

    def looked_at(self, rules: Rules, day: int) -> list[tuple[str, str]]:
        """Pairs to which it matters whether that day was monitored: what was going on, and every spike since."""
        run = self._store.connection.execute
        pairs = run(
            "SELECT DISTINCT rule, area FROM folds WHERE day >= ? UNION SELECT rule, area FROM active", (day - 1,)
        ).fetchall()
        for rule in rules.rules:
            if rule.spike is not None:
                pairs += run("SELECT DISTINCT rule, area FROM daily WHERE rule = ? AND day >= ?", (rule.id, day))
        return sorted({(row[0], row[1]) for row in pairs})

    def forget(self, today: int, days: int) -> None:
        """Leave out of mind what is older than so many days."""
        self.days = {day for day in self.days if day >= today - days}
        self._feeds = {(day, feed) for day, feed in self._feeds if day >= today - RECENT_DAYS}
