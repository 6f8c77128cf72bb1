"""When visits of a day may begin: spans of hours, cut into windows that keep the visits to a place apart.

Pure. Seconds count from local midnight of the day; a night is its evening's, so a day goes on to 28:00.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from operations.weekly_hours import weekly_hours

HOUR_S = 3600.0
DAY_UNTIL_S = 28 * HOUR_S
STEP_S = 300.0
CALL_HOURS_FROM = 4  # calls of the first four hours are the evening's before: its night teams are still out


@dataclass(frozen=True, slots=True)
class Window:
    """A visit begins within [from_s, until_s]."""

    from_s: float
    until_s: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many visits a span wants, how long each lasts, and how far apart they begin at least."""

    visits: int
    dwell_s: float
    spacing_s: float


def spans_of(hours: Sequence[Mapping[str, Any]] | None, day: date) -> list[Window]:
    """Return the hours that begin on a day; None: all day. A span over midnight ends by 28:00."""
    if hours is None:
        return [Window(0.0, 24 * HOUR_S)]
    spans = []
    for said in hours:
        week = weekly_hours(said)
        if day.isoweekday() in week.days:
            until = week.until_minute + (1440 if week.until_minute <= week.from_minute else 0)
            spans.append(Window(week.from_minute * 60.0, min(until * 60.0, DAY_UNTIL_S)))
    return spans


def cut(span: Window, wanted: Wanted) -> list[Window]:
    """Return a window for each visit: equal parts, each but the last shortened by the spacing.

    Visits end within the span where it is long enough for that. Fewer come back where the span cannot hold
    them that far apart.
    """
    last_s = max(span.until_s - wanted.dwell_s, span.from_s)
    fitting = int((last_s - span.from_s) // wanted.spacing_s) + 1 if wanted.spacing_s > 0 else wanted.visits
    visits = max(1, min(wanted.visits, fitting))
    edges = np.linspace(span.from_s, last_s + wanted.spacing_s, visits + 1)
    return [Window(start, max(end - wanted.spacing_s, start)) for start, end in pairwise(edges.tolist())]


def apart(windows: Sequence[tuple[Window, int]], spacing_s: float) -> list[tuple[Window, int]]:
    """Return windows (each with its number) in order of time, shortened so that any choice keeps the spacing.

    One that would have to open after it closes is left out.
    """
    kept: list[tuple[Window, int]] = []
    for window, number in sorted(windows, key=lambda pair: pair[0].from_s):
        if kept:
            before, its = kept[-1]
            until_s = min(before.until_s, max(window.from_s - spacing_s, before.from_s))
            from_s = max(window.from_s, until_s + spacing_s)
            if from_s > window.until_s:
                continue
            kept[-1], window = (Window(before.from_s, until_s), its), Window(from_s, window.until_s)
        kept.append((window, number))
    return kept


def busiest(hourly: NDArray[np.float64], share: float) -> tuple[int, int]:
    """Return the shortest run of hours [first, after the last) that holds this share of the calls."""
    held = np.concatenate([[0.0], np.cumsum(hourly)])
    enough = share * held[-1] - 1e-12
    for length in range(1, len(hourly) + 1):
        sums = held[length:] - held[:-length]
        best = int(np.argmax(sums))
        if sums[best] >= enough:
            return best, best + length
    return 0, len(hourly)


def equal_parts(hourly: NDArray[np.float64], first: int, last: int, parts: int) -> list[float]:
    """Return parts + 1 edges, in hours, that cut [first, last) into parts with equally many calls."""
    held = np.concatenate([[0.0], np.cumsum(hourly[first:last])])
    if held[-1] <= 0:
        return [float(edge) for edge in np.linspace(first, last, parts + 1)]
    return [
        float(e) for e in np.interp(np.linspace(0, held[-1], parts + 1), held, np.arange(first, last + 1))
    ]
