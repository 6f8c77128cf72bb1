"""What an entry says beside its plate counts at intake too: class, colour, the camera's place, site time."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from operations.intake import Known
from operations.store import Engine
from operations.watch import Watch
from tests.conftest import Clock
from tests.village import PLATE, found_village, seen, take, watch_for

AROUND_C0002 = [[121.265, 28.14], [121.275, 28.14], [121.275, 28.16], [121.265, 28.16], [121.265, 28.14]]


@pytest.mark.parametrize(
    ("said", "raised"),
    [
        ({"vehicle_class": "truck"}, 0),
        ({"vehicle_class": "car", "colour": "white"}, 1),
        ({"area": {"type": "Polygon", "coordinates": [AROUND_C0002]}}, 1),
        ({"hours": {"from": "16:00", "until": "16:30", "days": [1]}}, 1),  # 08:00 UTC on a Monday
        ({"hours": {"from": "08:00", "until": "09:00"}}, 0),
    ],
)
def test_an_entry_is_hit_only_as_it_says(
    engine: Engine, clock: Clock, said: dict[str, object], raised: int
) -> None:
    found_village(engine, clock())
    watch_for(engine, PLATE, clock(), **said)
    known = Known(watch=Watch(ZoneInfo("Asia/Shanghai")))
    only_elsewhere = take(engine, known, clock.move(1), seen(clock(), 1, "C0001"))
    there = take(engine, known, clock.move(1), seen(clock(), 2, "C0002"))
    assert len(only_elsewhere.raised + there.raised) == raised
    if "area" in said:
        assert only_elsewhere.raised == []


def test_a_change_of_the_list_is_known_within_a_second(engine: Engine, clock: Clock) -> None:
    found_village(engine, clock())
    known = Known()
    assert take(engine, known, clock(), seen(clock(), 1)).raised == []
    watch_for(engine, PLATE, clock())
    clock.at += timedelta(seconds=1)
    assert len(take(engine, known, clock(), seen(clock(), 2)).raised) == 1
