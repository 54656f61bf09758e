"""Metrics of reading stories: each with when it moves and what to do about it."""

from prometheus_client import Counter, Gauge, Histogram

STORIES = Counter(
    "tocsin_stories_total",
    "Stories read, by outcome: signals, quiet, not_usable, rejected. Moves with every story; if not, feeds are dead.",
    ["outcome"],
)
REJECTED = Counter(
    "tocsin_stories_rejected_total",
    "Stories rejected, by stage and reason. Look at the bytes: rejected table, or tocsin dead-letters list.",
    ["stage", "reason"],
)
SIGNALS = Counter(
    "tocsin_signals_total",
    "Signals found, by kind, status and reason. A jump of one reason after a lexicon change is a change of meaning.",
    ["kind", "status", "reason"],
)
MENTIONS = Counter(
    "tocsin_mentions_total",
    "Words that look like a signal and are none, by kind and reason.",
    ["kind", "reason"],
)
STAGE_SECONDS = Histogram(
    "tocsin_stage_seconds",
    "Seconds one story spends in a stage. A rising tail means texts the extractor finds hard.",
    ["stage"],
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0),
)
EVENT_TIME_LAG = Gauge(
    "tocsin_event_time_lag_seconds",
    "From a story's publication to its reading, of the last one read. Growing: the wire or this worker is behind.",
)
EXTRACT_LAG = Gauge(
    "tocsin_extract_lag_stories",
    "Stories of an input partition that wait for this extract worker. Growing: add workers, up to one per partition.",
    ["partition"],
)
EXTRACT_PAUSED = Gauge(
    "tocsin_extract_paused",
    "1 while a worker pauses because story after story of several feeds was rejected. Mend the cause and restart it.",
)

# A counter that is not there cannot be seen to grow: these begin at 0.
for _outcome in ("signals", "quiet", "not_usable", "rejected"):
    STORIES.labels(_outcome)
STAGE_SECONDS.labels("extract")
