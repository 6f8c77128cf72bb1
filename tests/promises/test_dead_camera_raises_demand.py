"""Promise: when a camera dies, its grid wants visits more, and says why; one nobody watches cannot die."""

from datetime import timedelta
from typing import Any

from sqlalchemy import update

from operations.coverage import coverage
from operations.demand.needs import needs
from operations.store import Engine, reading, writing
from operations.tables import Camera, RoadNetworkRow
from tests.conftest import START
from tests.village import found_village, straight_road


def wanted(engine: Engine) -> tuple[float, dict[str, Any] | None]:
    """Return the priority of the village's one grid, and its reason `blind`."""
    day = (START + timedelta(days=1)).date()
    with reading(engine) as session:
        (need,) = needs(session, day, "Asia/Shanghai", START)
    return need.priority, next((reason for reason in need.reasons if reason["code"] == "blind"), None)


def say(engine: Engine, camera_id: int, state: str) -> None:
    with writing(engine) as session:
        session.execute(update(Camera).where(Camera.id == camera_id).values(state=state))


def test_a_dead_camera_raises_its_grids_demand_until_it_sees_again(engine: Engine) -> None:
    found_village(engine, START)
    roads = straight_road()
    with writing(engine) as session:
        session.add(RoadNetworkRow(version=roads.version, loaded_at=START, arrays=roads.to_bytes()))
    before, reason = wanted(engine)
    assert reason is None, (
        "two cameras nobody has heard of and one without a source: none is known to be dead"
    )
    say(engine, 1, "online")
    say(engine, 2, "online")
    assert wanted(engine) == (before, None)
    say(engine, 1, "frozen")
    after, reason = wanted(engine)
    assert reason is not None
    assert reason["share"] == round(1 / 3, 3), "one of three equal views"
    assert after == before + reason["priority"]
    with reading(engine) as session:
        told = coverage(session, START).reasons[0]
    assert next(one["share"] for one in told if one["code"] == "lost") == reason["share"]
    say(engine, 3, "offline")  # it has no source: nobody can know
    assert wanted(engine)[0] == after
    say(engine, 1, "online")
    assert wanted(engine) == (before, None)
