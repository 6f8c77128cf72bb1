"""What a patrol plan is made from and what it is, as values: units, visits, travel times, routes.

Seconds count from local midnight of the plan's day and may pass 86,400. Places are rows of the matrices.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rest:
    """A rest at the unit's own station (its `start`): begun within [from_s, until_s], lasting lasts_s."""

    from_s: float
    until_s: float
    lasts_s: float


@dataclass(frozen=True, slots=True)
class PatrolUnit:
    """A unit: leaves `start` at shift_from_s at the earliest, is back at `end` by shift_until_s.

    town: its home town. may_leave_town: visits of other towns are allowed, each at Problem.abroad_s more
    driving; False forbids them. county_wide: no town is abroad to it. profile: row of Problem.seconds.
    """

    start: int
    end: int
    shift_from_s: float
    shift_until_s: float
    town: int
    profile: int = 0
    may_leave_town: bool = True
    county_wide: bool = False
    rest: Rest | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """One wanted visit: begun within [from_s, until_s], lasting dwell_s, worth `priority` points.

    must: served before anything else, whatever its priority. revisit: visits with the same number (not -1)
    are to one place and begin at least spacing_s apart: their windows see to that, a change by hand has to.
    """

    place: int
    priority: float
    dwell_s: float
    from_s: float
    until_s: float
    town: int
    must: bool = False
    revisit: int = -1
    spacing_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Problem:
    """All that a plan is made from.

    seconds: per profile the drive [from place, to place], inf where no road leads, diagonal 0.
    abroad_s: what a visit outside the home town costs in driving. town_floor: the share [0, 1] of its own
    priority that every town gets if it can be had (0: no floor).
    """

    units: Sequence[PatrolUnit]
    visits: Sequence[Visit]
    seconds: Sequence[Floats]
    abroad_s: float = 900.0
    town_floor: float = 0.0


@dataclass(frozen=True, slots=True)
class Stop:
    """A visit in a route: `visit` is its index; work begins at start_s, not before the window opens."""

    visit: int
    arrive_s: float
    start_s: float
    leave_s: float


@dataclass(frozen=True, slots=True)
class RestTaken:
    """A rest in a route: after its first `after` stops, at the station from from_s until until_s."""

    after: int
    from_s: float
    until_s: float


@dataclass(frozen=True, slots=True)
class Route:
    """What one unit does, in order."""

    stops: tuple[Stop, ...] = ()
    rest: RestTaken | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """One route per unit, in the order of the units; `unserved` are the visits nobody makes, ascending."""

    routes: tuple[Route, ...]
    unserved: tuple[int, ...]
