"""Companions, neighbours, where next and interceptions from the database, on both."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest
from sqlalchemy import insert

from operations.dispatch import interceptions
from operations.reads.errors import PRIOR
from operations.store import Engine, ensure_partitions, reading, writing
from operations.tables import RoadNetworkRow, SightingRow, Unit
from operations.tracks.companions import companions, companions_json
from operations.tracks.learning import catch_up
from operations.tracks.neighbours import foreign_reads
from operations.tracks.readings import Reading, exact_readings
from operations.tracks.travel import travel_times
from operations.tracks.where_next import where_next
from tests.conftest import START
from tests.village import PLATE, found_village, straight_road

MATE, MATE_MISREAD, COMMUTER = "浙C8K552", "浙CBK552", "浙K77001"
DRIVE_S = 120.0
SINCE = START - timedelta(days=20)


@pytest.fixture
def county(engine: Engine) -> Engine:
    found_village(engine, START)
    network = straight_road()
    with writing(engine) as session:
        ensure_partitions(session, SINCE.date(), START.date())
        session.add(RoadNetworkRow(version=network.version, loaded_at=START, arrays=network.to_bytes()))
    return engine


def _drive(plate: str, at: datetime, misread_at: int = 0, as_text: str = "") -> list[dict[str, Any]]:
    return [
        _seen(
            as_text if camera == misread_at else plate, at + timedelta(seconds=DRIVE_S * (camera - 1)), camera
        )
        for camera in (1, 2, 3)
    ]


def _seen(plate: str, at: datetime, camera: int) -> dict[str, Any]:
    times = dict.fromkeys(("seen_at", "first_seen_at", "last_seen_at", "received_at"), at)
    said = {"id": f"{camera}:{plate}:{at.timestamp()}", "camera_id": camera, "plate": plate}
    return {**times, **said, "vehicle_class": "car", "colour": "white", "confidence": 0.9, "simulated": False}


def _store(engine: Engine, rows: list[dict[str, Any]]) -> None:
    with writing(engine) as session:
        session.execute(insert(SightingRow), rows)


def _month() -> list[dict[str, Any]]:
    """The case's vehicle drives daily at odd times, five times with its mate; one commutes daily."""
    rng = np.random.default_rng(2)
    rows: list[dict[str, Any]] = []
    for day in range(18):
        at = SINCE + timedelta(days=day, hours=float(rng.uniform(6, 20)))
        rows += _drive(PLATE, at)
        if day % 4 == 1:
            rows += _drive(MATE, at + timedelta(seconds=25), 2 if day == 5 else 0, MATE_MISREAD)
        for _ in range(4):  # strangers near it
            rows += _drive(f"浙Z{len(rows):05d}", at + timedelta(seconds=float(rng.uniform(-150, 150))))
        eight = SINCE + timedelta(days=day, hours=8)
        rows += _drive(COMMUTER, eight + timedelta(seconds=float(rng.normal(0, 120))))
        if day % 2:
            rows += _drive(PLATE, eight + timedelta(seconds=float(rng.normal(0, 120))))
    return rows


def _readings(engine: Engine, plate: str) -> list[Reading]:
    with reading(engine) as session:
        return exact_readings(session, plate, SINCE, START)


def test_the_companion_is_found_with_its_misread_and_the_commuter_is_not(county: Engine) -> None:
    _store(county, _month())
    with reading(county) as session:
        found = companions(session, _readings(county, PLATE), travel_times(session), PRIOR, PLATE)
    assert [one.plate for one in found] == [MATE]
    assert (found[0].encounters, found[0].points, found[0].reads) == (5, 3, (MATE_MISREAD,))
    assert found[0].lag_s == pytest.approx(25, abs=0.1)
    assert found[0].significance < 0.02 < 1 > found[0].expected
    told = companions_json(found)[0]["encounters_list"]
    assert len(told) == 15
    assert {each["with_sighting"].split(":")[1] for each in told} == {MATE, MATE_MISREAD}


def test_quarantined_readings_ask_about_nobody(county: Engine) -> None:
    _store(county, _drive(PLATE, SINCE))
    with reading(county) as session:
        assert companions(session, [], travel_times(session), PRIOR, PLATE) == []


def test_misreads_of_neighbours_are_counted(county: Engine) -> None:
    like = PLATE[:-1] + "A"  # read as 4 now and then
    _store(county, [row for hour in range(40) for row in _drive(like, SINCE + timedelta(hours=hour))])
    with reading(county) as session:
        expected = foreign_reads(session, PLATE, SINCE, START, PRIOR)
        assert expected == pytest.approx(120 * PRIOR.probability(PLATE, like), rel=1e-6)
        assert foreign_reads(session, PLATE, START, START + timedelta(days=1), PRIOR) == 0.0


def test_where_next_and_who_can_be_there_first(county: Engine) -> None:
    rows = [
        row
        for day in range(10)
        for n in range(6)
        for row in _drive(f"浙Q{day}{n}000", SINCE + timedelta(days=day, hours=8 + n))
    ]
    here = START - timedelta(minutes=4)
    _store(county, [*rows, _seen(PLATE, here - timedelta(seconds=DRIVE_S), 1), _seen(PLATE, here, 2)])
    assert catch_up(county, START - timedelta(hours=12)) is not None
    own = _readings(county, PLATE)
    with reading(county) as session:
        points = where_next(session, own[-1], here + timedelta(seconds=30), own)
        assert [point.site for point in points] == [-3]
        assert points[0].probability > 0.5
        assert abs((points[0].likely - here).total_seconds() - DRIVE_S) < 15
        assert where_next(session, own[-1], here + timedelta(hours=3), own) == []
        network = travel_times(session).sites.network
        session.get_one(Unit, 2).lon = points[0].lon
        sent = interceptions(session, network, points, here + timedelta(seconds=30))
        assert [(one.unit.code, one.point.site) for one in sent] == [("U2", -3)]
        assert sent[0].spare_s > 60
        assert sent[0].worth == pytest.approx(points[0].probability * sent[0].spare_s)
        assert interceptions(session, network, points, points[0].likely + timedelta(seconds=1)) == []
