"""Shapes of cases and vehicle queries."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from api.shapes.sightings import SightingAnswer
from api.shapes.vocabulary import (
    Answer,
    CaseNumber,
    Id,
    LineString,
    NextCursor,
    PointGeometry,
    Question,
    Reason,
    Time,
    Trimmed,
)

Pattern = Annotated[Trimmed, Field(min_length=3, max_length=16, examples=["浙JA12345"])]
FutureTime = Annotated[AwareDatetime, Field(examples=["2026-12-23T16:00:00Z"])]


class CaseAnswer(Answer):
    id: Id
    number: CaseNumber
    title: Annotated[str, Field(examples=["城关镇连环盗窃案"])]
    legal_basis: Annotated[str, Field(examples=["立案决定书 永公（刑）立字〔2026〕142 号"])]
    state: Annotated[Literal["open", "closed"], Field(examples=["open"])]
    opened_by: Annotated[str, Field(examples=["investigator"])]
    opened_at: Time
    ends_at: Time
    members: Annotated[list[str], Field(examples=[["investigator", "supervisor"]])]


class CaseList(Answer):
    items: list[CaseAnswer]
    next_cursor: NextCursor = None


class NewCaseQuestion(Question):
    number: Annotated[Trimmed, Field(min_length=3, max_length=64, examples=["2026-YH-0142"])]
    title: Annotated[Trimmed, Field(min_length=2, max_length=200, examples=["城关镇连环盗窃案"])]
    legal_basis: Annotated[
        Trimmed, Field(min_length=2, max_length=500, examples=["立案决定书 永公（刑）立字〔2026〕142 号"])
    ]
    ends_at: FutureTime


class MemberQuestion(Question):
    """Name the user by id or by login."""

    user_id: Id | None = None
    login: Annotated[str | None, Field(max_length=64, examples=["investigator2"])] = None


class ReasonQuestion(Question):
    reason: Reason


class VehicleQuestion(Question):
    """Where was this vehicle? `?` stands for one character, `*` for any number; three must be fixed."""

    case_number: CaseNumber
    reason: Reason
    plate: Pattern
    since: Annotated[AwareDatetime, Field(alias="from", examples=["2026-11-16T00:00:00+08:00"])]
    until: Annotated[AwareDatetime, Field(alias="to", examples=["2026-11-23T12:00:00+08:00"])]


class PathProperties(Answer):
    """A leg (between two sightings) or a stop (one sighting) of a vehicle's path."""

    kind: Annotated[Literal["leg", "gap", "stop"], Field(examples=["leg"])]
    plate: Annotated[str, Field(examples=["浙JA12345"])]
    seconds: Annotated[float | None, Field(examples=[312.0], description="between the two sightings")] = None
    road_seconds: Annotated[
        float | None, Field(examples=[255.0], description="driving time at free flow")
    ] = None
    distance_m: Annotated[float | None, Field(examples=[4210.0])] = None
    implausible: Annotated[
        bool, Field(examples=[False], description="faster than any road allows: drawn straight, not by road")
    ] = False
    from_sighting: Annotated[str | None, Field(examples=["C0001:1795406400000:12"])] = None
    to_sighting: Annotated[str | None, Field(examples=["C0002:1795406400000:31"])] = None
    sighting: Annotated[str | None, Field(examples=[None])] = None
    seen_at: Time | None = None
    camera: Annotated[str | None, Field(examples=["C0001"])] = None
    simulated: Annotated[bool, Field(examples=[False])] = False


class PathFeature(Answer):
    type: Literal["Feature"] = "Feature"
    geometry: Annotated[LineString | PointGeometry, Field(discriminator="type")]
    properties: PathProperties


class PathCollection(Answer):
    """A GeoJSON FeatureCollection: lines by road, points where the vehicle was seen."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[PathFeature]


class QueryAnswer(Answer):
    id: Annotated[str, Field(examples=["6f0c5b0e-2f1b-4a35-8a53-0a2f6f2f8e11"])]
    case_number: CaseNumber
    reason: Annotated[str, Field(examples=["连环盗窃案嫌疑车辆"])]
    asked_by: Annotated[str, Field(examples=["investigator"])]
    asked_at: Time
    question: Annotated[dict[str, Any], Field(examples=[{"plate": "浙JA1234?"}])]
    count: Annotated[int, Field(examples=[17])]
    truncated: Annotated[bool, Field(examples=[False])]
    items: list[SightingAnswer]
    path: PathCollection


class PastQuery(Answer):
    id: Annotated[str, Field(examples=["6f0c5b0e-2f1b-4a35-8a53-0a2f6f2f8e11"])]
    case_number: CaseNumber
    reason: Annotated[str, Field(examples=["连环盗窃案嫌疑车辆"])]
    asked_by: Annotated[str, Field(examples=["investigator"])]
    asked_at: Annotated[datetime, Field(examples=["2026-11-23T04:00:00Z"])]
    question: Annotated[dict[str, Any], Field(examples=[{"plate": "浙JA1234?"}])]
    result_count: Annotated[int, Field(examples=[17])]


class PastQueryList(Answer):
    items: list[PastQuery]
    next_cursor: NextCursor = None
