"""Shapes of what teams say from the field: check-ins, positions, calls for help, answers; and their route."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from api.shapes.units import Drive, UnitAnswer
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
    Reason,
    Time,
    Trimmed,
)

ClientId = Annotated[
    str,
    Field(
        min_length=8,
        max_length=36,
        pattern=r"^[0-9A-Za-z-]+$",
        examples=["5f0c1c0e-6e1c-4c3b-9a53-0a4be0f2a111"],
        description="made by the phone, the same each time it sends this: sent twice it counts once",
    ),
]
SentAt = Annotated[Time | None, Field(description="the phone's clock when it sends this, against ours")]
AccuracyM = Annotated[float, Field(ge=0, le=1e6, examples=[12.0])]
PhotoKey = Annotated[str, Field(pattern=r"^[0-9a-f]{64}\.jpg$", examples=["a" * 64 + ".jpg"])]
CheckInKind = Annotated[Literal["arrive", "leave", "report"], Field(examples=["arrive"])]
DistressState = Annotated[Literal["open", "acknowledged", "closed"], Field(examples=["open"])]
Why = dict[str, Any]


class FieldStop(Answer):
    """One stop of a route; reasons: why it is wanted; doubts: why its check-in is not simply believed."""

    id: Id
    position: Annotated[int, Field(examples=[3])]
    grid_id: Id
    grid_code: Annotated[str, Field(examples=["G0123"])]
    place_id: Id | None
    name: Annotated[str | None, Field(examples=["城东农贸市场"], description="of a key place")]
    lon: Lon
    lat: Lat
    arrive_at: Time
    start_at: Time
    leave_at: Time
    window_from: Time
    window_until: Time
    dwell_s: Annotated[float, Field(examples=[720.0])]
    priority: Annotated[float, Field(examples=[4.2])]
    must: Annotated[bool, Field(examples=[False])]
    reasons: Annotated[list[Why], Field(examples=[[{"code": "calls", "priority": 2.1}]])]
    checked_in_at: Time | None
    left_at: Time | None
    doubts: Annotated[list[Why], Field(examples=[[{"code": "too_far", "away_m": 1840, "limit_m": 215}]])]
    note: Annotated[str | None, Field(examples=["一切正常"])]


class FieldPlan(Answer):
    """One unit's route of a published plan."""

    id: Id
    revision: Annotated[int, Field(examples=[2])]
    day: Annotated[date, Field(examples=["2026-11-23"])]
    shift_from: Time
    shift_until: Time
    rest_from: Time | None
    rest_until: Time | None
    out_at: Time | None
    stops: list[FieldStop]
    line: LineString | None


class PatrolRoute(Answer):
    unit: UnitAnswer
    plan: FieldPlan | None
    assignment: Drive | None
    server_time: Time
    may_share: Annotated[bool, Field(examples=[True], description="whether positions are taken now")]
    near_m: Annotated[float, Field(examples=[200.0], description="a check-in farther than this is marked")]


class CheckInQuestion(Question):
    client_id: ClientId
    kind: CheckInKind
    stop_id: Id | None = None
    phone_at: Annotated[Time, Field(description="when it happened, by the phone's clock")]
    sent_at: SentAt = None
    lon: Lon | None = None
    lat: Lat | None = None
    accuracy_m: AccuracyM | None = None
    note: Annotated[Trimmed, Field(min_length=1, max_length=500, examples=["一切正常"])] | None = None
    photo: PhotoKey | None = None


class CheckInAnswer(Answer):
    id: Id
    client_id: ClientId
    unit_id: Id
    kind: CheckInKind
    at: Annotated[Time, Field(description="when it happened, as we believe")]
    phone_at: Time
    received_at: Time
    clock_off_s: Annotated[float | None, Field(examples=[1.2], description="the phone's clock ahead of ours")]
    away_m: Annotated[float | None, Field(examples=[38.0], description="from the stop")]
    note: Annotated[str | None, Field(examples=["一切正常"])]
    has_photo: Annotated[bool, Field(examples=[True])]
    doubts: Annotated[list[Why], Field(examples=[[{"code": "no_position"}]])]
    stop: FieldStop | None


class CheckInList(Answer):
    items: list[CheckInAnswer]
    next_cursor: NextCursor = None


class PhotoAnswer(Answer):
    photo: PhotoKey


class PassedPlace(Question):
    """A place, and when the phone was there by its clock; without: now."""

    at: Time | None = None
    lon: Lon
    lat: Lat
    accuracy_m: AccuracyM | None = None
    heading_deg: HeadingDeg = 0.0


class PositionsQuestion(Question):
    positions: Annotated[list[PassedPlace], Field(min_length=1, max_length=500)]
    sent_at: SentAt = None


class DistressQuestion(Question):
    client_id: ClientId
    at: Annotated[Time, Field(description="when the button was held, by the phone's clock")]
    sent_at: SentAt = None
    lon: Lon | None = None
    lat: Lat | None = None
    accuracy_m: AccuracyM | None = None
    positioned_at: Annotated[Time | None, Field(description="when the place was had, if not then")] = None


class DistressUnit(Answer):
    id: Id
    code: Code
    name: Annotated[str, Field(examples=["城关 3 号巡逻车"])]


class DistressAnswer(Answer):
    id: Id
    unit: DistressUnit
    state: DistressState
    at: Time
    received_at: Time
    lon: Lon
    lat: Lat
    accuracy_m: AccuracyM | None
    positioned_at: Annotated[Time | None, Field(description="of the place; none: it was had at `at`")]
    acknowledged_at: Time | None
    acknowledged_by: Annotated[str | None, Field(examples=["operator"])]
    closed_at: Time | None
    closed_by: Annotated[str | None, Field(examples=["operator"])]
    outcome: Annotated[str | None, Field(examples=["增援到场，人员无恙"])]


class DistressList(Answer):
    items: list[DistressAnswer]
    next_cursor: NextCursor = None


class CloseDistressQuestion(Question):
    outcome: Reason


class DeclineQuestion(Question):
    reason: Reason
