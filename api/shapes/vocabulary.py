"""Vocabulary of the shapes: the words and fields that several of them share."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

NOON = "2026-11-23T04:00:00.000Z"

Severity = Literal["red", "orange", "yellow"]
AlertState = Literal["new", "acknowledged", "dispatched", "on_scene", "resolved", "false_alarm"]
AlertFilter = Literal[
    "open", "closed", "new", "acknowledged", "dispatched", "on_scene", "resolved", "false_alarm"
]
CameraState = Literal[
    "online", "offline", "frozen", "black", "blurred", "moved", "wrong_clock", "silent", "unknown"
]
CameraKind = Literal["hd", "social"]
UnitState = Literal["available", "assigned", "on_scene", "off_duty"]
Match = Literal["exact", "fuzzy"]
Verdict = Literal["confirmed", "rejected"]
KnownClass = Annotated[Literal["bus", "car", "motorcycle", "truck"], Field(examples=["car"])]
Colour = Annotated[
    Literal["white", "grey", "black", "red", "orange", "yellow", "green", "blue", "purple", "brown"],
    Field(examples=["white"]),
]
EntryState = Literal["pending", "active", "rejected", "ended"]

Id = Annotated[int, Field(ge=1, le=2**31 - 1, examples=[7])]
Time = Annotated[datetime, Field(examples=[NOON])]
Lon = Annotated[float, Field(ge=-180, le=180, examples=[121.1283])]
Lat = Annotated[float, Field(ge=-90, le=90, examples=[28.1342])]
HeadingDeg = Annotated[float, Field(ge=0, le=360, examples=[92.5])]
CaseNumber = Annotated[str, Field(min_length=1, max_length=64, examples=["2026-YH-0142"])]
Plate = Annotated[str, Field(examples=["浙JA12345"])]
Code = Annotated[str, Field(examples=["C0001"])]
NextCursor = Annotated[str | None, Field(examples=["WzEwMF0"])]


def _one_line(value: Any) -> Any:
    """Trim what a person typed and refuse what no keyboard types."""
    if not isinstance(value, str):
        return value
    trimmed = value.strip()
    if any((ord(char) < 32 and char not in "\n\t") or ord(char) == 127 for char in trimmed):
        raise ValueError("must not contain control characters")
    return trimmed


Trimmed = Annotated[str, BeforeValidator(_one_line)]
Reason = Annotated[Trimmed, Field(min_length=2, max_length=500, examples=["连环盗窃案嫌疑车辆"])]


class Answer(BaseModel):
    """What the server says."""

    model_config = ConfigDict(from_attributes=True)


class Question(BaseModel):
    """What a client says: unknown fields are refused by name."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Nothing(Question):
    """An empty object: the action needs no more words."""


class NamedPlace(Answer):
    """A thing on the map by its id, code and name."""

    id: Id
    code: Code
    name: Annotated[str, Field(examples=["城关大道 1 号杆"])]


class SlipAnswer(Answer):
    """One character read as another."""

    position: Annotated[int, Field(examples=[5], description="from 1")]
    read: Annotated[str, Field(examples=["B"], description="what was read; empty: it was left out")]
    true: Annotated[str, Field(examples=["8"], description="what stands there; empty: nothing does")]
    probability: Annotated[float, Field(examples=[0.12])]


class LineString(Answer):
    """A GeoJSON LineString (longitude, latitude)."""

    type: Literal["LineString"] = "LineString"
    coordinates: Annotated[list[list[float]], Field(examples=[[[121.128, 28.134], [121.131, 28.136]]])]


class PointGeometry(Answer):
    """A GeoJSON Point (longitude, latitude)."""

    type: Literal["Point"] = "Point"
    coordinates: Annotated[list[float], Field(examples=[[121.128, 28.134]])]


class ProblemAnswer(BaseModel):
    """RFC 9457 problem: every error of this API has this shape."""

    type: Annotated[str, Field(examples=["urn:watchgrid:problem:alert-already-closed"])]
    title: Annotated[str, Field(examples=["Conflict"])]
    status: Annotated[int, Field(examples=[409])]
    detail: Annotated[str, Field(examples=["Alert 7 is already closed."])]
    field: Annotated[str | None, Field(examples=[None])] = None
