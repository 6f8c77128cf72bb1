"""Shapes of patrol plans: shifts, wishes, drafts, what they serve and cost, edits and comparisons."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from api.shapes.vocabulary import Answer, Code, Id, Lat, LineString, Lon, Question, Time, Trimmed

PlanState = Literal["wanted", "planning", "draft", "published", "superseded", "failed", "discarded"]
Share = Annotated[float, Field(ge=0, le=1, examples=[0.93])]
Day = Annotated[date, Field(examples=["2026-11-23"])]
Seconds = Annotated[float, Field(examples=[28800.0], description="from local midnight, past 86,400 next day")]
Count = Annotated[int, Field(ge=0, examples=[12])]
Seen = Annotated[float, Field(examples=[0.91])]
Metres = Annotated[float, Field(examples=[41_200.0])]
Took = Annotated[float, Field(examples=[540.0], description="seconds")]
Said = Annotated[str, Field(examples=["一切正常"])]
Yes = Annotated[bool, Field(examples=[False])]
Reasons = Annotated[list[dict[str, Any]], Field(examples=[[{"code": "calls", "priority": 8.5, "calls": 12}]])]
Doubts = Annotated[list[dict[str, Any]], Field(examples=[[{"code": "too_far", "away_m": 840}]])]


class ShiftAnswer(Answer):
    id: Id
    code: Annotated[str, Field(examples=["urban_day"])]
    name: Annotated[str, Field(examples=["城区白班"])]
    kind: Annotated[str, Field(examples=["urban"])]
    from_s: Seconds
    until_s: Seconds
    rest_from_s: Seconds | None
    rest_until_s: Annotated[float | None, Field(examples=[46800.0], description="a rest begins by then")]
    rest_s: Annotated[float | None, Field(examples=[1800.0], description="and lasts so long")]
    units: Annotated[int, Field(examples=[6], description="how many work in it")]


class ShiftList(Answer):
    items: list[ShiftAnswer]


class PlanQuestion(Question):
    """Without a day, today at the site; without a shift, all; without a seed, another plan each time."""

    day: Day | None = None
    shift: Annotated[str | None, Field(max_length=16, examples=["night"])] = None
    name: Annotated[Trimmed, Field(max_length=120, examples=["周一巡防"])] = ""
    seconds: Annotated[float, Field(ge=1, le=120, examples=[20], description="to search for")] = 20
    seed: Annotated[int | None, Field(ge=0, le=2**31 - 1, examples=[7])] = None
    variety: Annotated[
        float, Field(ge=0, le=0.5, examples=[0.2], description="how far from the best a plan is drawn")
    ] = 0.2
    town_floor: Annotated[
        float,
        Field(ge=0, le=1, examples=[0.6], description="share of its priority each town gets if possible"),
    ] = 0.6
    abroad_s: Annotated[
        float, Field(ge=0, le=36_000, examples=[900], description="what a visit outside the home town costs")
    ] = 900
    units_out: Annotated[tuple[Id, ...], Field(max_length=1000, description="units not to be planned")] = ()


class TownShare(Answer):
    town_id: Id
    share: Share


class Gap(Answer):
    from_h: Annotated[float, Field(examples=[2])]
    until_h: Annotated[float | None, Field(examples=[3])]
    count: Annotated[int, Field(examples=[31])]


class PlanFigures(Answer):
    visits: Annotated[int, Field(examples=[1500], description="wanted")]
    served: Annotated[int, Field(examples=[1180])]
    priority_share: Share
    bound_share: Annotated[float | None, Field(examples=[0.98], description="no plan can serve more")]
    towns: list[TownShare]
    driving_s: Annotated[float, Field(examples=[92_000.0])]
    distance_m: Annotated[float, Field(examples=[1_240_000.0])]
    dwell_s: Annotated[float, Field(examples=[810_000.0])]
    units: Annotated[int, Field(examples=[58], description="that visit anything")]
    rests: Annotated[int, Field(examples=[58], description="units that visit something and have a rest")]
    rests_kept: Annotated[int, Field(examples=[58])]
    unserved: Annotated[int, Field(examples=[320])]
    must_unserved: Annotated[int, Field(examples=[0])]
    entropy: Annotated[
        float | None, Field(examples=[0.86], description="how evenly hours of visits fell, past plans too")
    ]
    gaps_h: Annotated[list[Gap], Field(description="hours between visits to one place")]
    moved: Annotated[
        int | None,
        Field(examples=[212], description="visits that another unit makes than in the plan improved from"),
    ] = None
    dropped: Annotated[int | None, Field(examples=[0], description="visits made there, but no more")] = None


class WishesAnswer(Answer):
    seconds: Took
    seed: Annotated[int | None, Field(examples=[7])]
    variety: Seen
    town_floor: Seen
    abroad_s: Took
    units_out: list[Id]


class PlanSummary(Answer):
    id: Id
    day: Day
    shift: Annotated[str | None, Field(examples=["night"])]
    name: Annotated[str, Field(examples=["周一巡防"])]
    state: Annotated[PlanState, Field(examples=["draft"])]
    revision: Annotated[int, Field(examples=[2], description="give it back with every change")]
    wishes: WishesAnswer | None
    seed: Annotated[int, Field(examples=[7])]
    made_at: Time
    made_by: Annotated[str | None, Field(examples=["supervisor"], description="null: the system")]
    published_at: Time | None
    published_by: Annotated[str | None, Field(examples=["supervisor"])]
    based_on: Id | None
    figures: PlanFigures | None
    failed_why: Annotated[str | None, Field(examples=["There is no county yet."])]
    solver: Annotated[str | None, Field(examples=["watchgrid/ruin-recreate"])]
    progress: Annotated[float | None, Field(ge=0, le=1, examples=[0.4], description="while it is being made")]


class PlanList(Answer):
    items: list[PlanSummary]


class Visited(Answer):
    grid_id: Id
    grid_code: Annotated[str, Field(examples=["G0123"])]
    place_id: Id | None
    name: Annotated[str | None, Field(examples=["中心菜场"])]
    town_id: Id
    lon: Lon
    lat: Lat
    window_from: Time
    window_until: Time
    dwell_s: Annotated[float, Field(examples=[720.0])]
    priority: Annotated[float, Field(examples=[18.5])]
    must: Yes
    reasons: Reasons


class PlannedStop(Visited):
    id: Id
    position: Annotated[int, Field(examples=[3])]
    arrive_at: Time
    start_at: Time
    leave_at: Time
    checked_in_at: Time | None
    left_at: Time | None
    dropped_at: Annotated[Time | None, Field(description="taken out of the published plan")]
    doubts: Doubts
    note: Said | None


class UnservedVisit(Visited):
    key: Annotated[str, Field(examples=["g12@480#31"])]
    why: Annotated[
        Literal["no_unit", "too_far", "lost_to_higher", "must_impossible"], Field(examples=["too_far"])
    ]


class PlannedUnit(Answer):
    id: Id
    code: Code
    name: Annotated[str, Field(examples=["城关 3 号巡逻车"])]
    kind: Annotated[str, Field(examples=["urban"])]
    vehicle: Annotated[str, Field(examples=["car"])]
    town_id: Id


class PlannedRoute(Answer):
    id: Id
    unit: PlannedUnit
    shift_from: Time
    shift_until: Time
    rest_from: Time | None
    rest_until: Time | None
    out_at: Annotated[Time | None, Field(description="since when the unit no longer drives it")]
    line: LineString | None
    driving_s: Took | None
    distance_m: Metres | None
    stops: list[PlannedStop]


class PlanAnswer(PlanSummary):
    routes: list[PlannedRoute]
    unserved: list[UnservedVisit]


class RevisionQuestion(Question):
    revision: Annotated[int, Field(ge=0, examples=[2], description="the one you saw")]


class EditQuestion(RevisionQuestion):
    """Move or remove a stop, or insert an unserved visit; without a position, where it costs least."""

    change: Annotated[Literal["move", "remove", "insert"], Field(examples=["move"])]
    stop_id: Id | None = None
    unserved_key: Annotated[str | None, Field(max_length=64, examples=["g12@480#31"])] = None
    unit_id: Id | None = None
    position: Annotated[int | None, Field(ge=1, le=1000, examples=[3])] = None
    apply: bool = False


class PlanCost(Answer):
    priority: Annotated[float, Field(examples=[-3.5], description="points lost; below 0: won")]
    driving_s: Annotated[float, Field(examples=[240.0], description="more driving")]
    moved: Annotated[int, Field(examples=[1], description="visits made by another unit")]
    dropped: Annotated[int, Field(examples=[0])]


class EditAnswer(Answer):
    feasible: Yes
    why_not: Annotated[str | None, Field(examples=["does_not_fit"])]
    cost: PlanCost | None
    plan: Annotated[PlanAnswer | None, Field(description="after the change, if it was applied")]


class TownShares(Answer):
    town_id: Id
    a: Seen | None
    b: Seen | None


class PlanComparison(Answer):
    a: PlanSummary
    b: PlanSummary
    common: Annotated[int, Field(examples=[900], description="visits in both")]
    only_a: Count
    only_b: Count
    same_unit: Annotated[int, Field(examples=[80], description="of the common ones")]
    moved_min_median: Annotated[float | None, Field(examples=[42.0])]
    within_15_min_share: Seen | None
    towns: list[TownShares]


class Adhering(Answer):
    unit: PlannedUnit
    planned: Count
    done: Count
    doubted: Count
    late: Count
    missed: Count
    dwell_kept_share: Seen | None
    next: PlannedStop | None
    behind_s: Took


class UnvisitedGrid(Answer):
    grid_id: Id
    grid_code: Code
    town_id: Id
    lon: Lon
    lat: Lat
    last_visit_at: Time | None
    days: Annotated[float | None, Field(examples=[6.5], description="since the last believed visit")]


class AdherenceAnswer(Answer):
    items: list[Adhering]
    longest_unvisited: list[UnvisitedGrid]


class ReportSums(Answer):
    planned: Count
    done: Count
    doubted: Count
    done_share: Seen | None
    dwell_kept_share: Seen | None
    response_s_median: Took | None
    response_s_p90: Took | None
    alerts: Count
    grids: Count
    grids_visited: Count
    coverage_share: Seen | None
    distance_m: Metres


class TownReport(ReportSums):
    town_id: Id
    name: Annotated[str, Field(examples=["城关镇"])]


class ReportAnswer(Answer):
    month: Annotated[str, Field(examples=["2026-11"])]
    towns: list[TownReport]
    county: ReportSums
    definitions: Annotated[
        list[str],
        Field(examples=[["里程：估算"]], description="what each figure means, in Chinese, as printed"),
    ]
