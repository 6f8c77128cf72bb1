"""Sighting messages: what is read is what was written, and nothing else is read."""

import json
from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.sightings import MalformedSighting, from_json, implausible, to_json
from tests.conftest import START
from tests.village import seen


def _message(**changed: Any) -> str:
    return json.dumps({**json.loads(to_json(seen(START, 1))), **changed})


def test_a_sighting_survives_its_message() -> None:
    sighting = seen(START, 1)
    assert from_json(to_json(sighting)) == sighting
    bare = replace(sighting, plate=None, plate_characters=None, box=None, snapshot=None, lane=None)
    assert asdict(from_json(to_json(bare).encode())) == asdict(bare)


def test_a_field_that_a_newer_camera_adds_is_ignored() -> None:
    assert from_json(_message(weather="rain")) == seen(START, 1)


def test_separators_in_a_plate_are_dropped_but_an_unread_position_stays() -> None:
    assert from_json(_message(plate="浙J·a12-4")).plate == "浙JA12-4"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"seen_at": "2026-11-23T08:00:00"}, "seen_at"),
        ({"seen_at": 1795420800}, "seen_at"),
        ({"seen_at": "0001-01-01T00:00:00+14:00"}, "seen_at"),
        ({"id": None}, "id"),
        ({"id": "x" * 81}, "id"),
        ({"camera": "C\x00"}, "camera"),
        ({"plate": "\ud800"}, "plate"),
        ({"confidence": True}, "confidence"),
        ({"confidence": 1.5}, "confidence"),
        ({"speed_kmh": float("nan")}, "speed_kmh"),
        ({"speed_kmh": "40"}, "speed_kmh"),
        ({"vehicle_class": "person"}, "vehicle_class"),
        ({"vehicle_class": ["car"]}, "vehicle_class"),
        ({"snapshot": "../../etc/passwd"}, "snapshot"),
        ({"box": [0, 1, 2]}, "box"),
        ({"lane": 2**40}, "lane"),
        ({"plate_characters": [{"char": "AB", "confidence": 1}]}, "plate_characters.char"),
        ({"plate_characters": ["A"]}, "plate_characters"),
        ({"plate_looks": "浙JA1234"}, "plate_looks"),
        ({"plate_looks": ["浙JA1234"] * 9}, "plate_looks"),
        ({"plate_looks": ["浙JA1234", None]}, "plate_looks"),
        ({"plate_looks": ["浙JA1234", "x" * 17]}, "plate_looks"),
        ({"simulated": 1}, "simulated"),
    ],
)
def test_a_malformed_field_is_named(changed: dict[str, Any], field: str) -> None:
    with pytest.raises(MalformedSighting) as caught:
        from_json(_message(**changed))
    assert caught.value.field == field


@given(st.binary(max_size=200) | st.recursive(st.none() | st.text(), st.lists).map(json.dumps))
def test_any_other_bytes_are_malformed(content: bytes | str) -> None:
    with pytest.raises(MalformedSighting):
        from_json(content)


def test_times_that_cannot_be_are_told() -> None:
    assert implausible(seen(START, 1), START) is None
    ahead = replace(seen(START, 1), seen_at=START.replace(minute=6))
    assert "clock is wrong" in (implausible(ahead, START) or "")
    assert "lies in the future" in (implausible(seen(START.replace(hour=12), 1), START) or "")
    assert "over a year old" in (implausible(seen(START.replace(year=2024), 1), START) or "")
