"""The demo's past holds what its case is about."""

from collections import defaultdict
from datetime import datetime
from itertools import pairwise

import numpy as np

from operations.demo.case_history import CLONED, COMPANION, DOUBLE, PHANTOM, STOLEN, past_sightings
from operations.demo.history import Stations

NOW = datetime.fromisoformat("2026-11-23T15:00:00+08:00")
LINE_S = 90.0 * np.abs(np.subtract.outer(np.arange(40), np.arange(40)))
STATIONS = Stations(np.arange(1, 41), LINE_S)


def test_a_cloned_plate_a_companion_misreads_and_a_phantom_are_there():
    rows = [row for part in past_sightings(STATIONS, 7, NOW, ordinary=10) for row in part]
    assert all(row["simulated"] and row["last_seen_at"] < NOW for row in rows)
    assert len({(row["id"], row["seen_at"]) for row in rows}) == len(rows)
    by_plate = defaultdict(list)
    for row in rows:
        by_plate[row["plate"]].append(row)
    cloned = sorted(by_plate[CLONED.plate], key=lambda row: row["seen_at"])
    assert {row["colour"] for row in cloned} == {CLONED.colour, DOUBLE.colour}
    impossible = 0
    for one, two in pairwise(cloned):
        road_s = LINE_S[one["camera_id"] - 1, two["camera_id"] - 1]
        impossible += (two["seen_at"] - one["seen_at"]).total_seconds() < 0.5 * road_s
    assert impossible >= 5
    near = [
        (row, mate)
        for row in by_plate[STOLEN.plate]
        for mate in by_plate[COMPANION.plate]
        if row["camera_id"] == mate["camera_id"]
        and 0 < (mate["seen_at"] - row["seen_at"]).total_seconds() <= 30
    ]
    assert len({row["seen_at"].date() for row, _ in near}) >= 3
    assert len({row["camera_id"] for row in by_plate[PHANTOM.plate]}) == 1
    like = [plate for plate in by_plate if len(plate) == 7 and _differing(plate, CLONED.plate) == 1]
    assert 0.02 < sum(len(by_plate[plate]) for plate in like) / len(cloned) < 0.09


def _differing(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))
