"""Fixtures: a database (SQLite and PostgreSQL), a real Redis, and a clock that moves when told."""

import shutil
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import redis

from operations.migrate import migrate
from operations.store import Engine, engine_from_url
from tests.services import create_database, drop_database, postgres_cluster, redis_server

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, seconds: float) -> datetime:
        self.at += timedelta(seconds=seconds)
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture(scope="session")
def _postgres() -> Iterator[str]:
    with postgres_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def _postgres_template(_postgres: str) -> str:
    """The name of a PostgreSQL database with the newest schema, to be copied for each test."""
    _migrate(create_database(_postgres, "template_watchgrid"))
    return "template_watchgrid"


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "watchgrid.db"
    _migrate(f"sqlite:///{path}")
    return path


def _migrate(url: str) -> None:
    engine = engine_from_url(url)
    migrate(engine, START.date())
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with the newest schema and partitions around START, on each of the two."""
    if request.param == "sqlite":
        copy = shutil.copy(request.getfixturevalue("_sqlite_template"), tmp_path / "watchgrid.db")
        yield f"sqlite:///{copy}"
        return
    cluster = request.getfixturevalue("_postgres")
    name = f"t{uuid.uuid4().hex[:12]}"
    yield create_database(cluster, name, request.getfixturevalue("_postgres_template"))
    drop_database(cluster, name)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = engine_from_url(database_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def _redis() -> Iterator[str]:
    with redis_server() as url:
        yield url


@pytest.fixture
def redis_url(_redis: str) -> str:
    """The URL of a real, empty Redis."""
    with redis.Redis.from_url(_redis) as client:
        client.flushall()
    return _redis


@pytest.fixture
def redis_client(redis_url: str) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        yield client
