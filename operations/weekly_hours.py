"""Weekly hours: at which hours of which days, in site time, something counts. A night is its evening's."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from operations.facts import BadInput

EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """From a minute of the day (inclusive) until another (exclusive), on days of the week (1 Monday).

    until at or before from: over midnight; those hours belong to the day on which they begin.
    """

    from_minute: int
    until_minute: int
    days: frozenset[int]

    def hold(self, local: datetime) -> bool:
        """Return whether a time of the site's clocks lies within."""
        minute, day = local.hour * 60 + local.minute, local.isoweekday()
        if self.from_minute < self.until_minute:
            return day in self.days and self.from_minute <= minute < self.until_minute
        if minute >= self.from_minute:
            return day in self.days
        return minute < self.until_minute and (day - 2) % 7 + 1 in self.days


def weekly_hours(said: Mapping[str, Any], field: str = "hours") -> WeeklyHours:
    """Read {"from": "22:00", "until": "05:00", "days": [1..7]}; without days, every day. Raises BadInput."""
    if set(said) - {"from", "until", "days"}:
        raise BadInput(field, "takes from, until and days only")
    days = said.get("days", EVERY_DAY)
    if not days or not all(isinstance(day, int) and 1 <= day <= 7 for day in days):
        raise BadInput(field, "days must be numbers from 1 (Monday) to 7 (Sunday), one at least")
    return WeeklyHours(_minute(said.get("from"), field), _minute(said.get("until"), field), frozenset(days))


def _minute(text: object, field: str) -> int:
    found = _CLOCK.fullmatch(text) if isinstance(text, str) else None
    if not found:
        raise BadInput(field, "from and until must be times of day such as 22:00")
    return int(found[1]) * 60 + int(found[2])
