"""A day planned for tests: both units of the village drive a published plan along its one road.

Place n (1 to 6) lies 1 km further east each; U1 makes the odd ones, U2 the even ones, one after another.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from geo.patrol.problem import Plan
from geo.patrol.timing import timed
from operations.demand.needs import Need
from operations.patrolling.days import local_midnight
from operations.patrolling.drafts import Crew, Wishes, build
from operations.patrolling.stored import store_first
from operations.store import Engine, writing
from operations.tables import PatrolPlan, PatrolStop, RoadNetworkRow
from tests.village import straight_road

ZONE = "Asia/Shanghai"
DAY = date(2026, 11, 23)
FROM_S = 16 * 3600.0  # when the clock of the tests starts, by local time
HOURS = 5.0
ROADS = straight_road()


def place(number: int) -> tuple[float, float]:
    """Return where place 1 to 6 lies."""
    return 121.27 + number * 0.01, 28.15


def need(number: int, **changed: Any) -> Need:
    """Return the need for a visit of ten minutes to a place, wanted all day."""
    lon, lat = place(number)
    wanted: dict[str, Any] = {
        "grid_id": 1,
        "place_id": None,
        "town_id": 1,
        "lon": lon,
        "lat": lat,
        "priority": float(number),
        "dwell_s": 600.0,
        "window_from_s": FROM_S + number,  # a minute's difference names the need
        "window_until_s": FROM_S + HOURS * 3600,
        "must": False,
        "revisit": "",
        "spacing_s": 0.0,
        "reasons": [{"code": "calls", "priority": float(number), "calls": number}],
    }
    return Need(**(wanted | changed))


def crew(unit_id: int, **changed: Any) -> Crew:
    """Return a unit at work from the start of the tests' clock for HOURS."""
    wanted: dict[str, Any] = {
        "unit_id": unit_id,
        "start": (121.25, 28.15),
        "shift_from_s": FROM_S,
        "shift_until_s": FROM_S + HOURS * 3600,
        "town": 1,
        "vehicle": "car",
        "may_leave_town": True,
        "county_wide": False,
        "rest": None,
    }
    return Crew(**(wanted | changed))


def store_roads(engine: Engine, now: datetime) -> None:
    """Give the village its road."""
    with writing(engine) as session:
        session.add(RoadNetworkRow(version=ROADS.version, loaded_at=now, arrays=ROADS.to_bytes()))


def publish_day(engine: Engine, now: datetime, needs: Sequence[Need] = (), crews: Sequence[Crew] = ()) -> int:
    """Publish the plan of the day; return its id. Give the village its road first."""
    wanted = needs or [need(number) for number in range(1, 7)]
    with writing(engine) as session:
        made = build(session, crews or [crew(1), crew(2)], wanted, Wishes(ZONE), now)
        odd, even = range(0, len(wanted), 2), range(1, len(wanted), 2)
        routes = [timed(made.problem, unit, order) for unit, order in enumerate((odd, even))]
        row = PatrolPlan(
            day=DAY,
            midnight=local_midnight(DAY, ZONE),
            state="published",
            wishes=Wishes(ZONE, seed=1).to_json(),
            seed=1,
            made_at=now,
            published_at=now,
        )
        session.add(row)
        session.flush()
        assert all(routes)
        store_first(session, row, made, Plan(tuple(route for route in routes if route), ()))
        return row.id


def check_in(engine: Engine, stop_id: int, at: datetime, left_at: datetime | None = None) -> None:
    """Say that a stop was made."""
    with writing(engine) as session:
        stop = session.get_one(PatrolStop, stop_id)
        stop.checked_in_at, stop.left_at = at, left_at
