"""Rates: what a camera reached since a few reports ago: pictures a second, and how many were given up."""

from collections import deque
from typing import Protocol

from ingest.health_vocabulary import Health

OVER_S = 10.0
LEAST_S = 3.0
OVERLOADED_UNDER = 0.8
"""Of the pictures wanted; and only where pictures were given up: a camera may also send few."""
OVERLOADED_DROPS = 0.1
LEAST_AUDITS = 20


class Counted(Protocol):
    """What a camera's thread counts."""

    given: int
    dropped: int


class Rates:
    """The rates of one camera. The worker's loop tells it the counts every second or so."""

    def __init__(self) -> None:
        self._taken: deque[tuple[float, int, int]] = deque()

    def take(self, counted: Counted, now_s: float) -> None:
        """Note the counts at a time of any steady clock."""
        self._taken.append((now_s, counted.given, counted.dropped))
        while self._taken[-1][0] - self._taken[0][0] > OVER_S and len(self._taken) > 2:
            self._taken.popleft()

    @property
    def fps(self) -> float:
        """Pictures looked at a second; 0 until a few seconds are known."""
        (before_s, given, _), (now_s, given_now, _) = self._taken[0], self._taken[-1]
        return (given_now - given) / (now_s - before_s) if now_s - before_s >= LEAST_S else 0.0

    @property
    def dropped_share(self) -> float | None:
        """Share of the pictures that were due and given up because the worker came too late."""
        (_, given, dropped), (_, given_now, dropped_now) = self._taken[0], self._taken[-1]
        due = given_now - given + dropped_now - dropped
        return (dropped_now - dropped) / due if due > 0 else None

    def overload(self, wanted_fps: float) -> Health | None:
        """Return what to say of a camera that is well but not looked at often enough, for want of power."""
        fps, dropped = self.fps, self.dropped_share
        if not 0 < fps < OVERLOADED_UNDER * wanted_fps or not dropped or dropped < OVERLOADED_DROPS:
            return None
        reason = f"Looks at {fps:.1f} of {wanted_fps:g} pictures a second: the worker is overloaded."
        return Health(
            "online", reason, {"code": "overloaded", "fps": round(fps, 1), "fps_wanted": wanted_fps}
        )


def miss_rate(audited: int, missed: int) -> float | None:
    """Return the share of audited pictures in which the motion gate had missed a vehicle; None: too few."""
    return missed / audited if audited >= LEAST_AUDITS else None
