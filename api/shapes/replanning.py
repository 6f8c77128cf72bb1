"""Shapes of re-planning, road closures and the recommendation of a unit for an alert."""

from typing import Annotated, Any, Literal

from pydantic import Field

from api.shapes.patrol_plans import PlanAnswer
from api.shapes.tracks import NextAnswer
from api.shapes.units import UnitAnswer
from api.shapes.vocabulary import Answer, Id, Lat, LineString, Lon, Question, Reason, Time

Priority = Annotated[float, Field(examples=[18.5])]
Count = Annotated[int, Field(examples=[3])]
LonLat = Annotated[tuple[Lon, Lat], Field(examples=[[121.1283, 28.1342]])]


class ReplanQuestion(Question):
    """Without apply only the cost is told. unit_id: who fell out or is back."""

    plan_id: Id
    revision: Annotated[int, Field(ge=0, examples=[2], description="as last seen")]
    why: Annotated[
        Literal["unit_out", "unit_back", "road_closed", "alert", "none"], Field(examples=["unit_out"])
    ]
    unit_id: Id | None = None
    apply: bool = False


class ReplanCost(Answer):
    priority: Annotated[float, Field(examples=[12.5], description="points lost; less than 0: won")]
    driving_s: Annotated[float, Field(examples=[840.0], description="more on the road, of all units")]
    moved: Annotated[int, Field(examples=[12], description="visits made by another unit")]
    dropped: Count


class ReplanChange(Answer):
    """A visit that goes, comes, changes hands, or is ten minutes earlier or later."""

    key: Annotated[str, Field(examples=["g12@480#31"])]
    stop_id: Id | None
    grid_id: Id
    place_id: Id | None
    priority: Priority
    must: Annotated[bool, Field(examples=[False])]
    from_unit: Annotated[Id | None, Field(description="null: nobody made it")]
    to_unit: Annotated[Id | None, Field(description="null: nobody makes it any more")]
    from_at: Time | None
    to_at: Time | None


class ReplanAnswer(Answer):
    took_ms: Annotated[float, Field(examples=[180.0])]
    moved: Count
    inserted: Annotated[int, Field(examples=[0], description="visits that nobody made before")]
    dropped: Count
    cost: ReplanCost
    changes: list[ReplanChange]
    plan: Annotated[PlanAnswer | None, Field(description="as it is now, when applied")] = None


class ImproveQuestion(Question):
    seconds: Annotated[float, Field(ge=1, le=120, examples=[20], description="to search for")] = 20


class ClosureQuestion(Question):
    """Each place closes its nearest road, both ways."""

    places: Annotated[list[LonLat], Field(min_length=1, max_length=200, examples=[[[121.1283, 28.1342]]])]
    reason: Reason
    until: Annotated[Time | None, Field(description="null: until it is lifted")] = None


class ClosureAnswer(Answer):
    id: Id
    reason: Reason
    places: list[LonLat]
    from_at: Time
    until_at: Time | None
    lifted_at: Time | None
    closed_by: Annotated[str | None, Field(examples=["operator"])]
    in_force: Annotated[bool, Field(examples=[True])]


class ClosureList(Answer):
    items: list[ClosureAnswer]


class PlanCost(Answer):
    """What the rest of the day loses if this unit goes, the others taking over what they can."""

    priority: Annotated[float, Field(examples=[7.5], description="points of priority lost")]
    moved: Count
    dropped: Count


class Recommended(Answer):
    unit: UnitAnswer
    eta_s: Annotated[float, Field(examples=[245.0])]
    distance_m: Annotated[float, Field(examples=[2310.0])]
    route: LineString
    rank: Annotated[int, Field(ge=1, examples=[1])]
    plan_cost: Annotated[PlanCost | None, Field(description="null: it drives no plan now")]
    reasons: Annotated[
        list[dict[str, Any]],
        Field(examples=[[{"code": "nearest"}, {"code": "must_soon", "in_s": 1200}]]),
    ]


class Recommendation(Answer):
    """interceptions: places ahead of a moving vehicle where a unit can be first."""

    items: list[Recommended]
    interceptions: list[NextAnswer]
