"""Days at the site: which day it is there, and when a day begins. Shifts of a day may end on the next."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def local_midnight(day: date, timezone: str) -> datetime:
    """Return when a local day begins, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)


def site_day(now: datetime, timezone: str) -> date:
    """Return the local day."""
    return now.astimezone(ZoneInfo(timezone)).date()


def month_span(month: str, timezone: str) -> tuple[datetime, datetime]:
    """Return when a month ("2026-11") begins and ends at the site, in UTC. Raises ValueError."""
    first = date.fromisoformat(f"{month}-01")
    following = (first + timedelta(days=32)).replace(day=1)
    return local_midnight(first, timezone), local_midnight(following, timezone)
