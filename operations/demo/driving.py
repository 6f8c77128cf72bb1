"""How a demo unit moves: along a line of places, by time. It knows no database and no plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from geo.coordinates import bearing_deg, haversine_m
from geo.travel_times import Route
from operations.units import Position

JOIN_M_S = 8.0  # how fast a unit gets from where it is to the road


@dataclass(frozen=True)
class Drive:
    """A drive under way: when each place of the line is passed, in seconds after the start."""

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    passed_s: NDArray[np.float64]
    started_at: datetime

    def position(self, now: datetime) -> Position:
        """Return where the unit is and which way it heads; at the end it stays."""
        passed = float(np.clip((now - self.started_at).total_seconds(), 0.0, self.passed_s[-1]))
        i = min(int(np.searchsorted(self.passed_s, passed, side="right")), len(self.lon) - 1)
        heading = bearing_deg(self.lon[i - 1], self.lat[i - 1], self.lon[i], self.lat[i])
        lon, lat = np.interp(passed, self.passed_s, self.lon), np.interp(passed, self.passed_s, self.lat)
        return Position(round(float(lon), 6), round(float(lat), 6), round(float(heading), 1))

    @property
    def ends_at(self) -> datetime:
        """Return when the last place is reached."""
        return self.started_at + timedelta(seconds=float(self.passed_s[-1]))


def along_route(start: Position, way: Route, now: datetime) -> Drive:
    """Drive a route at road speed, from wherever the unit stands."""
    return _joined(start, np.array(way.coordinates), way.passed_s, now)


def along_line(start: Position, line: Sequence[Sequence[float]], seconds: float, now: datetime) -> Drive:
    """Drive a line within `seconds`, at one speed."""
    places = np.array(line)
    steps = haversine_m(places[:-1, 0], places[:-1, 1], places[1:, 0], places[1:, 1])
    share = np.concatenate([[0.0], np.cumsum(steps)]) / max(float(steps.sum()), 1.0)
    return _joined(start, places, share * seconds, now)


def _joined(
    start: Position, places: NDArray[np.float64], passed_s: NDArray[np.float64], now: datetime
) -> Drive:
    """Put the way to the road before the line."""
    join_s = float(haversine_m(start.lon, start.lat, places[0, 0], places[0, 1])) / JOIN_M_S
    return Drive(
        np.concatenate([[start.lon], places[:, 0]]),
        np.concatenate([[start.lat], places[:, 1]]),
        np.concatenate([[0.0], passed_s + join_s]),
        now,
    )
