"""Shapes of patrol units, their assignments and their patrols."""

from typing import Annotated, Literal

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
    accepted_at: Time | None
    declined_at: Time | None
    declined_why: Annotated[str | None, Field(examples=["车辆故障"])]
    arrived_at: Time | None
    ended_at: Time | None


class Drive(Answer):
    """What a unit drives to now."""

    alert_id: Id
    eta_s: Annotated[float, Field(examples=[184.0])]
    route: LineString | None
    accepted_at: Time | None


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
    vehicle: Annotated[str, Field(examples=["car"])]
    shift_id: Id | None
    assignment: Drive | None


class UnitList(Answer):
    items: list[UnitAnswer]
    next_cursor: NextCursor = None


class UnitChanges(Question):
    """What is given changes. Shift and vehicle are for supervisors; plans made before stay as they are."""

    state: Annotated[UnitState | None, Field(examples=["off_duty"])] = None
    shift_id: Id | None = None
    vehicle: Annotated[Literal["car", "motorcycle", "foot"] | None, Field(examples=["motorcycle"])] = None
