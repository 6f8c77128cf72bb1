"""A real `python -m ingest` for tests, the cameras it watches, and what it says of them in Redis."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis
from shapely import box

from operations.store import Engine, writing
from operations.tables import Camera, Grid, Town

ROOT = Path(__file__).resolve().parent.parent


def add_cameras(engine: Engine, sources: Mapping[str, str | None]) -> None:
    """Put cameras, by code, into an otherwise empty county."""
    area = box(121.2, 28.1, 121.4, 28.2).wkb
    place = {"lon": 121.3, "lat": 28.15, "heading_deg": 0.0, "view_deg": 60.0, "range_m": 80.0}
    with writing(engine) as session:
        session.add(Town(id=1, code="T01", name="城关镇", kind="town", geometry=area))
        session.flush()
        session.add(Grid(id=1, code="G0001", name="一", town_id=1, geometry=area))
        session.flush()
        session.add_all(
            Camera(code=code, name=code, kind="hd", town_id=1, grid_id=1, source=source, **place)
            for code, source in sources.items()
        )


@contextmanager
def ingest_worker(
    database_url: str, redis_url: str, folder: Path, settings: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker with the motion detector as a process of its own; it is ended with the block.

    settings: environment variables besides those that make it a test's worker.
    """
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "DATA_DIR": str(folder),
        "DETECTOR": "motion",
        "READ_PLATES": "false",
        **(settings or {}),
    }
    with (folder / "ingest.log").open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "ingest"], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(20)


def health(client: redis.Redis, code: str) -> dict[str, Any]:
    """Return what a worker says of a camera now; `client` decodes responses."""
    return dict(client.hgetall(f"camera:health:{code}"))


def state(client: redis.Redis, code: str) -> str | None:
    return health(client, code).get("state")


def holder(client: redis.Redis, code: str) -> str | None:
    """Return which worker has the lease of a camera."""
    return client.get(f"lease:camera:{code}")  # type: ignore[return-value]
