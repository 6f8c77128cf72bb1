"""The weights that ship for rendered roads: small; they find every class, in every weather and light."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from detection.detectors import load_detector
from detection.networks import hash_of
from ingest.synthetic.dataset import EPOCH, MIDDLE_S, draw_traffic, weather_of
from ingest.synthetic.options import parse_url
from ingest.synthetic.scene import build_scene, render
from ingest.synthetic.truth import truth_of
from tests.benchmarks.vehicles import CLASSES, WEIGHTS, Scored, precision, recall, scored

ROOT = Path(__file__).parents[2]
MOST_BYTES = 3_000_000
SEED = 5_000_017  # nothing is trained or tuned on it
MOMENTS = 12
LOOKS = ("", "&weather=rain", "&light=night", "&glare=1")
LEAST_RECALL, LEAST_RECALL_OF_A_CLASS, LEAST_PRECISION = 0.80, 0.75, 0.75
"""Of vehicles near enough for their plate (large), at the confidence at which a track begins."""


@pytest.fixture(scope="module")
def rows() -> list[Scored]:
    """Detections against truth, in dense traffic before four cameras."""
    detector, draw = load_detector("ultralytics", WEIGHTS), np.random.default_rng(SEED)
    found: list[Scored] = []
    for number, look in enumerate(LOOKS):
        options = parse_url(f"synthetic://road?camera=C9{number:03}&seed={SEED + number}{look}")
        scene = build_scene(options)
        for _ in range(MOMENTS):
            busy = replace(scene, traffic=draw_traffic(draw, ("towards", "away")))
            at = EPOCH + timedelta(seconds=MIDDLE_S)
            found += scored(weather_of(options), detector.detect(render(busy, at), 0.0), truth_of(busy, at))
    return found


def test_vehicles_are_found_in_every_weather(rows: list[Scored]) -> None:
    by_weather = {row.weather for row in rows}
    assert len(by_weather) == len(LOOKS)
    for weather in by_weather:
        part = [row for row in rows if row.weather == weather]
        assert recall([row for row in part if row.large]) >= LEAST_RECALL, weather
        assert precision(part) >= LEAST_PRECISION, weather


@pytest.mark.parametrize("vehicle_class", CLASSES)
def test_every_class_is_found_as_what_it_is(rows: list[Scored], vehicle_class: str) -> None:
    part = [row for row in rows if row.vehicle_class == vehicle_class and row.large]
    assert len(part) >= 8
    assert recall(part) >= LEAST_RECALL_OF_A_CLASS


def test_an_empty_road_is_empty() -> None:
    options = parse_url(f"synthetic://road?camera=C9100&seed={SEED}")
    scene = build_scene(options)
    empty = replace(scene, traffic=replace(scene.traffic, passages=()))
    found = load_detector("ultralytics", WEIGHTS).detect(render(empty, EPOCH), 0.0)
    assert [one for one in found if one.confidence >= 0.25] == []


def test_the_weights_are_small_and_are_those_the_card_speaks_of() -> None:
    assert sum(file.stat().st_size for file in WEIGHTS.iterdir()) <= MOST_BYTES
    card = (ROOT / "docs" / "models" / "rendered-roads.md").read_text(encoding="utf-8")
    assert hash_of(WEIGHTS) in card
