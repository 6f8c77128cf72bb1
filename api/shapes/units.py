"""Shapes of patrol units, their assignments and their patrols."""

from datetime import date
from typing import Annotated

from pydantic import Field

from api.shapes.vocabulary import (
    Answer,
    Code,
    HeadingDeg,
    Id,
    Lat,
    LineString,
    Lon,
    NextCursor,
    Question,
    Time,
    Trimmed,
    UnitState,
)


class AssignmentAnswer(Answer):
    id: Id
    alert_id: Id
    unit_id: Id
    assigned_at: Time
    eta_s: Annotated[float, Field(examples=[184.0], description="driving time when it was assigned")]
    distance_m: Annotated[float, Field(examples=[2140.0])]
    route: LineString | None
    arrived_at: Time | None
    ended_at: Time | None


class Drive(Answer):
    """What a unit drives to now."""

    alert_id: Id
    eta_s: Annotated[float, Field(examples=[184.0])]
    route: LineString | None


class UnitAnswer(Answer):
    id: Id
    code: Code
    name: Annotated[str, Field(examples=["城关 3 号巡逻车"])]
    kind: Annotated[str, Field(examples=["urban"])]
    state: Annotated[UnitState, Field(examples=["available"])]
    lon: Lon
    lat: Lat
    heading_deg: HeadingDeg
    position_at: Time | None
    station_id: Id
    town_id: Id
    assignment: Drive | None


class UnitList(Answer):
    items: list[UnitAnswer]
    next_cursor: NextCursor = None


class UnitChanges(Question):
    state: Annotated[UnitState, Field(examples=["off_duty"])]


class PositionQuestion(Question):
    lon: Lon
    lat: Lat
    heading_deg: HeadingDeg = 0.0


class StopAnswer(Answer):
    id: Id
    position: Annotated[int, Field(examples=[3])]
    grid_code: Annotated[str, Field(examples=["G0123"])]
    lon: Lon
    lat: Lat
    arrive_at: Time
    leave_at: Time
    checked_in_at: Time | None
    note: Annotated[str | None, Field(examples=["一切正常"])]


class PlanAnswer(Answer):
    day: Annotated[date, Field(examples=["2026-11-23"])]
    stops: list[StopAnswer]
    line: LineString | None


class PatrolRoute(Answer):
    unit: UnitAnswer
    plan: PlanAnswer | None
    assignment: Drive | None


class CheckInQuestion(Question):
    note: Annotated[Trimmed, Field(min_length=1, max_length=500, examples=["一切正常"])] | None = None


class PlansQuestion(Question):
    """Without a day, today at the site; the same day and seed give the same plans."""

    day: Annotated[date | None, Field(examples=["2026-11-23"])] = None
    seed: Annotated[int | None, Field(ge=0, le=2**31 - 1, examples=[7])] = None


class PlansMade(Answer):
    day: Annotated[date, Field(examples=["2026-11-23"])]
    plans: Annotated[int, Field(examples=[24])]
    stops: Annotated[int, Field(examples=[412])]
