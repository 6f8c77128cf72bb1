"""Weeks of traffic for tests: what cameras counted in every hour before now, rush hours and all."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from operations.camera_hours import hour_of
from operations.store import Engine, writing
from operations.tables import CameraHour

ZONE = ZoneInfo("Asia/Shanghai")
Rate = Callable[[datetime], float]


def by_the_hour(local: datetime) -> float:
    """Vehicles an hour: few at night, 140 in the rush, half as many at weekends."""
    rush = np.exp(-((local.hour - 8) ** 2) / 8) + np.exp(-((local.hour - 17) ** 2) / 8)
    return float((4 + 136 * rush) * (0.5 if local.weekday() >= 5 else 1.0))


def fill_past(
    engine: Engine, cameras: range | list[int], now: datetime, weeks: float, rate: Rate = by_the_hour
) -> None:
    """Write hourly counts up to the hour of `now`, varying by chance and by a fifth from day to day."""
    rng = np.random.default_rng(3)
    with writing(engine) as session:
        for camera_id in cameras:
            for back in range(1, int(weeks * 168) + 1):
                hour = hour_of(now) - timedelta(hours=back)
                seen = int(rng.poisson(rate(hour.astimezone(ZONE)) * rng.uniform(0.8, 1.2)))
                if seen:
                    row = CameraHour(camera_id=camera_id, hour=hour.astimezone(UTC), seen=seen, read=seen)
                    session.add(row)
