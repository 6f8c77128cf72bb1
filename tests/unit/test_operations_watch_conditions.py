"""What an entry says beside its pattern: class, colour, area and hours, and what contradicts them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from detection.colour import COLOURS as COLOURS_SEEN
from operations.facts import BadInput
from operations.watch_conditions import COLOURS, Conditions, Passage, conditions_of
from operations.weekly_hours import weekly_hours

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=ZONE)  # a Monday
SQUARE = {
    "type": "Polygon",
    "coordinates": [[[121.2, 28.1], [121.3, 28.1], [121.3, 28.2], [121.2, 28.2], [121.2, 28.1]]],
}


def _says(**said: object) -> Conditions:
    return conditions_of(*(said.get(name) for name in ("vehicle_class", "colour", "area", "hours")))  # type: ignore[arg-type]


def _passage(
    vehicle_class: str = "car",
    colour: str | None = "white",
    place: tuple[float, float] = (121.25, 28.15),
    local: datetime = NOON,
) -> Passage:
    return Passage(vehicle_class, colour, place, local)


@pytest.mark.parametrize(
    ("said", "seen", "contradicts"),
    [
        ({"vehicle_class": "truck"}, {"vehicle_class": "truck"}, False),
        ({"vehicle_class": "truck"}, {"vehicle_class": "car"}, True),
        ({"vehicle_class": "truck"}, {"vehicle_class": "vehicle"}, False),
        ({"colour": "red"}, {"colour": "red"}, False),
        ({"colour": "red"}, {"colour": "blue"}, True),
        ({"colour": "red"}, {"colour": None}, False),
        ({"colour": "white"}, {"colour": "grey"}, False),
        ({"colour": "white"}, {"colour": "black"}, True),
        ({"area": SQUARE}, {"place": (121.25, 28.15)}, False),
        ({"area": SQUARE}, {"place": (121.35, 28.15)}, True),
        ({"hours": {"from": "22:00", "until": "05:00"}}, {}, True),
        ({"hours": {"from": "08:00", "until": "13:00", "days": [1]}}, {}, False),
        ({"hours": {"from": "08:00", "until": "12:00"}}, {}, True),
    ],
)
def test_what_was_not_read_contradicts_nothing(
    said: dict[str, object], seen: dict[str, object], contradicts: bool
) -> None:
    assert _says(**said).contradicted_by(_passage(**seen)) is contradicts  # type: ignore[arg-type]


def test_colours_are_those_that_cameras_name() -> None:
    assert set(COLOURS) == set(COLOURS_SEEN)


@pytest.mark.parametrize(
    ("utc", "holds"),
    [
        (datetime(2026, 11, 27, 14, 0, tzinfo=UTC), True),  # Friday 22:00 at the site
        (datetime(2026, 11, 27, 13, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 27, 20, 59, tzinfo=UTC), True),  # Saturday 04:59, still Friday's night
        (datetime(2026, 11, 27, 21, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 26, 20, 0, tzinfo=UTC), False),  # Friday 04:00 is Thursday's night
        (datetime(2026, 11, 28, 15, 0, tzinfo=UTC), False),  # Saturday's own night
    ],
)
def test_a_night_belongs_to_the_day_it_begins_on(utc: datetime, holds: bool) -> None:
    friday_nights = weekly_hours({"from": "22:00", "until": "05:00", "days": [5]})
    assert friday_nights.hold(utc.astimezone(ZONE)) is holds


def test_equal_ends_are_the_whole_day() -> None:
    sundays = weekly_hours({"from": "06:00", "until": "06:00", "days": [7]})
    assert sundays.hold(NOON.replace(hour=5))  # Monday 05:00 is the end of Sunday's
    assert not sundays.hold(NOON.replace(hour=6))


def _ring(*corners: tuple[object, ...]) -> dict[str, object]:
    return {"type": "Polygon", "coordinates": [[list(corner) for corner in corners]]}


@pytest.mark.parametrize(
    ("said", "field", "fix"),
    [
        ({"vehicle_class": "tank"}, "vehicle_class", "choose one of"),
        ({"vehicle_class": "vehicle"}, "vehicle_class", "choose one of"),
        ({"colour": "silver"}, "colour", "choose one of"),
        ({"area": {"type": "Point", "coordinates": [121, 28]}}, "area", "GeoJSON Polygon"),
        ({"area": _ring((121, 28), (122, 28), (122, 29))}, "area", "not closed"),
        ({"area": _ring((28, 121), (28, 122), (29, 122), (28, 121))}, "area", "longitude, then latitude"),
        ({"area": _ring((0, 0), (90, 0), (90, 45), (0, 0))}, "area", "draw it smaller"),
        ({"area": _ring((121, 28), (122, 29), (122, 28), (121, 29), (121, 28))}, "area", "own line"),
        ({"area": _ring(*[(121, 28)] * 5)}, "area", "own line"),
        ({"area": _ring(*[(121 + n / 1e3, 28) for n in range(202)], (121, 28))}, "area", "200 at most"),
        ({"area": _ring((121, 28), ("x", 28), (122, 29), (121, 28))}, "area", "two numbers"),
        ({"area": _ring((121, 28), (float("nan"), 28), (122, 29), (121, 28))}, "area", "no place"),
        ({"hours": {"from": "22:00", "until": "25:00"}}, "hours", "times of day"),
        ({"hours": {"from": "22:00"}}, "hours", "times of day"),
        ({"hours": {"from": "22:00", "until": "05:00", "days": [0]}}, "hours", "from 1 (Monday)"),
        ({"hours": {"from": "22:00", "until": "05:00", "days": []}}, "hours", "from 1 (Monday)"),
        ({"hours": {"from": "22:00", "until": "05:00", "zone": "UTC"}}, "hours", "only"),
    ],
)
def test_what_cannot_be_used_is_told_with_its_field_and_the_fix(
    said: dict[str, object], field: str, fix: str
) -> None:
    with pytest.raises(BadInput) as caught:
        _says(**said)
    assert caught.value.field == field
    assert fix in caught.value.why
