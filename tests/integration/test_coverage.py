"""Coverage of grids: cameras die and come back, patrols come, roads close; against plain reckoning."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select, update

from geo.coverage import share_seen, view_sectors
from geo.travel_times import seconds_between
from operations.county import road_network, store_county
from operations.coverage import Coverage, blind_grids, coverage, coverage_columns
from operations.store import Engine, reading, writing
from operations.tables import (
    Camera,
    PatrolPlan,
    PatrolRoute,
    PatrolStop,
    RoadClosure,
    RoadNetworkRow,
    Station,
    Unit,
)
from operations.times import to_text
from tests.conftest import START
from tests.county import county
from tests.village import found_village, straight_road


@pytest.fixture
def settled(engine: Engine) -> Engine:
    """Return a database with the county; every camera of the first two towns is watched and online."""
    with writing(engine) as session:
        store_county(session, county(), START)
        session.execute(
            update(Camera).where(Camera.town_id <= 2).values(source="rtsp://somewhere", state="online")
        )
    return engine


def covered(engine: Engine) -> Coverage:
    with reading(engine) as session:
        return coverage(session, START)


def test_what_dies_is_lost_and_what_nobody_watches_is_not(settled: Engine) -> None:
    before = covered(settled)
    columns = coverage_columns(before)
    assert columns["cameras"] == np.bincount(county().cameras.grid, minlength=944).tolist()
    assert sum(columns["cameras_alive"]) + sum(columns["cameras_unknown"]) == 8_215
    _check_ranks(columns)
    watched = before.ground.town_id <= 2
    border = before.seen_now[~watched] > 0  # cameras look over into the next town
    assert before.seen_now[watched] == pytest.approx(before.seen_all[watched], abs=0.02)
    assert 0 < border.sum() < 30
    assert np.array_equal(before.seen_hoped, before.seen_all)
    with writing(settled) as session:
        assert blind_grids(session, START) == {}
        grid_id = int(before.ground.grid_id[np.argmax(before.seen_now)])
        session.execute(update(Camera).where(Camera.grid_id == grid_id).values(state="moved"))
        session.execute(update(Camera).where(Camera.town_id == 5).values(state="offline"))  # without a source
    after = covered(settled)
    with reading(settled) as session:
        blind = blind_grids(session, START)
        rows = session.scalars(select(Camera).where(Camera.town_id <= 2, Camera.grid_id != grid_id)).all()
    place = after.ground.grid_id.tolist().index(grid_id)
    sees = [(row.lon, row.lat, row.heading_deg, row.view_deg, row.range_m) for row in rows]
    plain = share_seen(county().grids.areas, view_sectors(*np.array(sees).T))
    assert after.seen_now == pytest.approx(plain, abs=1e-9)
    changed = np.flatnonzero(after.seen_now != before.seen_now)
    assert place in changed
    assert set(blind) == set(after.ground.grid_id[changed].tolist())
    assert blind[grid_id] > 0.8
    assert after.rank[place] < before.rank[place]
    assert after.cameras["cameras_dead"].sum() == after.cameras["cameras_dead"][place] > 0


def test_visits_count_when_they_are_believed(engine: Engine) -> None:
    found_village(engine, START)
    roads = straight_road()
    with writing(engine) as session:
        session.add(RoadNetworkRow(version=roads.version, loaded_at=START, arrays=roads.to_bytes()))
        plan = PatrolPlan(day=START.date(), state="published", wishes={}, seed=1, made_at=START)
        session.add(plan)
        session.flush()
        route = PatrolRoute(plan_id=plan.id, unit_id=1, shift_from=START, shift_until=START)
        session.add(route)
        session.flush()
        session.add(_stop(route.id, START - timedelta(days=91), None))
    assert coverage_columns(covered(engine))["last_visit_at"] == [None]
    with writing(engine) as session:
        session.add(_stop(route.id, START - timedelta(hours=30), None))
        session.add(_stop(route.id, START - timedelta(hours=1), [{"code": "too_far"}]))
    columns = coverage_columns(covered(engine))
    assert columns["unvisited_h"] == [30.0]
    assert columns["last_visit_at"] == [to_text(START - timedelta(hours=30))]
    told = {reason["code"]: reason for reason in columns["reasons"][0]}
    assert told["unvisited"] == {"code": "unvisited", "points": round(25 * 30 / 168, 1), "hours": 30.0}


def _check_ranks(columns: dict[str, Any]) -> None:
    totals = [round(sum(reason["points"] for reason in why), 1) for why in columns["reasons"]]
    assert columns["blind_points"] == totals
    ranked = sorted((rank, -total) for rank, total in zip(columns["blind_rank"], totals, strict=True) if rank)
    assert [rank for rank, _ in ranked] == list(range(1, len(ranked) + 1))
    assert [total for _, total in ranked] == sorted(total for _, total in ranked)


def test_reach_is_the_nearest_by_road_and_closed_roads_are_gone_round(settled: Engine) -> None:
    with reading(settled) as session:
        network = road_network(session)
        stations = session.execute(select(Station.lon, Station.lat)).all()
    before = covered(settled)
    doors = before.ground.roads.door
    with_road = np.flatnonzero(doors >= 0)
    from_nodes = network.snap([s.lon for s in stations], [s.lat for s in stations])
    plain = seconds_between(network, from_nodes, doors[with_road]).min(axis=0)
    assert before.stations.seconds[with_road] == pytest.approx(plain, abs=0.05)
    within = before.stations.within[with_road]
    assert (within[:, 0] <= within[:, 1]).all()
    assert (within[:, 1] <= within[:, 2]).all()
    far = with_road[int(np.argmax(plain))]
    ahead = network.target[network.indptr[doors[far]] : network.indptr[doors[far] + 1]]
    middles = [
        [float(network.lon[[doors[far], node]].mean()), float(network.lat[[doors[far], node]].mean())]
        for node in ahead
    ]
    with writing(settled) as session:
        session.add(RoadClosure(reason="塌方", places=middles, from_at=START, closed_by=1))
        session.execute(update(Unit).where(Unit.id > 1).values(state="off_duty"))
        session.execute(update(Unit).where(Unit.id == 1).values(vehicle="foot"))
    after = covered(settled)
    assert np.isinf(after.stations.seconds[far])
    assert coverage_columns(after)["station_s"][far] is None
    assert np.nanmin(after.units.seconds) < np.nanmax(after.units.seconds) * 0.9
    assert (after.units.within[:, 2] > 0).sum() < (before.units.within[:, 2] > 0).sum() / 10, (
        "one unit, on foot"
    )


def _stop(route_id: int, at: object, doubts: object) -> PatrolStop:
    times = dict.fromkeys(("arrive_at", "start_at", "leave_at", "window_from", "window_until"), START)
    return PatrolStop(
        route_id=route_id, position=1, grid_id=1, town_id=1, lon=121.4, lat=29.1, dwell_s=600.0,
        priority=1.0, checked_in_at=at, doubts=doubts, **times,
    )  # fmt: skip
