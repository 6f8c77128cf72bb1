"""Pictures of synthetic cameras: the same in every process, plates large for long enough, faults on order."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from ingest.synthetic import SyntheticCamera, SyntheticSourceDied, open_synthetic
from ingest.synthetic.backdrop import SCENERIES, Backdrop, choose_place
from ingest.synthetic.motion import lane_centre_m, plate_distance_m
from ingest.synthetic.options import Fault, Options
from ingest.synthetic.plates_drawn import plate_levels
from ingest.synthetic.schedule import CLASSES, KINDS, Passage
from ingest.synthetic.vehicles import Placed, draw_vehicle, plate_corners

EPOCH = datetime(2026, 11, 23, tzinfo=UTC)
BEST_LOOK_S = 100.0


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    passage = {
        "camera": "C0001",
        "offset_s": BEST_LOOK_S,
        "plate": "浙JA1234",
        "kind": "blue",
        "class": "car",
    }
    passage |= {"colour": "red", "direction": "towards", "lane": 1, "speed_kmh": 40}
    path = tmp_path_factory.mktemp("synthetic") / "traffic.json"
    path.write_text(
        json.dumps({"epoch": EPOCH.isoformat(), "period_s": 600, "passages": [passage]}), encoding="utf-8"
    )
    return f"synthetic://road?camera=C0001&schedule={path}&seed=7"


@pytest.fixture(scope="module")
def camera(url):
    return open_synthetic(url, lambda: EPOCH)


def at(seconds):
    return EPOCH + timedelta(seconds=seconds)


def test_two_processes_draw_the_same_picture(url, camera):
    twin = open_synthetic(url, lambda: at(55))
    assert np.array_equal(camera.frame_at(at(BEST_LOOK_S)), twin.frame_at(at(BEST_LOOK_S)))
    assert camera.frame_at(at(0)).shape == (camera.size[1], camera.size[0], 3)


def test_the_picture_changes_with_the_cameras_frames_and_repeats_its_vehicles(camera):
    look = camera.frame_at(at(BEST_LOOK_S)).astype(int)
    assert np.array_equal(look, camera.frame_at(at(BEST_LOOK_S + 0.09)))
    assert not np.array_equal(look, camera.frame_at(at(BEST_LOOK_S + 0.11)))
    empty, again = camera.frame_at(at(40)), camera.frame_at(at(BEST_LOOK_S + 600))
    below = np.s_[100:]  # the burnt-in time differs
    assert np.abs(look - again)[below].mean() < 3 < np.abs(look - empty)[below].mean()


@pytest.mark.parametrize("direction", ["towards", "away"])
@pytest.mark.parametrize("speed_kmh", [20, 48])
def test_a_plate_is_large_for_long_enough_whichever_camera(direction, speed_kmh):
    for seed, scenery in enumerate(SCENERIES):
        view, _ = choose_place(Options(camera=f"C{seed:04}", seed=seed, scenery=scenery), one_way=False)
        passage = Passage(0.0, "浙JA1234", "blue", "car", "white", direction, 1, speed_kmh)
        large_s = 0.0
        for past_s in np.arange(-6, 6, 0.05):
            z_m = plate_distance_m(passage, past_s)
            corners = plate_corners(view, Placed(passage, z_m, lane_centre_m(passage, False), False))
            inside = corners.min() >= 0 and corners[:, 0].max() < 1280 and corners[:, 1].max() < 720
            large_s += 0.05 * (inside and corners[1, 0] - corners[0, 0] >= 100)
        assert large_s >= 0.8


@pytest.mark.parametrize("vehicle_class", CLASSES)
@pytest.mark.parametrize("direction", ["towards", "away"])
def test_a_vehicle_is_drawn_while_in_view_and_gone_once_past(vehicle_class, direction):
    view, _ = choose_place(Options(), one_way=False)
    passage = Passage(0.0, "浙JD12345", "green", vehicle_class, "white", direction, 1, 40)

    def touched(z_m):
        canvas = np.full((720, 1280, 3), 90, np.uint8)
        draw_vehicle(canvas, view, Placed(passage, z_m, -1.6, night=False))
        return int((canvas != 90).sum())

    assert touched(16.0) > 10 * touched(100.0) > 0
    assert touched(-20.0) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_plates_of_one_kind_differ_in_their_text(kind):
    one, other = (plate_levels(text, kind)[0] for text in ("浙JA1238", "浙JA123B"))
    assert one.shape == (140, 440, 3)
    assert (one != other).any()
    assert np.array_equal(one[:, :370], other[:, :370])


def test_what_stands_nearer_hides_the_vehicle():
    hides_m = np.array([[40, 90, 255]], np.uint8)
    backdrop = Backdrop(np.full((1, 3, 3), 7, np.uint8), hides_m)
    canvas = np.full((1, 3, 3), 200, np.uint8)
    backdrop.put_back(canvas, (-5, -5, 9, 9), nearer_than_m=80)
    assert canvas[0, :, 0].tolist() == [7, 200, 200]


def faulty(camera, kind):
    scene = camera.scene
    return SyntheticCamera(replace(scene, options=replace(scene.options, fault=Fault(kind, 20.0))), EPOCH)


def test_faults_come_when_ordered(camera):
    assert faulty(camera, "black").frame_at(at(20)).max() == 0
    assert faulty(camera, "garbage").frame_at(at(20)).std() > 60
    dying = faulty(camera, "dead")
    assert dying.frame_at(at(19.9)).max() > 0
    with pytest.raises(SyntheticSourceDied, match="20 s"):
        dying.frame_at(at(20))


def test_a_frozen_camera_shows_its_last_picture(camera):
    frozen = faulty(camera, "freeze")
    assert np.array_equal(frozen.frame_at(at(20)), frozen.frame_at(at(900)))
    assert not np.array_equal(frozen.frame_at(at(10)), frozen.frame_at(at(20)))
