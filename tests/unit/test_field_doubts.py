"""Why a check-in is not simply believed; and a JPEG without what its camera wrote about itself."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from operations.field.doubts import Clock, Fix, Known, believed_at, doubts
from operations.field.jpeg import NotAJpeg, cleaned

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PLACE = (121.30, 28.15)
HONEST = Clock(NOON, NOON, 0.4)
HERE = Fix(NOON, 121.3005, 28.15, 12.0, stop_id=2)  # 49 m away
KNOWN = Known(PLACE, NOON - timedelta(hours=2), (), None)


def _codes(here: Fix = HERE, clock: Clock = HONEST, **known: object) -> list[str]:
    found = doubts(here, clock, replace(KNOWN, **known))
    return [doubt["code"] + (f" {doubt['why']}" if "why" in doubt else "") for doubt in found]


def _before(seconds: float, lon: float = 121.30, **changed: object) -> Fix:
    return replace(Fix(NOON - timedelta(seconds=seconds), lon, 28.15, 10.0, stop_id=1), **changed)


def test_an_honest_check_in_is_believed() -> None:
    assert _codes(last=_before(600, 121.25), earlier=[_before(600, 121.25)], drive_s=420.0) == []


def test_a_place_too_far_is_told_with_how_far_beyond_what_the_phone_may_be_off() -> None:
    near = replace(HERE, lon=121.3022, accuracy_m=30.0)  # 216 m
    assert _codes(near) == []
    assert _codes(replace(near, accuracy_m=5.0)) == ["too_far"]
    knows_nothing = replace(HERE, lon=121.31, accuracy_m=50_000.0)
    (doubt,) = doubts(knows_nothing, HONEST, KNOWN)
    assert doubt == {"code": "too_far", "away_m": 980, "limit_m": 350}
    assert _codes(Fix(NOON, None, None)) == ["no_position"]
    assert _codes(Fix(NOON, None, None), place=None) == []


def test_nobody_is_faster_than_a_car_nor_than_the_roads() -> None:
    assert _codes(last=_before(60, 121.33)) == ["too_fast"]  # 2.9 km in a minute
    assert _codes(last=_before(600, 121.33)) == []
    assert _codes(last=_before(600, 121.33), vehicle="foot") == []
    assert _codes(last=_before(300, 121.33), vehicle="foot") == ["too_fast"]
    assert _codes(last=_before(600, 121.33), drive_s=1_300.0) == ["too_fast"]  # the bridge is far away
    assert _codes(last=_before(1, 121.3010)) == [], "a receiver that jumps is no journey"


def test_a_clock_that_lies_is_told_and_put_right() -> None:
    ahead = Clock(NOON + timedelta(hours=1), NOON, 3_600.0)
    assert believed_at(ahead) == NOON
    assert _codes(clock=ahead) == ["clock ahead"]
    assert _codes(clock=Clock(NOON - timedelta(minutes=5), NOON, -300.0)) == ["clock behind"]
    from_the_future = Clock(NOON + timedelta(minutes=9), NOON, 0.0)
    assert believed_at(from_the_future) == NOON
    assert _codes(clock=from_the_future) == ["clock future"]
    offline = Clock(NOON - timedelta(hours=9), NOON, 1.0)
    assert believed_at(offline) == NOON - timedelta(hours=9, seconds=1)
    assert _codes(replace(HERE, at=believed_at(offline)), offline) == ["clock before_route"]
    late = replace(HERE, at=NOON - timedelta(minutes=30))
    assert _codes(late, Clock(late.at, NOON, 0.0)) == [], "out of a dead zone"
    backwards = _codes(late, Clock(late.at, NOON, 0.0), earlier=[_before(60, 121.2999)])
    assert backwards == ["clock backwards"]


def test_the_same_digits_from_several_stops_were_typed() -> None:
    typed = [_before(1200, HERE.lon, stop_id=1), _before(900, HERE.lon, stop_id=1)]
    assert _codes(earlier=typed) == ["repeated"]
    assert _codes(earlier=[replace(one, stop_id=2) for one in typed]) == [], "standing at one stop"
    assert _codes(earlier=typed[:1]) == []


def _part(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


FRAME = _part(0xC0, b"\x08" + (480).to_bytes(2, "big") + (640).to_bytes(2, "big") + b"\x01\x01\x11\x00")
PIXELS = b"\x12\xff\x00\x34\xff\xd0\x56"
SCAN = _part(0xDA, b"\x01\x01\x00\x00\x3f\x00") + PIXELS
JFIF = _part(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")
EXIF = _part(0xE1, b"Exif\x00\x00" + b"GPS 28.15N 121.30E, a telephone")
END = b"\xff\xd9"


def test_a_photo_keeps_its_pixels_and_loses_what_its_camera_wrote() -> None:
    written = b"\xff\xd8" + JFIF + EXIF + _part(0xFE, b"a comment") + FRAME + SCAN + EXIF + SCAN + END
    assert cleaned(written + b"a film after the end") == b"\xff\xd8" + JFIF + FRAME + SCAN + SCAN + END


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\x89PNG\r\n", "does not begin"),
        (b"", "does not begin"),
        (b"\xff\xd8\xff", "cut off"),
        (b"\xff\xd8" + JFIF + FRAME + SCAN, "cut off"),
        (b"\xff\xd8" + JFIF + END, "no picture"),
        (b"\xff\xd8" + FRAME + b"\x00\x00", "out of step"),
        (b"\xff\xd8" + _part(0xC0, b"\x08\xff\xff\xff\xff") + SCAN + END, "pixels a side"),
        (b"\xff\xd8\xff\xe1\xff\xff" + b"x" * 9, "cut off"),
    ],
)
def test_what_is_no_whole_jpeg_is_refused_with_a_reason(content: bytes, why: str) -> None:
    with pytest.raises(NotAJpeg, match=why):
        cleaned(content)
