"""Publication: a pass becomes a message with its pictures; with Redis away nothing is lost or sent twice."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from detection.vocabulary import Character, Frame, PlateRead, VehiclePass
from ingest.leases import Leases
from ingest.live import LivePicture
from ingest.publication import Publication, Take, sighting_of
from ingest.spool import Spool
from operations import media
from operations.sightings import Sighting, from_json
from tests.clips import picture
from tests.conftest import START

TAKE = Take("C1", 1_795_420_800_000, "motion", simulated=True)


def a_sighting(media_dir: Path, track: int = 3) -> Sighting:
    frame = Frame(cv2.resize(picture(2.0), (2560, 1440)), t_s=12.0, captured_at=START, sequence=60)
    plate = PlateRead("浙JA1234", 0.9, tuple(Character(char, 0.9) for char in "浙JA1234"), None, "blue")
    vehicle = VehiclePass(
        track=track, vehicle_class="car", confidence=0.8, first_seen_s=10.0, last_seen_s=13.5, path=[],
        plate=plate, colour="red", direction="towards", best_frame=frame, best_box=(1280, 0, 2600, 720),
        plate_crop=np.full((20, 60, 3), 90, np.uint8), lane=2, speed_kmh=41.26, speed_error_kmh=2.04,
        plate_looks=("浙JA1234", "浙JA1Z34"),
    )  # fmt: skip
    return sighting_of(vehicle, TAKE, media_dir, START + timedelta(seconds=2), clock_offset_s=0.25)


def messages(client: redis.Redis) -> list[Sighting]:
    return [from_json(fields["json"]) for _, fields in client.xrange("sightings")]


@pytest.fixture
def leases(redis_client: redis.Redis) -> Leases:
    leases = Leases(redis_client, "a")
    leases.round(["C1"])
    return leases


def test_a_pass_becomes_a_sighting_with_its_pictures(
    tmp_path: Path, redis_client: redis.Redis, leases: Leases
) -> None:
    Publication(redis_client, leases, Spool(tmp_path / "spool")).publish(a_sighting(tmp_path))
    (sighting,) = messages(redis_client)
    assert sighting.id == "C1:1795420800000:3"
    assert (sighting.seen_at, sighting.first_seen_at) == (START, START - timedelta(seconds=2))
    assert sighting.last_seen_at == START + timedelta(seconds=1.5)
    assert (sighting.plate, sighting.plate_kind, sighting.simulated) == ("浙JA1234", "blue", True)
    assert sighting.plate_looks == ["浙JA1234", "浙JA1Z34"]
    assert (sighting.lane, sighting.speed_kmh, sighting.speed_error_kmh) == (2, 41.3, 2.0)
    assert sighting.box == [0.5, 0.0, 1.0, 0.5]
    snapshot = cv2.imread(str(media.path(tmp_path, sighting.snapshot or "")))
    assert snapshot.shape == (720, 1280, 3)
    assert media.path(tmp_path, sighting.plate_crop or "").exists()


def test_a_vehicle_still_there_when_its_camera_changes_hands_is_told_once(
    tmp_path: Path, redis_client: redis.Redis, leases: Leases
) -> None:
    dead, heir = (Publication(redis_client, leases, Spool(tmp_path / name)) for name in ("dead", "heir"))
    told = a_sighting(tmp_path)
    dead.publish(told)
    heir.publish(replace(told, id="C1:1795420807000:1"))
    heir.publish(replace(told, id="C1:1795420807000:2", plate="浙JB5678"))
    heir.publish(replace(told, id="C1:1795420807000:3", plate=None))
    assert [(s.id.split(":")[2], s.plate) for s in messages(redis_client)] == [
        ("3", "浙JA1234"),
        ("2", "浙JB5678"),
        ("3", None),
    ]
    ttl_ms = redis_client.pttl("told:C1:浙JA1234")
    assert 0 < ttl_ms <= 20_000, "and is forgotten"


def test_sightings_wait_on_disk_while_redis_is_away(
    tmp_path: Path, redis_client: redis.Redis, leases: Leases
) -> None:
    away = redis.Redis(unix_socket_path=str(tmp_path / "nothing.sock"), retry=Retry(NoBackoff(), 0))
    dying = Publication(away, leases, Spool(tmp_path / "spool"))
    for track in (1, 2, 3):
        dying.publish(a_sighting(tmp_path, track))
    assert dying.waiting == 3
    with pytest.raises(redis.RedisError):
        dying.replay()
    # The process dies here; another starts on the same disk.
    reborn = Publication(redis_client, leases, Spool(tmp_path / "spool"))
    reborn.publish(a_sighting(tmp_path, 4))
    reborn.replay()
    assert [sighting.id[-1] for sighting in messages(redis_client)] == ["1", "2", "3", "4"]
    reborn.replay()
    assert len(messages(redis_client)) == 4


def test_what_was_seen_without_a_certain_lease_is_left_to_the_new_holder(
    tmp_path: Path, redis_client: redis.Redis, leases: Leases
) -> None:
    publication = Publication(redis_client, leases, Spool(tmp_path / "spool"))
    leases._confirmed_s["C1"] -= 60.0  # this worker hung for a minute
    publication.publish(a_sighting(tmp_path))
    publication.replay()
    assert (publication.waiting, messages(redis_client)) == (1, [])
    redis_client.set("lease:camera:C1", "b", px=6000)
    leases._renewed_s = 0.0
    leases.round(["C1"])
    publication.replay()
    assert (publication.waiting, messages(redis_client)) == (0, [])


def test_the_spool_is_bounded_and_survives_a_cut_line(tmp_path: Path) -> None:
    spool = Spool(tmp_path, limit=2)
    for number in range(3):
        spool.keep(json.dumps({"number": number}))
    assert (len(spool), spool.dropped) == (2, 1)
    with (tmp_path / "sightings.jsonl").open("a") as file:
        file.write('{"number": 9')
    sent: list[str] = []
    Spool(tmp_path).replay(lambda line: not sent.append(line))
    assert [json.loads(line)["number"] for line in sent] == [0, 1]


def test_a_full_disk_costs_the_pictures_only(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("a file where the folder should be")
    sighting = a_sighting(tmp_path / "media")
    assert sighting.snapshot is None
    assert sighting.plate == "浙JA1234"


def test_live_pictures_come_often_only_while_watched(tmp_path: Path) -> None:
    watched: set[str] = set()
    live = LivePicture(tmp_path, "C1", watched)

    def written(from_s: float) -> int:
        file, count = media.live_path(tmp_path, "C1"), 0
        for look in range(50):  # ten seconds, five looks a second
            file.unlink(missing_ok=True)
            live.see(picture(2.0), from_s + look / 5)
            count += file.exists()
        return count

    assert written(100.0) == 1
    watched.add("C1")
    assert 38 <= written(200.0) <= 42
