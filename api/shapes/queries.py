"""Shapes of questions about vehicle data, and of their answers."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from api.shapes.cases import Pattern
from api.shapes.sightings import SightingAnswer
from api.shapes.tracks import (
    CloneAnswer,
    CompanionAnswer,
    NextAnswer,
    PathCollection,
    TrackAnswer,
)
from api.shapes.vocabulary import Answer, CaseNumber, NextCursor, Plate, Question, Reason, SlipAnswer, Time

QueryKind = Literal["path", "search", "clone", "companions", "next", "area", "compare"]
QueryState = Literal["waiting", "approved", "answered", "refused"]
Grade = Literal["own", "supervisor", "two_persons"]

Kind = Annotated[QueryKind, Field(examples=["path"])]
GradeOf = Annotated[Grade, Field(examples=["supervisor"])]
GradeWhy = Annotated[
    list[dict[str, Any]],
    Field(
        examples=[[{"code": "further_back", "grade": "supervisor", "days_back": 120.0, "own_days": 90}]],
        description="each rule that holds: its code, its grade and its numbers, the highest first",
    ),
]
QueryId = Annotated[str, Field(examples=["6f0c5b0e-2f1b-4a35-8a53-0a2f6f2f8e11"])]
Count = Annotated[int, Field(examples=[17])]
EndedWhy = Annotated[
    Literal["lapsed", "case_closed"] | None,
    Field(examples=[None], description="why it is refused, where no person said so"),
]


class PolygonQuestion(Question):
    """A GeoJSON Polygon (longitude, latitude), closed, without holes."""

    type: Literal["Polygon"] = "Polygon"
    coordinates: Annotated[
        list[list[Annotated[list[float], Field(min_length=2, max_length=2)]]],
        Field(
            min_length=1,
            max_length=1,
            examples=[[[[121.12, 28.13], [121.13, 28.13], [121.13, 28.14], [121.12, 28.13]]]],
        ),
    ]


class VehicleQuestion(Question):
    """Where was this vehicle, and what else is known of its way? By kind:

    path: its sightings and its way by road; search: which vehicles a pattern fits; clone: whether two
    vehicles carry the plate; companions: what moved with it; next: where it will pass; area: what passed an
    area; compare: the ways of two vehicles. In a plate `?` stands for one character, `*` for any number;
    three must be fixed. clone, companions, next and compare need a whole plate that the case has named
    before: by a question of kind path, or on its watchlist.
    """

    case_number: CaseNumber
    reason: Reason
    kind: Kind = "path"
    plate: Annotated[Pattern | None, Field(description="not needed for area")] = None
    other_plate: Annotated[Pattern | None, Field(description="for compare")] = None
    since: Annotated[AwareDatetime, Field(alias="from", examples=["2026-11-16T00:00:00+08:00"])]
    until: Annotated[AwareDatetime, Field(alias="to", examples=["2026-11-23T12:00:00+08:00"])]
    fuzzy: Annotated[bool, Field(examples=[True], description="likely misreads of the plate too")] = True
    vehicle_class: Annotated[str | None, Field(max_length=16, examples=["car"])] = None
    colour: Annotated[str | None, Field(max_length=16, examples=["white"])] = None
    area: Annotated[PolygonQuestion | None, Field(description="for area")] = None


class RefusalQuestion(Question):
    reason: Reason


class ApprovalQuestion(Question):
    reason: Reason | None = None


class GradeAnswer(Answer):
    """Whose agreement a question needs: own, nobody's; supervisor, one's; two_persons, two persons'."""

    grade: GradeOf
    grade_why: GradeWhy


class DecisionAnswer(Answer):
    user: Annotated[str, Field(examples=["supervisor"])]
    decision: Annotated[Literal["approve", "refuse"], Field(examples=["approve"])]
    reason: Annotated[str | None, Field(examples=["必要且相称"])]
    at: Time


class ReadAnswer(Answer):
    """What the plate of a sighting is taken for. probability 1.0: it was read so; else `why` says how not."""

    plate: Plate
    probability: Annotated[float, Field(examples=[0.12])]
    why: list[SlipAnswer]


class HeldBy(Answer):
    """The quarantine that a reading is under: it is shown, but no way is drawn through it."""

    id: Annotated[int, Field(examples=[3])]
    kind: Annotated[str, Field(examples=["phantom"])]
    reason: Annotated[str, Field(examples=["同一号牌在该相机出现次数远超平时"])]


class FoundSighting(SightingAnswer):
    """A sighting that a question found."""

    read: ReadAnswer
    quarantined: HeldBy | None = None


class VehicleAnswer(Answer):
    """A plate that fits the question, and how it was seen; the best fit first, never the most suspicious."""

    plate: Plate
    probability: Annotated[float, Field(examples=[0.87], description="that the pattern's plate was read so")]
    why: list[SlipAnswer]
    sightings: Count
    first_seen_at: Time
    last_seen_at: Time
    vehicle_class: Annotated[str | None, Field(examples=["car"])]
    colour: Annotated[str | None, Field(examples=["white"])]


class _Asked(Answer):
    id: QueryId
    case_number: CaseNumber
    reason: Annotated[str, Field(examples=["连环盗窃案嫌疑车辆"])]
    asked_by: Annotated[str, Field(examples=["investigator"])]
    asked_at: Time
    kind: Kind
    state: Annotated[QueryState, Field(examples=["answered"])]
    grade: GradeOf
    grade_why: GradeWhy
    decisions: list[DecisionAnswer]
    ended_why: EndedWhy
    question: Annotated[dict[str, Any], Field(examples=[{"plate": "浙JA1234?"}])]


class QueryAnswer(_Asked):
    """A question and what it found; one that waits or was refused comes without data."""

    lapses_at: Annotated[
        Time | None, Field(description="until when others must agree, or who asked must have opened it")
    ]
    count: Count
    truncated: Annotated[bool, Field(examples=[False], description="only the newest of it is shown and kept")]
    items: list[FoundSighting]
    vehicles: list[VehicleAnswer]
    tracks: list[TrackAnswer]
    path: PathCollection
    clone: CloneAnswer | None
    companions: list[CompanionAnswer] | None
    next: list[NextAnswer] | None


class PastQuery(_Asked):
    result_count: Count


class PastQueryList(Answer):
    items: list[PastQuery]
    next_cursor: NextCursor = None
