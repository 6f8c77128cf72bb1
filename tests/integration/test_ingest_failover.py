"""Real workers share the cameras; one is killed and its cameras are watched again within ten seconds."""

import signal
from pathlib import Path

import redis
from sqlalchemy import update

from operations.sightings import from_json
from operations.store import Engine, writing
from operations.tables import Camera
from tests.clips import write_clip
from tests.ingest_worker import add_cameras, health, holder, ingest_worker, state
from tests.services import wait_until

CODES = ("C1", "C2", "C3", "C4")


def test_a_killed_worker_is_replaced_within_ten_seconds(
    engine: Engine, database_url: str, redis_url: str, redis_client: redis.Redis, tmp_path: Path
) -> None:
    clip = write_clip(tmp_path / "clip.mp4", seconds=18)
    add_cameras(engine, dict.fromkeys(CODES, str(clip)))

    def holders() -> dict[str, str | None]:
        return {code: holder(redis_client, code) for code in CODES}

    with (
        ingest_worker(database_url, redis_url, tmp_path) as first,
        ingest_worker(database_url, redis_url, tmp_path) as second,
    ):
        wait_until(
            lambda: (
                sorted(list(holders().values()).count(name) for name in set(holders().values())) == [2, 2]
            ),
            "two cameras each",
        )
        wait_until(lambda: {state(redis_client, code) for code in CODES} == {"online"}, "all online")
        victim = first if f"-{first.pid}-" in (holder(redis_client, "C1") or "") else second
        dead = holder(redis_client, "C1")
        victim.send_signal(signal.SIGKILL)
        wait_until(
            lambda: None not in holders().values() and dead not in holders().values(), "new leases", 10
        )
        alive = holder(redis_client, "C1")
        wait_until(
            lambda: all(
                health(redis_client, code).get("worker") == alive and state(redis_client, code) == "online"
                for code in CODES
            ),
            "all watched by the survivor",
        )
        survivor = second if victim is first else first
        survivor.terminate()
        assert survivor.wait(10) == 0
        assert set(holders().values()) == {None}


def test_sightings_flow_and_a_changed_list_is_followed(
    engine: Engine, database_url: str, redis_url: str, redis_client: redis.Redis, tmp_path: Path
) -> None:
    clip = write_clip(tmp_path / "clip.mp4", seconds=18)
    add_cameras(engine, {"C1": str(clip), "C2": "/nowhere/at/all.mp4", "C3": None})
    with ingest_worker(database_url, redis_url, tmp_path) as worker:
        wait_until(lambda: redis_client.xlen("sightings") >= 1, "a sighting")
        sighting = from_json(redis_client.xrange("sightings")[0][1]["json"])
        assert sighting.camera == "C1"
        assert (tmp_path / "media" / (sighting.snapshot or "")[:2] / (sighting.snapshot or "")).exists()
        assert (tmp_path / "media" / "live" / "C1.jpg").exists()
        assert state(redis_client, "C2") == "offline"
        assert "/nowhere/at/all.mp4" in health(redis_client, "C2")["reason"]
        with writing(engine) as session:
            session.execute(update(Camera).where(Camera.code == "C1").values(enabled=False))
            session.execute(update(Camera).where(Camera.code == "C3").values(source=str(clip)))
        wait_until(lambda: state(redis_client, "C3") == "online", "the new camera online")
        wait_until(lambda: holder(redis_client, "C1") is None, "the disabled camera given back")
        worker.terminate()
        assert worker.wait(10) == 0
