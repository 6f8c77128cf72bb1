"""Redis goes away and comes back under a real worker: cameras go on, and every sighting arrives."""

import json
from pathlib import Path

import redis

from config.redis_server import start_embedded_redis
from operations.migrate import migrate
from operations.sightings import from_json
from operations.store import engine_from_url
from tests.clips import write_clip
from tests.conftest import START
from tests.ingest_worker import add_cameras, ingest_worker
from tests.services import wait_until


def test_sightings_wait_out_a_redis_that_is_away(tmp_path: Path) -> None:
    database_url = f"sqlite:///{tmp_path / 'watchgrid.db'}"
    engine = engine_from_url(database_url)
    migrate(engine, START.date())
    clip = write_clip(tmp_path / "clip.mp4", seconds=18)
    add_cameras(engine, {"C1": str(clip)})
    engine.dispose()
    server = start_embedded_redis(tmp_path / "redis")
    url = f"unix://{tmp_path / 'redis' / 'redis.sock'}"

    def waiting() -> list[str]:
        files = (tmp_path / "spool").glob("*/sightings.jsonl")
        lines = [line for file in files for line in file.read_text().splitlines()]
        return [from_json(json.loads(line)["text"]).id for line in lines]

    with (
        ingest_worker(database_url, url, tmp_path),
        redis.Redis.from_url(url, decode_responses=True) as client,
    ):
        wait_until(lambda: client.xlen("sightings") >= 1, "a sighting")
        server.terminate()
        server.wait(10)
        wait_until(lambda: len(waiting()) >= 2, "sightings waiting on disk")
        kept = waiting()
        server = start_embedded_redis(tmp_path / "redis")
        try:
            wait_until(lambda: not waiting(), "nothing waiting any more")
            arrived = [from_json(fields["json"]).id for _, fields in client.xrange("sightings")]
            assert set(kept) <= set(arrived)
            assert len(arrived) == len(set(arrived))
        finally:
            server.terminate()
            server.wait(10)
