"""Usual traffic: what a camera's own past says it should have seen by now, and how odd it is to see less.

Pure: counts in, judgements out; no database, no clock.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from math import exp, lgamma, log
from statistics import median

WEEKS = 8
LEAST_WEEKS = 3
DAYS = 21
LEAST_DAYS = 4
LEAST_SPREAD = 0.25
"""Of the mean: traffic varies by this much from week to week even where the few weeks seen say less."""
TOO_ODD = 1e-5
"""A thousand cameras, judged by independent hours, raise one false alarm in four days."""
TOO_FEW = 0.3
ENOUGH_AGAIN = 0.5

Hour = datetime
Counts = Callable[[Hour], int]
"""What was counted in an hour (UTC), 0 where nothing was."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time that ends now: hours (UTC), and the share of each that lies within it."""

    length_h: float
    parts: tuple[tuple[Hour, float], ...]


@dataclass(frozen=True, slots=True)
class Usual:
    """What a window usually holds: mean, its standard deviation beyond chance, and which days say so."""

    mean: float
    spread: float
    days: str  # week (the same hours of the week) | workday | day_off

    def times(self, share: float) -> "Usual":
        """Return what to expect when all the county drives only `share` of the usual."""
        return Usual(self.mean * share, self.spread * share, self.days)


def windows(now: datetime) -> list[Window]:
    """Return the windows that are judged, the shortest first."""
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    into = (now - hour) / timedelta(hours=1)
    whole = [[(hour - timedelta(hours=k), 1.0) for k in range(back, 0, -1)] for back in (2, 5, 11)]
    return [
        _sliding(hour, into, 0.25),
        _sliding(hour, into, 1.0),
        *(Window(into + len(hours), (*hours, (hour, into))) for hours in whole),
    ]


def _sliding(hour: Hour, into: float, length_h: float) -> Window:
    here = min(into, length_h)
    return Window(length_h, ((hour - timedelta(hours=1), length_h - here), (hour, here)))


def same_time(hour: Hour, days_ago: int, zone: tzinfo) -> Hour:
    """Return the hour that had the same local time some days ago."""
    return (hour.astimezone(zone) - timedelta(days=days_ago)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days ago say what is usual now: whole weeks, and days that are workdays, or not, like today."""

    zone: tzinfo
    weeks: tuple[int, ...]
    days: tuple[int, ...]
    day_kind: str


def calendar(now: datetime, zone: tzinfo, before: datetime) -> Calendar:
    """Return the calendar of `now` without anything from `before` on: a blind time teaches nothing."""
    today, blind = now.astimezone(zone), max(timedelta(0), now - before)
    week, day = blind // timedelta(weeks=1) + 1, blind // timedelta(days=1) + 1
    alike = (ago for ago in range(day, day + DAYS) if _is_off(today - timedelta(days=ago)) == _is_off(today))
    weeks = tuple(7 * ago for ago in range(week, week + WEEKS))
    return Calendar(zone, weeks, tuple(alike), "day_off" if _is_off(today) else "workday")


def _is_off(day: datetime) -> bool:
    return day.weekday() >= 5


def usual_of(window: Window, counts: Counts, first: Hour, days: Calendar) -> Usual | None:
    """Return what a window usually holds of a camera that watches since `first`; None: not known yet."""
    return _usual(_totals(window, counts, first, days.weeks, days.zone), LEAST_WEEKS, "week") or _usual(
        _totals(window, counts, first, days.days, days.zone), LEAST_DAYS, days.day_kind
    )


def _totals(
    window: Window, counts: Counts, first: Hour, days_ago: Iterable[int], zone: tzinfo
) -> list[float]:
    """Return what the window held on each of the days that the camera already watched."""
    found = []
    for days in days_ago:
        parts = [(same_time(hour, days, zone), share) for hour, share in window.parts]
        if parts[0][0] >= first:
            found.append(sum(share * counts(hour) for hour, share in parts))
    return found


def _usual(held: Sequence[float], least: int, days: str) -> Usual | None:
    """Return what is usual by the totals of earlier weeks or days; None when they are too few to say.

    A total of 0 is a camera that was not watched, as long as enough others are left; the median shrugs off
    holidays and single bad days.
    """
    alive = [total for total in held if total > 0]
    held = alive if len(alive) >= least else held
    if len(held) < least:
        return None
    mean = float(median(held))
    deviation = 1.4826 * float(median(abs(total - mean) for total in held))
    return Usual(mean, max(deviation, LEAST_SPREAD * mean), days)


def oddity(seen: int, expected: Usual) -> float:
    """Return how probable it is to see so few or fewer: a negative binomial's lower tail."""
    if expected.mean <= 0 or seen >= expected.mean:
        return 1.0
    size = (expected.mean / expected.spread) ** 2
    share = log(expected.mean / (size + expected.mean))
    start = size * log(size / (size + expected.mean))
    return min(
        1.0,
        sum(
            exp(start + k * share + lgamma(k + size) - lgamma(k + 1) - lgamma(size)) for k in range(seen + 1)
        ),
    )


def can_judge(expected: Usual) -> bool:
    """Return whether seeing nothing at all would be too odd to be chance."""
    return oddity(0, expected) < TOO_ODD


def far_too_few(seen: int, expected: Usual) -> bool:
    """Return whether so few vehicles cannot be a quiet hour."""
    return seen < TOO_FEW * expected.mean and oddity(seen, expected) < TOO_ODD


def county_share(ratios: Sequence[float]) -> float:
    """Return what share of its usual traffic the county has now, by its cameras' own ratios; 1 if unsure.

    Never under a tenth: no holiday empties all roads, so that would be we who are blind.
    """
    return min(1.0, max(0.1, float(median(ratios)))) if len(ratios) >= 5 else 1.0
