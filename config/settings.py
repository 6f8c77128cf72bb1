"""Settings: read from the environment once in each `__main__`, checked, and handed down in small parts.

Two URLs decide everything: DATABASE_URL and REDIS_URL. No other module reads the environment.
"""

import sys
from base64 import b64decode
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEFAULT_SECRET = "watchgrid-laptop-secret"


class Settings(BaseSettings):
    """Every setting, its default and its meaning; docs/settings.md is checked against this class."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True)

    database_url: str = Field("", description="Database; empty means a SQLite file in DATA_DIR")
    redis_url: str = Field(
        "", description="Redis; empty means a real redis-server that `watchgrid up` starts"
    )
    data_dir: Path = Field(Path("data"), description="Where the SQLite file, embedded Redis and media live")
    media_dir: Path | None = Field(None, description="Pictures, by content hash; empty means DATA_DIR/media")
    http_host: str = Field("127.0.0.1", description="Address the API listens on")
    http_port: int = Field(8420, ge=1, le=65535, description="Port the API listens on")
    secure_cookies: bool = Field(False, description="Mark the session cookie Secure; needs HTTPS in front")
    secret_key: SecretStr = Field(SecretStr(DEFAULT_SECRET), description="Signs what leaves the system")
    evidence_key: SecretStr = Field(
        SecretStr(""), description="Signs evidence; empty means a key in DATA_DIR, made on first use"
    )
    env: Literal["development", "production"] = Field(
        "development", description="production refuses defaults"
    )
    hosts: int = Field(1, ge=1, description="How many hosts run Watchgrid processes")
    site_timezone: str = Field("Asia/Shanghai", description="Time zone that people at the site live in")
    detector: Literal["auto", "ultralytics", "motion"] = Field("auto", description="Vehicle detector")
    detector_weights: Path | None = Field(None, description="Weights for the ultralytics detector")
    analysed_fps: float = Field(5.0, gt=0, le=30, description="Frames a second looked at per camera")
    read_plates: bool = Field(True, description="Read plates from vehicle pictures")
    retention_days: int = Field(30, ge=1, le=365, description="Days after which unhit sightings are deleted")
    position_days: int = Field(
        7, ge=1, le=90, description="Days after which the positions of teams are deleted"
    )
    patrol_photo_days: int = Field(
        90, ge=1, le=365, description="Days after which photos and places of check-ins are deleted"
    )
    patrol_call_days: int = Field(
        90, ge=56, le=730, description="Days after which calls of the public are deleted"
    )
    patrol_dwell_min: float = Field(12.0, ge=5, le=30, description="Minutes a patrol stays in a grid")
    escalate_after_s: int = Field(60, ge=5, description="Seconds a new alert may wait for an operator")
    session_hours: int = Field(12, ge=1, le=72, description="Hours after which a sign-in expires")
    trusted_proxies: str = Field("", description="Addresses whose X-Forwarded-For the API believes")
    demo: bool = Field(False, description="Offer the demo's logins; set by `watchgrid demo` only")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Least level logged")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            raise ValueError("must start with sqlite:/// or postgresql://")
        return value.replace("postgresql://", "postgresql+psycopg://", 1)

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, value: str) -> str:
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must start with redis://, rediss:// or unix://")
        return value

    @field_validator("evidence_key")
    @classmethod
    def _whole_key(cls, value: SecretStr) -> SecretStr:
        try:
            length = len(b64decode(value.get_secret_value(), validate=True))
        except ValueError:
            length = -1
        if value.get_secret_value() and length != 32:
            raise ValueError("must be what `watchgrid evidence new-key` prints: 32 bytes in base64")
        return value

    @field_validator("site_timezone")
    @classmethod
    def _known_timezone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("must be an IANA time zone such as Asia/Shanghai") from error
        return value

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{(self.data_dir / 'watchgrid.db').absolute()}"

    @property
    def redis(self) -> str:
        return self.redis_url or f"unix://{(self.data_dir / 'redis' / 'redis.sock').absolute()}"

    @property
    def media(self) -> Path:
        return self.media_dir or self.data_dir / "media"


def load_settings(**overrides: object) -> Settings:
    """Return the settings, or exit with code 2 and a sentence naming the variable and the fix."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        for problem in error.errors():
            name = str(problem["loc"][0]).upper() if problem["loc"] else "settings"
            why = problem["msg"].removeprefix("Value error, ")
            print(f"{name} is wrong: {why}. Correct it in the environment or in .env.", file=sys.stderr)
        raise SystemExit(2) from None
