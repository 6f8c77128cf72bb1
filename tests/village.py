"""A village for tests: three cameras on one straight road, two units, one case, a person per role."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from shapely import box

from geo.roads import Edges, RoadNetwork, from_edges
from operations import watchlist
from operations.audit import Actor
from operations.intake import Known, Stored, take_messages
from operations.sightings import Sighting, to_json
from operations.store import Engine, writing
from operations.stream import Message
from operations.tables import Camera, Case, CaseMember, Grid, Station, Town, Unit, User
from operations.watchlist import NewEntry

OPERATOR = Actor("operator", "operator", 1)
INVESTIGATOR = Actor("investigator", "investigator", 2)
SUPERVISOR = Actor("supervisor", "supervisor", 3)
SECOND_SUPERVISOR = Actor("supervisor-2", "supervisor", 4)
PATROL = Actor("patrol", "patrol", 5)
CASE = "2026-YH-0142"
PLATE = "浙JA1234"


def found_village(engine: Engine, now: datetime) -> None:
    """Fill an empty database: cameras C0001 to C0003 (the third without a source), units U1 (near) and U2."""
    area = box(121.2, 28.1, 121.4, 28.2).wkb
    people = (OPERATOR, INVESTIGATOR, SUPERVISOR, SECOND_SUPERVISOR, PATROL)
    with writing(engine) as session:
        session.add_all(
            User(id=who.user_id, login=who.login, name=who.login, role=who.role, password_hash="-")
            for who in people
        )
        session.add(Town(id=1, code="T01", name="城关镇", kind="town", geometry=area))
        session.flush()
        session.add(Grid(id=1, code="G0001", name="一", town_id=1, geometry=area))
        session.add(
            Station(id=1, code="S1", name="城关派出所", kind="police", lon=121.25, lat=28.15, town_id=1)
        )
        session.add(
            Case(
                id=1,
                number=CASE,
                title="盗窃案",
                legal_basis="立案决定书 2026-142",
                state="open",
                opened_by=INVESTIGATOR.user_id,
                opened_at=now,
                ends_at=now + timedelta(days=90),
            )
        )
        session.flush()
        session.add_all(CaseMember(case_id=1, user_id=who.user_id) for who in (INVESTIGATOR, SUPERVISOR))
        session.add_all(_camera(number) for number in (1, 2, 3))
        session.add_all(_unit(number, user) for number, user in ((1, PATROL.user_id), (2, None)))


def _camera(number: int) -> Camera:
    return Camera(
        id=number,
        code=f"C000{number}",
        name=f"路口 {number}",
        kind="hd",
        town_id=1,
        grid_id=1,
        lon=121.25 + number / 100,
        lat=28.15,
        heading_deg=90.0,
        view_deg=60.0,
        range_m=80.0,
        source=f"rtsp://camera-{number}" if number < 3 else None,
        enabled=True,
        state="unknown",
    )


def _unit(number: int, user_id: int | None) -> Unit:
    return Unit(
        id=number,
        code=f"U{number}",
        name=f"{number} 号车",
        kind="urban",
        station_id=1,
        town_id=1,
        user_id=user_id,
        state="available",
        lon=121.25 + number / 50,
        lat=28.15,
    )


def straight_road() -> RoadNetwork:
    """Return one two-way road along latitude 28.15, a node each 0.005 degrees from 121.25 to 121.35."""
    lon = np.linspace(121.25, 121.35, 21)
    ahead = np.arange(20)
    source, target = np.concatenate([ahead, ahead + 1]), np.concatenate([ahead + 1, ahead])
    edges = Edges(source, target, np.full(40, 2, dtype=np.int8))
    return from_edges(lon, np.full(21, 28.15), edges)


def watch_for(engine: Engine, pattern: str, now: datetime, **said: Any) -> int:
    """Put a pattern on the watchlist, approved by a second person; return the entry's id."""
    asked = NewEntry(pattern, CASE, "连环盗窃案嫌疑车辆", "red", now + timedelta(days=7), **said)
    with writing(engine) as session:
        entry = watchlist.create(session, INVESTIGATOR, asked, now)
    with writing(engine) as session:
        return watchlist.approve(session, SUPERVISOR, entry.id, now).id


def seen(now: datetime, track: int, camera: str = "C0001", **changed: Any) -> Sighting:
    """Return a sighting of PLATE at a camera, seen at `now` and received 0.2 s later."""
    made = Sighting(
        id=f"{camera}:1795420800000:{track}",
        camera=camera,
        seen_at=now,
        first_seen_at=now - timedelta(seconds=1),
        last_seen_at=now,
        received_at=now + timedelta(milliseconds=200),
        vehicle_class="car",
        confidence=0.9,
        plate=PLATE,
        plate_kind="blue",
        plate_confidence=0.97,
        plate_characters=[{"char": char, "confidence": 0.97} for char in PLATE],
        colour="white",
        direction="towards",
        lane=1,
        speed_kmh=41.5,
        snapshot="a" * 64 + ".jpg",
        box=[0.1, 0.2, 0.3, 0.4],
        model="motion",
    )
    return replace(made, **changed)


def take(engine: Engine, known: Known, now: datetime, *sightings: Sighting) -> Stored:
    """Hand sightings to intake as the worker would."""
    messages = [Message(f"{number}-0", to_json(one).encode()) for number, one in enumerate(sightings)]
    return take_messages(engine, known, messages, now)
