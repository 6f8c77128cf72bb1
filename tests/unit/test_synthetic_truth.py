"""What is said of a rendered picture against the picture itself: boxes, tracks, speeds, what hides what."""

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from ingest.synthetic.options import parse_url
from ingest.synthetic.scene import build_scene, render
from ingest.synthetic.truth import ground_px, truth_of

EPOCH = datetime(2026, 11, 23, tzinfo=UTC)
ROW = {"camera": "C0001", "plate": "浙JA1234", "kind": "blue", "colour": "red", "lane": 1, "speed_kmh": 40}


def row(offset_s, vehicle_class, direction="towards"):
    return ROW | {"offset_s": offset_s, "class": vehicle_class, "direction": direction}


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    path = tmp_path_factory.mktemp("truth") / "traffic.json"
    passages = [row(100, "suv"), row(200, "bus"), row(201.2, "car"), row(300, "motorcycle", "away")]
    document = {"epoch": EPOCH.isoformat(), "period_s": 600, "passages": passages}
    path.write_text(json.dumps(document), encoding="utf-8")
    return f"synthetic://road?camera=C0001&schedule={path}&seed=7&scenery=urban"


@pytest.fixture(scope="module")
def scene(url):
    return build_scene(parse_url(url))


def at(seconds):
    return EPOCH + timedelta(seconds=seconds)


@pytest.mark.parametrize(("seconds", "vehicle_class"), [(97, "car"), (98.5, "car"), (304, "motorcycle")])
def test_a_box_is_tight_around_what_is_drawn(scene, seconds, vehicle_class):
    (vehicle,) = truth_of(scene, at(seconds))
    changed = np.abs(render(scene, at(seconds)).astype(int) - render(scene, at(40))).max(axis=2) > 40
    changed[:60] = False  # the burnt-in clock
    rows, columns = np.flatnonzero(changed.sum(axis=1) > 3), np.flatnonzero(changed.sum(axis=0) > 3)
    x1, y1, x2, y2 = vehicle.box
    assert vehicle.vehicle_class == vehicle_class
    assert abs(rows[0] - y1) <= 4
    assert y2 - 4 <= rows[-1] <= y2 + 0.15 * (y2 - y1)  # its shadow lies on the road beneath
    assert x1 - 0.15 * (x2 - x1) <= columns[0] <= x1 + 4
    assert x2 - 4 <= columns[-1] <= x2 + 0.15 * (x2 - x1)
    assert vehicle.visible == pytest.approx(1.0, abs=0.01)


def test_speed_is_that_of_the_moment_and_not_the_schedules(scene):
    for seconds in (94.0, 98.0, 100.0):
        (before,), (now,), (after,) = (truth_of(scene, at(seconds + step)) for step in (-0.1, 0, 0.1))
        assert (before.ahead_m - after.ahead_m) / 0.2 == pytest.approx(now.speed_mps, abs=0.05)
    assert truth_of(scene, at(100))[0].speed_mps == pytest.approx(5.0)


def test_a_vehicle_keeps_its_track_and_gets_another_next_time(scene):
    tracks = [truth_of(scene, at(seconds))[0].track for seconds in (95, 99, 100, 695, 700)]
    assert tracks[0] == tracks[1] == tracks[2] != tracks[3] == tracks[4]


def test_what_drives_behind_a_bus_is_hidden_by_it(scene):
    bus, car = truth_of(scene, at(195))
    assert (bus.vehicle_class, car.vehicle_class) == ("bus", "car")
    assert bus.visible > 0.98
    assert car.visible < 0.75
    assert car.visible_box[2] - car.visible_box[0] <= car.box[2] - car.box[0]


def test_a_vehicle_leaving_the_picture_is_seen_in_part(scene):
    (vehicle,) = truth_of(scene, at(101.2))
    assert vehicle.box[3] == 720
    assert 0.1 < vehicle.visible < 0.9


def test_ground_points_fall_under_the_vehicle(scene, url):
    (vehicle,) = truth_of(scene, at(98))
    ((x, y),) = ground_px(url, [(vehicle.right_m, vehicle.ahead_m)])
    assert vehicle.box[0] < x < vehicle.box[2]
    assert abs(y - vehicle.box[3]) < 0.06 * (vehicle.box[3] - vehicle.box[1])
