"""Shapes of alerts, their history and their dispatch."""

from typing import Annotated, Any

from pydantic import Field

from api.shapes.sightings import SightingAnswer
from api.shapes.tracks import NextAnswer
from api.shapes.units import AssignmentAnswer, UnitAnswer
from api.shapes.vocabulary import (
    AlertState,
    Answer,
    Id,
    Lat,
    LineString,
    Lon,
    Match,
    NamedPlace,
    NextCursor,
    Plate,
    Question,
    Reason,
    Severity,
    SlipAnswer,
    Time,
    Trimmed,
    Verdict,
)


class AlertAnswer(Answer):
    id: Id
    kind: Annotated[str, Field(examples=["watchlist"])]
    severity: Annotated[Severity, Field(examples=["red"])]
    state: Annotated[AlertState, Field(examples=["new"])]
    plate: Plate
    match: Annotated[Match, Field(examples=["fuzzy"], description="fuzzy: `plate` is what was read")]
    match_probability: Annotated[
        float | None,
        Field(ge=0, le=1, examples=[0.87], description="that it is the watched vehicle; fuzzy only"),
    ]
    believed_plate: Annotated[
        str | None,
        Field(examples=["浙JB2345"], description="the watched plate it is believed to be; fuzzy only"),
    ]
    match_why: list[SlipAnswer]
    verdict: Annotated[Verdict | None, Field(examples=["confirmed"])]
    verdict_by: Annotated[str | None, Field(examples=["operator"])]
    verdict_at: Time | None
    true_plate: Annotated[str | None, Field(examples=["浙JB2345"])]
    case_number: Annotated[str, Field(examples=["2026-YH-0142"])]
    reason: Annotated[str, Field(examples=["连环盗窃案嫌疑车辆"])]
    camera: NamedPlace
    lon: Lon
    lat: Lat
    grid_code: Annotated[str | None, Field(examples=["G0123"])]
    town: Annotated[str | None, Field(examples=["城关镇"])]
    raised_at: Time
    last_seen_at: Time
    times_seen: Annotated[int, Field(examples=[3])]
    acknowledged_at: Time | None
    acknowledged_by: Annotated[str | None, Field(examples=["operator"])]
    dispatched_at: Time | None
    on_scene_at: Time | None
    closed_at: Time | None
    outcome: Annotated[str | None, Field(examples=["车辆已拦下"])]
    escalation_level: Annotated[int, Field(examples=[0])]
    simulated: Annotated[bool, Field(examples=[False])]
    unit: NamedPlace | None


class AlertList(Answer):
    items: list[AlertAnswer]
    next_cursor: NextCursor = None


class HistoryItem(Answer):
    at: Time
    actor: Annotated[str, Field(examples=["operator"])]
    action: Annotated[str, Field(examples=["alert.acknowledged"])]
    details: Annotated[dict[str, Any], Field(examples=[{}])]


class AlertDetail(AlertAnswer):
    sightings: list[SightingAnswer]
    history: list[HistoryItem]
    assignment: AssignmentAnswer | None


class NearestUnit(Answer):
    unit: UnitAnswer
    eta_s: Annotated[float, Field(examples=[184.0])]
    distance_m: Annotated[float, Field(examples=[2140.0])]
    route: LineString


class NearestUnits(Answer):
    items: list[NearestUnit]


class NextPlaces(Answer):
    """Likeliest first; empty where too much time has passed since the vehicle was seen."""

    items: list[NextAnswer]


class DispatchQuestion(Question):
    """Without a unit the nearest available one is sent."""

    unit_id: Id | None = None


class ResolveQuestion(Question):
    outcome: Annotated[Trimmed, Field(min_length=2, max_length=500, examples=["车辆已拦下，移交刑侦大队"])]


class FalseAlarmQuestion(Question):
    reason: Reason


TruePlate = Annotated[Trimmed | None, Field(min_length=5, max_length=16, examples=["浙JB2345"])]
SightingSeen = Annotated[
    str | None,
    Field(max_length=80, examples=["C0001:1795406400000:12"], description="whose pictures were seen"),
]


class ConfirmQuestion(Question):
    """It is the watched vehicle. true_plate: without, the plate that the alert stands for."""

    true_plate: TruePlate = None
    sighting: SightingSeen = None


class RejectQuestion(Question):
    """It is another vehicle. true_plate: what the pictures show; left out, nobody can tell."""

    reason: Reason
    true_plate: TruePlate = None
    sighting: SightingSeen = None
