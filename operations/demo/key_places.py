"""The key places of the demo's county: markets, schools, banks and the like in the middle of its towns,
checkpoints at its borders. Invented, the same for one county; what is called there is in public_calls.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from sqlalchemy import select

from geo.coordinates import haversine_m
from geo.roads import RoadNetwork
from geo.travel_times import NoRoadBetween, route
from operations.demand.places import NewPlace
from operations.store import Session
from operations.tables import Point, Station, Town

WORKDAYS = [1, 2, 3, 4, 5]
EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]
MUST_CHECKPOINTS = 4
SEGMENTS = 6
LONGEST_SEGMENT_M = 1_500.0


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort of key place: what it is called after its town, and what it wants."""

    name: str
    kind: str
    priority: float
    visits: int
    hours: tuple[tuple[str, str, list[int]], ...]
    spacing_s: float = 3_600.0


MARKET = Sort(
    "菜市场", "market", 24.0, 2, (("06:00", "11:00", EVERY_DAY), ("15:30", "18:30", EVERY_DAY)), 3600.0
)
SCHOOL = Sort("中心小学", "school", 28.0, 1, (("07:00", "08:10", WORKDAYS), ("15:40", "17:10", WORKDAYS)))
MIDDLE_SCHOOL = Sort(
    "初级中学", "school", 26.0, 1, (("06:50", "07:50", WORKDAYS), ("17:00", "18:20", WORKDAYS))
)
BANK = Sort("农商银行", "bank", 18.0, 2, (("09:00", "16:30", EVERY_DAY),))
HOSPITAL = Sort("人民医院", "hospital", 22.0, 2, (("08:00", "20:00", EVERY_DAY),))
COACHES = Sort("客运中心", "station", 26.0, 3, (("06:00", "20:00", EVERY_DAY),))
PIER = Sort("渔港码头", "station", 20.0, 2, (("04:30", "09:00", EVERY_DAY),))
BARS = Sort("夜市街段", "segment", 34.0, 3, (("19:30", "26:00", EVERY_DAY),), 3600.0)
CHECKPOINT = Sort(
    "卡点", "checkpoint", 30.0, 1, (("06:00", "09:30", EVERY_DAY), ("20:00", "23:30", EVERY_DAY))
)

IN_COUNTY_TOWN = (MARKET, MARKET, SCHOOL, MIDDLE_SCHOOL, BANK, BANK, BANK, HOSPITAL, COACHES)
IN_TOWN = (MARKET, SCHOOL, BANK)


def key_places(session: Session, network: RoadNetwork) -> list[NewPlace]:
    """Return about 45 key places for the towns, borders and main streets of a generated county."""
    towns = session.scalars(select(Town).order_by(Town.id)).all()
    found: list[NewPlace] = []
    for number, town in enumerate(towns):
        points = _points_of(session, town)
        sorts = IN_COUNTY_TOWN if number == 0 else IN_TOWN
        found += [
            _place(sort, _name(town, sort, sorts[:at]), point)
            for at, (sort, point) in enumerate(zip(sorts, points, strict=False))
        ]
        if number == 0:
            found += _segments(network, points[len(sorts) :])
        elif "湾" in town.name or "浦" in town.name or "屿" in town.name:
            found += [_place(PIER, f"{town.name[:-1]}{PIER.name}", point) for point in points[3:4]]
    return found + _checkpoints(session)


def _points_of(session: Session, town: Town) -> Sequence[Point]:
    """Return the crossings of a town, the nearest to its station first."""
    station = session.scalars(
        select(Station).where(Station.town_id == town.id, Station.kind == "station").order_by(Station.id)
    ).first()
    points = session.scalars(
        select(Point).where(Point.town_id == town.id, Point.kind == "crossing").order_by(Point.id)
    ).all()
    if station is None:
        return points
    return sorted(points, key=lambda p: float(haversine_m(p.lon, p.lat, station.lon, station.lat)))


def _name(town: Town, sort: Sort, before: Sequence[Sort]) -> str:
    """Return a name with the town, numbered where the town has several of the sort."""
    nth = before.count(sort) + 1
    stem = town.name.removesuffix("街道").removesuffix("镇").removesuffix("乡")
    return f"{stem}{sort.name}" if sort not in before else f"{stem}第{'一二三四五'[nth - 1]}{sort.name}"


def _place(sort: Sort, name: str, at: Point, **said: Any) -> NewPlace:
    hours = [{"from": start, "until": _clock(until), "days": days} for start, until, days in sort.hours]
    return NewPlace(
        name=name,
        kind=sort.kind,
        lon=at.lon,
        lat=at.lat,
        priority=sort.priority,
        visits=sort.visits,
        spacing_s=sort.spacing_s,
        hours=hours,
        **said,
    )


def _clock(text: str) -> str:
    """Return a time of day; hours past 24 are the next morning's."""
    hour, minute = text.split(":")
    return f"{int(hour) % 24:02d}:{minute}"


def _segments(network: RoadNetwork, points: Sequence[Point]) -> list[NewPlace]:
    """Return stretches of street between neighbouring crossings, each with its line."""
    made: list[NewPlace] = []
    for here, there in pairwise(points):
        away_m = float(haversine_m(here.lon, here.lat, there.lon, there.lat))
        if not 150.0 < away_m < LONGEST_SEGMENT_M / 1.5:
            continue
        try:
            way = route(network, *network.snap([here.lon, there.lon], [here.lat, there.lat]).tolist())
        except NoRoadBetween:
            continue
        line = [list(place) for place in way.coordinates]
        name = f"{here.name.removesuffix('路口').split('与')[0]}{BARS.name}"
        if len(line) >= 3 and name not in [place.name for place in made]:
            lon, lat = line[len(line) // 2]
            made.append(_place(BARS, name, Point(lon=lon, lat=lat), line=line))
        if len(made) == SEGMENTS:
            break
    return made


def _checkpoints(session: Session) -> list[NewPlace]:
    """Return checkpoints at the county's borders, well apart; the first ones must be visited."""
    borders = session.scalars(select(Point).where(Point.kind == "border").order_by(Point.id)).all()
    chosen = [borders[i] for i in np.linspace(0, len(borders) - 1, min(6, len(borders))).astype(int)]
    return [
        _place(
            CHECKPOINT,
            f"{point.name.removesuffix('路口')}{CHECKPOINT.name}",
            point,
            must=i < MUST_CHECKPOINTS,
        )
        for i, point in enumerate(chosen)
    ]
