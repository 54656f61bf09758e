"""The metrics of this package, each with when it moves and what to do about it."""

from importlib.metadata import version
from platform import python_version

from prometheus_client import Counter, Gauge, Histogram

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 300)

# ---- delivery

DELIVERY_ATTEMPTS = Counter(
    "tocsin_delivery_attempts_total",
    "POSTs made, by outcome. Many failures of one kind: look at the delivery log of the subscribers.",
    ["outcome"],
)
DELIVERIES_SETTLED = Counter(
    "tocsin_deliveries_settled_total",
    "Deliveries that ended: delivered, superseded, dead_lettered. Any dead_lettered needs a person.",
    ["settled"],
)
DELIVERY_START = Histogram(
    "tocsin_delivery_start_seconds",
    "From the hand-over of a committed delivery to its first POST. Grows when the sender is short of slots or CPU.",
    buckets=SECONDS,
)
DELIVERY_SECONDS = Histogram(
    "tocsin_delivery_attempt_seconds",
    "Time of one attempt, look-up and connection included. Near 15 s: receivers time out.",
    buckets=SECONDS,
)
OUTBOX_DEPTH = Gauge(
    "tocsin_outbox_depth", "Deliveries that have not ended. Grows while receivers are down; should come back to near 0."
)
OUTBOX_OLDEST = Gauge(
    "tocsin_outbox_oldest_seconds",
    "How long the oldest of them has waited. Above an hour: see whose it is.",
)
CIRCUITS = Gauge(
    "tocsin_delivery_circuits",
    "Subscribers by the state of their circuit: closed, unproved, open, held. Open: the receiver fails.",
    ["state"],
)
SUBSCRIBERS_DISABLED = Counter(
    "tocsin_subscribers_disabled_total",
    "Subscribers that were disabled: gone (it answered 410) or exhausted (75 h of failures). Tell their owner.",
    ["reason"],
)
ADDRESSES_REFUSED = Counter(
    "tocsin_addresses_refused_total",
    "Endpoints that the egress guard refused, by reason. Not zero: somebody points webhooks at the inside.",
    ["reason"],
)

END_TO_END = Histogram(
    "tocsin_end_to_end_seconds",
    "From a story's publication to the first 2xx for a revision that it caused. Grows when any step's time does.",
    buckets=(1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 21_600, 86_400),
)

# ---- HTTP

HTTP_REQUESTS = Counter(
    "tocsin_http_requests_total",
    "Requests answered, by route template, method and status. Many 5xx: see the log.",
    ["route", "method", "status"],
)
HTTP_SECONDS = Histogram(
    "tocsin_http_request_seconds", "Time to answer, by route template.", ["route"], buckets=SECONDS
)
HTTP_DENIED = Counter(
    "tocsin_http_denied_total",
    "Requests turned away: no_token, wrong_token, scope, rate, host. Many wrong_token: somebody guesses.",
    ["reason"],
)

# ---- on Kafka: detect, its leader and the guard

ENGINE_RECORDS = Counter(
    "tocsin_engine_records_total",
    "Journal records applied by an engine, by type and reason; `late` stories open no alert. Each replica counts.",
    ["type", "reason"],
)
ENGINE_BATCH_SECONDS = Histogram(
    "tocsin_engine_batch_seconds",
    "Time to apply and commit one batch of journal records, on Kafka with fetching it.",
    buckets=SECONDS,
)
ENGINE_POSITION = Gauge(
    "tocsin_engine_position",
    "Journal position last applied by this replica. Frozen with a lag above 0: it has stopped.",
)
ENGINE_LAG = Gauge("tocsin_engine_lag_records", "Journal records this replica has not applied. Should come back to 0.")
LEADING = Gauge("tocsin_detect_leading", "1 on the detect replica that writes. None in all: nothing is published.")
PUBLISHED = Counter("tocsin_published_total", "Rows published by the leader, by topic: alerts, deliveries.", ["topic"])
HOLES_OPEN = Gauge(
    "tocsin_holes_open", "Stories that were passed over and have not come. Above 0 for minutes: see the guard's log."
)
HOLES_CLOSED = Counter(
    "tocsin_holes_closed_total",
    "Story offsets that the guard closed, by how: read, rejected, no_record (control or compacted), "
    "unrecoverable (deleted before anybody read it: a loss, raise retention).",
    ["how"],
)
GUARD_CHILD_DEATHS = Counter(
    "tocsin_guard_child_deaths_total",
    "Times the guard's extractor was ended for its time or memory. The story is in dead-letters after the second.",
)
DELIVERY_LAG = Gauge("tocsin_delivery_lag_records", "Deliveries that this worker has not read. Should come back to 0.")
REBALANCES = Counter(
    "tocsin_delivery_rebalances_total", "Times a deliver worker's partitions changed and it rebuilt what is pending."
)

# ---- the engine, wherever it runs

ENGINE_CLOCK = Gauge(
    "tocsin_watermark_timestamp_seconds",
    "The engine's time: its last tick, as Unix seconds. Minutes behind the wall clock: no tick comes, see the leader.",
)
TRANSITIONS = Counter(
    "tocsin_alert_revisions_total",
    "Revisions made, by rule and transition. Many retracted: a source takes back what it said.",
    ["rule", "transition"],
)
CONFIG_APPLIED = Counter(
    "tocsin_config_applied_total",
    "Rules and subscribers files put to the engine, by outcome: applied, refused. Refused: what was in force still is.",
    ["file", "outcome"],
)
ALERTS = Gauge(
    "tocsin_alerts", "Alerts by rule, severity and state: open, resolved, retracted.", ["rule", "severity", "state"]
)
INCIDENTS = Gauge(
    "tocsin_incidents", "Incidents dated within the last 7 days, by kind and country (ISO code).", ["kind", "country"]
)
MEASURE = Gauge(
    "tocsin_measure",
    "What a rule by country measures in its window up to today, where it is not idle. Compare with its thresholds.",
    ["rule", "measure", "country"],
)
SOURCE_SILENCE = Gauge(
    "tocsin_source_silence_seconds",
    "Since a feed's newest story was published; the 100 largest feeds of the last 30 days. Growing: ask the feed.",
    ["feed"],
)
DEAD_LETTERS = Gauge(
    "tocsin_dead_letters",
    "What is kept because it could not be done: stories (rejected), deliveries (given up). Growing: see the reasons.",
    ["what"],
)

# ---- the process

BUILD = Gauge("tocsin_build_info", "1; the labels say what runs.", ["version", "python"])
CERTIFICATE_EXPIRY = Gauge(
    "tocsin_certificate_expiry_timestamp_seconds",
    "When a certificate ends, as Unix seconds: kafka_client, kafka_ca (the first of them). Renew it weeks before.",
    ["certificate"],
)

# A counter that is not there cannot be seen to grow: these begin at 0.
for _settled in ("delivered", "superseded", "dead_lettered"):
    DELIVERIES_SETTLED.labels(_settled)
for _reason in ("gone", "exhausted"):
    SUBSCRIBERS_DISABLED.labels(_reason)
for _how in ("read", "rejected", "no_record", "unrecoverable"):
    HOLES_CLOSED.labels(_how)
for _file in ("rules", "subscribers"):
    for _outcome in ("applied", "refused"):
        CONFIG_APPLIED.labels(_file, _outcome)
BUILD.labels(version("tocsin"), python_version()).set(1)
