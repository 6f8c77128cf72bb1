"""A wanted visit as a value: where, when, how long, worth what and why. It decides nothing."""

from dataclasses import dataclass
from typing import Any

from operations.demand.windows import Window

AGAIN = 0.8  # what each further visit of a day is worth of the one before it

Reason = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Need:
    """One wanted visit: it begins within [window_from_s, window_until_s] (seconds from local midnight).

    reasons: [{"code", "priority", numbers}]; their priorities add up to `priority`. revisit: equal for the
    visits to one place, which begin at least spacing_s apart: their windows see to that.
    """

    grid_id: int
    place_id: int | None
    town_id: int
    lon: float
    lat: float
    priority: float
    dwell_s: float
    window_from_s: float
    window_until_s: float
    must: bool
    revisit: str
    spacing_s: float
    reasons: list[Reason]


@dataclass(frozen=True, slots=True)
class Site:
    """Where the visits of one list of windows go."""

    grid_id: int
    place_id: int | None
    town_id: int
    lon: float
    lat: float
    dwell_s: float
    must: bool
    revisit: str


def need_of(site: Site, window: Window, spacing_s: float, reasons: list[Reason]) -> Need:
    """Return the need for one visit; its priority is the sum of its reasons."""
    return Need(
        grid_id=site.grid_id,
        place_id=site.place_id,
        town_id=site.town_id,
        lon=site.lon,
        lat=site.lat,
        priority=round(sum(reason["priority"] for reason in reasons), 2),
        dwell_s=site.dwell_s,
        window_from_s=window.from_s,
        window_until_s=max(window.until_s, window.from_s),
        must=site.must,
        revisit=site.revisit,
        spacing_s=spacing_s,
        reasons=reasons,
    )


def again(points: float, rank: int) -> list[Reason]:
    """Return the reason that takes points off a further visit of the day; none for the first."""
    if rank == 0:
        return []
    return [{"code": "again", "priority": -round(points * (1 - AGAIN**rank), 2), "visit": rank + 1}]
