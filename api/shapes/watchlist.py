"""Shapes of the watchlist: entries, the question for one, and what it would have hit."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from api.shapes.cases import FutureTime, Pattern
from api.shapes.vocabulary import (
    Answer,
    CaseNumber,
    Colour,
    EntryState,
    Id,
    KnownClass,
    NextCursor,
    Plate,
    Question,
    Reason,
    Severity,
    SlipAnswer,
    Time,
)

EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)
AREA = {
    "type": "Polygon",
    "coordinates": [[[121.2, 28.1], [121.3, 28.1], [121.3, 28.2], [121.2, 28.2], [121.2, 28.1]]],
}


class WatchArea(Question):
    """A GeoJSON Polygon (WGS-84): one closed ring of at most 200 corners, no holes."""

    type: Literal["Polygon"] = "Polygon"
    coordinates: Annotated[list[list[list[float]]], Field(examples=[AREA["coordinates"]])]


class WatchHours(Question):
    """Hours of the site's clocks; until at or before from goes over midnight, and is of the first day."""

    since: Annotated[str, Field(alias="from", max_length=5, examples=["22:00"])]
    until: Annotated[str, Field(max_length=5, examples=["05:00"])]
    days: Annotated[
        list[int],
        Field(
            default_factory=lambda: [*EVERY_DAY], max_length=7, examples=[[5, 6]], description="1 is Monday"
        ),
    ]


class EntryAnswer(Answer):
    id: Id
    pattern: Annotated[str, Field(examples=["浙JA12345"])]
    case_number: CaseNumber
    reason: Annotated[str, Field(examples=["连环盗窃案嫌疑车辆"])]
    severity: Annotated[Severity, Field(examples=["red"])]
    fuzzy: Annotated[bool, Field(examples=[True], description="likely misreads raise an alert too, marked")]
    vehicle_class: KnownClass | None
    colour: Colour | None
    area: Annotated[dict[str, Any] | None, Field(examples=[AREA])]
    hours: Annotated[
        dict[str, Any] | None, Field(examples=[{"from": "22:00", "until": "05:00", "days": [5, 6]}])
    ]
    state: Annotated[EntryState, Field(examples=["active"])]
    valid_from: Time
    valid_until: Time
    created_by: Annotated[str, Field(examples=["investigator"])]
    created_at: Time
    decided_by: Annotated[str | None, Field(examples=["supervisor"])]
    decided_at: Time | None
    alerts: Annotated[int, Field(examples=[12], description="raised so far")]
    confirmed: Annotated[int, Field(examples=[9], description="of them, confirmed by a person")]
    rejected: Annotated[int, Field(examples=[2], description="of them, rejected by a person")]


class EntryList(Answer):
    items: list[EntryAnswer]
    next_cursor: NextCursor = None


class NewEntryQuestion(Question):
    """fuzzy: left out, misreads count where the pattern names five characters or more."""

    pattern: Pattern
    case_number: CaseNumber
    reason: Reason
    severity: Annotated[Severity, Field(examples=["red"])]
    valid_until: FutureTime
    fuzzy: Annotated[bool | None, Field(examples=[True])] = None
    vehicle_class: KnownClass | None = None
    colour: Colour | None = None
    area: WatchArea | None = None
    hours: WatchHours | None = None


class PreviewPlate(Answer):
    """A text as read. probability: that it is the entry's vehicle; 1 where it was read exactly."""

    plate: Plate
    probability: Annotated[float, Field(ge=0, le=1, examples=[0.87])]
    why: list[SlipAnswer]
    sightings: Annotated[int, Field(examples=[3])]


class PreviewDay(Answer):
    day: Annotated[date, Field(examples=["2026-11-22"])]
    exact: Annotated[int, Field(examples=[4])]
    fuzzy: Annotated[int, Field(examples=[1])]
    alerts: Annotated[int, Field(examples=[2])]


class PreviewAnswer(Answer):
    """What the entry would have hit in the past 30 days; held: sightings that a quarantine keeps from it.

    truncated: only the newest sightings of the likeliest plates were counted.
    """

    exact: Annotated[int, Field(examples=[61])]
    fuzzy: Annotated[int, Field(examples=[3])]
    held: Annotated[int, Field(examples=[0])]
    plates: list[PreviewPlate]
    per_day: list[PreviewDay]
    alerts_per_day: Annotated[float, Field(examples=[1.7])]
    truncated: Annotated[bool, Field(examples=[False])]
