"""Rendered plates against our own reader: what the demo draws, it must be able to read from pixels alone."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from detection.plates import load_plate_reader
from ingest.synthetic import open_synthetic

EPOCH = datetime(2026, 11, 23, tzinfo=UTC)
PLATES = [
    ("浙JD80B8", "blue", "car", "black", "towards"),
    ("浙JD01280", "green", "suv", "white", "away"),
    ("皖B5S2Z7", "yellow", "truck", "blue", "towards"),
    ("沪AQ0D8B", "blue", "van", "silver", "away"),
]


@pytest.fixture(scope="module")
def reader():
    return load_plate_reader()


@pytest.fixture(scope="module")
def schedule(tmp_path_factory):
    passages = [
        {"camera": "C0001", "offset_s": 40.0 * number, "plate": plate, "kind": kind, "class": vehicle_class}
        | {"colour": colour, "direction": direction, "lane": 1, "speed_kmh": 40}
        for number, (plate, kind, vehicle_class, colour, direction) in enumerate(PLATES)
    ]
    path = tmp_path_factory.mktemp("synthetic") / "traffic.json"
    document = {"epoch": EPOCH.isoformat(), "period_s": 600, "passages": passages}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@pytest.mark.parametrize("look", ["light=day", "light=night&weather=rain", "light=day&glare=1"])
def test_plates_at_their_best_look_are_read_exactly(reader, schedule, look):
    url = f"synthetic://road?camera=C0001&schedule={schedule}&seed=7&{look}"
    camera = open_synthetic(url, lambda: EPOCH)
    for number, (plate, *_) in enumerate(PLATES):
        frame = camera.frame_at(EPOCH + timedelta(seconds=40 * number))
        assert plate in [read.text for read in reader.read_vehicle(frame[200:, :])]
