"""Promise: a vehicle that no case has put on the watchlist raises nothing, nor does one after its end."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from operations import watchlist
from operations.intake import Known
from operations.store import Engine, reading, writing
from operations.tables import Alert, SightingRow
from tests.conftest import Clock
from tests.village import PLATE, SUPERVISOR, found_village, seen, take, watch_for


def test_unwatched_vehicle_raises_nothing(engine: Engine, clock: Clock) -> None:
    found_village(engine, clock())
    watch_for(engine, PLATE, clock())
    strangers = [
        seen(clock(), 1, plate="浙JA1235"),
        seen(clock(), 2, plate=None, plate_characters=None),
        seen(clock(), 3, plate="浙JA1--4"),
        seen(clock() - timedelta(seconds=10), 4),  # received before the entry was in force
    ]
    stored = take(engine, Known(), clock(), *strangers)
    assert (stored.raised, stored.seen_again, stored.counted) == ([], [], {1: 4})
    with reading(engine) as session:
        assert session.scalars(select(Alert)).all() == []
        assert len(session.scalars(select(SightingRow)).all()) == 4


@pytest.mark.parametrize("ended_by", ["end", "validity", "case"])
def test_nothing_is_watched_after_its_end(engine: Engine, clock: Clock, ended_by: str) -> None:
    found_village(engine, clock())
    entry_id = watch_for(engine, PLATE, clock())
    known = Known()
    take(engine, known, clock(), seen(clock(), 1, plate="浙JX9999"))  # the watchlist is now in memory
    if ended_by == "end":
        with writing(engine) as session:
            watchlist.end(session, SUPERVISOR, entry_id, "找到了", clock())
    elif ended_by == "validity":
        clock.move(8 * 86_400)
    else:
        clock.move(91 * 86_400)
    clock.move(2)
    assert take(engine, known, clock(), seen(clock(), 2)).raised == []
