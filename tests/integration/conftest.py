"""Fixtures of integration tests: a running API."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from operations.store import Engine
from tests.api_server import Api, running_api
from tests.conftest import Clock


@pytest.fixture
def api(engine: Engine, redis_url: str, clock: Clock, tmp_path: Path) -> Iterator[Api]:
    """A real API on the village, with the clock of the test."""
    with running_api(engine, redis_url, clock, tmp_path) as running:
        yield running
