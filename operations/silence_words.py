"""What is said of a silent camera: the sentence, and the same as code and numbers for other languages."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, Literal

from operations.camera_states import Report
from operations.usual import Usual

CODES: dict[Literal["seen", "read"], str] = {"seen": "silent", "read": "silent_plates"}
WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")
DAYS = {"workday": "workdays", "day_off": "days off"}


@dataclass(frozen=True, slots=True)
class Lack:
    """What a camera counted against what it should have; vehicles: seen in the same time."""

    what: Literal["seen", "read"]
    count: int
    usual: Usual
    length_h: float
    vehicles: int


def said(lack: Lack, now: datetime, zone: tzinfo) -> Report:
    """Return the report that the camera is silent, with its reason."""
    until = now.astimezone(zone)
    since = until - timedelta(hours=lack.length_h)
    days = DAYS.get(lack.usual.days) or WEEKDAYS[since.weekday()]
    usually = f"usually about {lack.usual.mean:.0f} on {days} {since:%H:%M}-{until:%H:%M}"
    span = _span(lack.length_h)
    if lack.what == "seen":
        vehicles = "1 vehicle" if lack.count == 1 else f"{lack.count} vehicles"
        reason = (
            f"{vehicles} in the last {span}; {usually}: check the picture, the lens, and the plate reading."
        )
    else:
        plates = "1 plate" if lack.count == 1 else f"{lack.count} plates"
        reason = (
            f"{plates} read from {lack.vehicles} vehicles in the last {span}; {usually}: "
            "check focus, lamp and the plate reading."
        )
    why: dict[str, Any] = {
        "code": CODES[lack.what],
        "seen": lack.vehicles if lack.what == "read" else lack.count,
        "usual": round(lack.usual.mean),
        "minutes": round(60 * lack.length_h),
        "days": lack.usual.days,
        "weekday": since.isoweekday(),
        "from": f"{since:%H:%M}",
        "to": f"{until:%H:%M}",
    }
    return Report("silent", reason, why=why | ({"read": lack.count} if lack.what == "read" else {}))


def _span(length_h: float) -> str:
    if length_h < 1:
        return f"{60 * length_h:.0f} minutes"
    return "hour" if length_h == 1 else f"{length_h:.0f} hours"
