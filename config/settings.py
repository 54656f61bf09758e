"""Settings from the environment (`TOCSIN_...`), with their defaults in one place."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

HERE = Path(__file__).parent


class Settings(BaseSettings):
    """Every setting of every process; README lists them all, and a test holds it to this class."""

    model_config = SettingsConfigDict(env_prefix="TOCSIN_", extra="ignore")

    db: Path = Field(Path("tocsin.db"), description="File of the one-process service, or of this replica's engine.")
    rules: Path = Field(HERE / "rules.yaml", description="Rules file that is applied at start.")
    subscribers: Path = Field(HERE / "subscribers.yaml", description="Subscribers file that is applied at start.")
    host: str = Field("127.0.0.1", description="Address to listen on; without tokens only loopback is allowed.")
    port: int = Field(8080, description="Port of the HTTP interface.")
    secret_key: SecretStr | None = Field(
        None, description="Encrypts endpoints and secrets at rest; two keys, comma-separated, while re-encrypting."
    )
    tokens: SecretStr | None = Field(
        None, description="Bearer tokens: `name:scope+scope:token`, comma-separated; scopes read, manage, intake."
    )
    max_story_bytes: int = Field(1_048_576, description="A larger story is rejected.")
    bootstrap: str = Field("127.0.0.1:9092", description="Kafka bootstrap servers.")
    topic_prefix: str = Field("tocsin.", description="Prefix of every topic.")
    stories_topic: str | None = Field(None, description="Input topic, when it is not `<prefix>stories`.")
    kafka_security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="How brokers are spoken to: PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."
    )
    kafka_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        "SCRAM-SHA-512", description="SASL mechanism: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512."
    )
    kafka_username: str | None = Field(None, description="SASL user.")
    kafka_password: SecretStr | None = Field(None, description="SASL password.")
    kafka_ca: Path | None = Field(None, description="Authorities of the brokers' certificates; else the system's.")
    kafka_certificate: Path | None = Field(None, description="Client certificate, for brokers that ask for one.")
    kafka_key: Path | None = Field(None, description="Key of the client certificate.")
    metrics_port: int = Field(9108, description="Port of a worker's /metrics, /livez and /readyz.")
    stories_epoch: int = Field(
        0, description="Grows by one when the input topic was made anew (`tocsin topics new-epoch`)."
    )
    session_seconds: float = Field(10.0, description="A worker silent for so long is taken for dead.")
    extract_seconds: float = Field(20.0, description="A story that takes the extractor longer is rejected.")
    extract_megabytes: int = Field(2048, description="Memory that the guard's extractor may use.")
    max_rejected_in_a_row: int = Field(100, description="So many rejected in a row, of two feeds or more, pause it.")
    guard_patience_seconds: float = Field(3.0, description="A hole that is open for so long is read by the guard.")
    clock: str = Field("wall", description="`wall`, or `story` for back-tests and samples.")
    allowed_private: str = Field("", description="Comma-separated CIDRs of private receivers that may be sent to.")
    allow_http: bool = Field(False, description="Allow plain-http endpoints (for receivers in `allowed_private` only).")
    source: str = Field("urn:tocsin", description="Who sends: CloudEvents `source` and CAP `sender`; a URI, no commas.")
    rate_limit: float = Field(50.0, description="API requests a second per token, twice that at once; 0: no limit.")
    log_level: str = Field("INFO", description="Least level that is logged.")
