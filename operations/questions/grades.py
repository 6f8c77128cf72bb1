"""Grades: whose agreement a question needs, and why. Pure: it asks no database and decides nothing.

| code | what | an investigator's | a supervisor's |
|---|---|---|---|
| named_plate | five characters of the plate said, reaching 90 (a supervisor: 366) days back | own | own |
| further_back | reaching further back than that | supervisor | supervisor |
| very_far_back | reaching more than 366 days back | two_persons | two_persons |
| loose_pattern | fewer than five characters said | supervisor | supervisor |
| loose_and_long | three characters said, over more than 30 days | two_persons | two_persons |
| companions | what moved with the vehicle: looks at other vehicles too | supervisor | supervisor |
| area | an area, with or without a pattern | supervisor | supervisor |
| area_long | an area over more than 7 days; without five characters: 1 day | two_persons | two_persons |
| area_wide | an area of more than 10 km² | two_persons | two_persons |

`own`: answered at once. `supervisor`: one supervisor who did not ask agrees first. `two_persons`: two such.
The highest grade of all rules that hold is the question's. Narrowing a question never raises its grade.
Why these: UK ANPR staff look 90 days back, senior officers let them look a year (field-requirements, 6).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from operations.questions.question import Question, area_km2, fixed_characters

GRADES = ("own", "supervisor", "two_persons")
APPROVALS = {"own": 0, "supervisor": 1, "two_persons": 2}

OWN_DAYS = {"investigator": 90, "supervisor": 366}
FAR_DAYS = 366
OWN_FIXED = 5
LOOSEST_FIXED = 3
LOOSE_DAYS = 30
AREA_DAYS = 7
AREA_DAYS_UNNAMED = 1
AREA_KM2 = 10.0
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Extent:
    """How far and how wide a question goes. fixed: characters of the plate said; 0 without a plate."""

    kind: str
    role: str
    days_back: float
    span_days: float
    fixed: int
    km2: float

    @property
    def own_days(self) -> int:
        return OWN_DAYS.get(self.role, 0)


Numbers = dict[str, Any]


def extent(question: Question, role: str, now: datetime) -> Extent:
    """Measure a checked question asked by a person of this role at `now`."""
    return Extent(
        kind=question.kind,
        role=role,
        days_back=_days(now - question.since),
        span_days=_days(question.until - question.since),
        fixed=fixed_characters(question.plate or ""),
        km2=area_km2(question.area) if question.area is not None else 0.0,
    )


def grade_of(asked: Extent) -> tuple[str, list[dict[str, Any]]]:
    """Return the grade, and each rule that holds as {"code", "grade", and its numbers}, highest first."""
    why = [
        {"code": code, "grade": grade, **numbers}
        for code, grade, rule in RULES
        if (numbers := rule(asked)) is not None
    ]
    if not why:
        numbers = {"fixed": asked.fixed, "days_back": max(asked.days_back, 0.0), "own_days": asked.own_days}
        why = [{"code": "named_plate", "grade": "own", **numbers}]
    why.sort(key=lambda each: -GRADES.index(each["grade"]))
    return why[0]["grade"], why


def _days(time: timedelta) -> float:
    """Return days in tenths: "90 days back" stays that while the question travels."""
    return round(time.total_seconds() / DAY_S, 1)


def _further_back(asked: Extent) -> Numbers | None:
    if asked.days_back <= asked.own_days:
        return None
    return {"days_back": asked.days_back, "own_days": asked.own_days}


def _very_far_back(asked: Extent) -> Numbers | None:
    if asked.days_back <= FAR_DAYS:
        return None
    return {"days_back": asked.days_back, "far_days": FAR_DAYS}


def _loose_pattern(asked: Extent) -> Numbers | None:
    if asked.kind == "area" or asked.fixed >= OWN_FIXED:
        return None
    return {"fixed": asked.fixed, "own_fixed": OWN_FIXED}


def _loose_and_long(asked: Extent) -> Numbers | None:
    if asked.kind == "area" or asked.fixed > LOOSEST_FIXED or asked.span_days <= LOOSE_DAYS:
        return None
    return {"fixed": asked.fixed, "span_days": asked.span_days, "loose_days": LOOSE_DAYS}


def _companions(asked: Extent) -> Numbers | None:
    return {} if asked.kind == "companions" else None


def _area(asked: Extent) -> Numbers | None:
    return {"km2": round(asked.km2, 2)} if asked.kind == "area" else None


def _area_long(asked: Extent) -> Numbers | None:
    most = AREA_DAYS if asked.fixed >= OWN_FIXED else AREA_DAYS_UNNAMED
    if asked.kind != "area" or asked.span_days <= most:
        return None
    return {"span_days": asked.span_days, "area_days": most, "fixed": asked.fixed}


def _area_wide(asked: Extent) -> Numbers | None:
    if asked.kind != "area" or asked.km2 <= AREA_KM2:
        return None
    return {"km2": round(asked.km2, 2), "area_km2": AREA_KM2}


RULES: tuple[tuple[str, str, Callable[[Extent], Numbers | None]], ...] = (
    ("very_far_back", "two_persons", _very_far_back),
    ("loose_and_long", "two_persons", _loose_and_long),
    ("area_long", "two_persons", _area_long),
    ("area_wide", "two_persons", _area_wide),
    ("further_back", "supervisor", _further_back),
    ("loose_pattern", "supervisor", _loose_pattern),
    ("companions", "supervisor", _companions),
    ("area", "supervisor", _area),
)
