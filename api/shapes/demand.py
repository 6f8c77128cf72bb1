"""Shapes of demand: what patrols are wanted for and why, key places, standing orders, calls summed up."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from api.shapes.vocabulary import Answer, Code, Id, Lat, Lon, Question, Reason, Time, Trimmed

PlaceKind = Annotated[
    Literal["market", "school", "bank", "hospital", "station", "segment", "checkpoint", "other"],
    Field(examples=["market"]),
]
CallKind = Annotated[
    Literal["traffic", "theft", "dispute", "noise", "disorder", "help", "fraud", "other"],
    Field(examples=["theft"]),
]
Must = Annotated[bool, Field(examples=[False], description="served before anything else")]
Active = Annotated[bool, Field(examples=[True])]
Day = Annotated[date, Field(examples=["2026-11-24"])]
Points = Annotated[float, Field(examples=[24.0], description="priority, in points")]
Visits = Annotated[int, Field(ge=1, le=12, examples=[2], description="in each span of its hours")]
DwellS = Annotated[float, Field(ge=300, le=3_600, examples=[720.0])]
SpacingS = Annotated[float, Field(ge=0, le=7_200, examples=[3_600.0], description="from start to start")]
AskedPoints = Annotated[float, Field(ge=0.1, le=100, examples=[24.0])]
Name = Annotated[Trimmed, Field(min_length=1, max_length=120, examples=["望城菜市场"])]
Line = Annotated[
    list[Annotated[list[float], Field(min_length=2, max_length=2)]],
    Field(min_length=2, max_length=500, examples=[[[121.12, 28.13], [121.13, 28.13]]]),
]


class HoursQuestion(Question):
    """Weekly hours in site time; until at or before from goes on to the next morning."""

    begins: Annotated[str, Field(alias="from", pattern=r"^\d\d:\d\d$", examples=["06:00"])]
    until: Annotated[str, Field(pattern=r"^\d\d:\d\d$", examples=["11:00"])]
    days: Annotated[
        list[Annotated[int, Field(ge=1, le=7)]],
        Field(min_length=1, max_length=7, examples=[[1, 2, 3, 4, 5]], description="1 is Monday"),
    ] = [1, 2, 3, 4, 5, 6, 7]  # noqa: RUF012  pydantic copies it


Hours = Annotated[
    list[HoursQuestion] | None, Field(min_length=1, max_length=6, description="spans of hours; null: always")
]
HoursShown = Annotated[
    list[dict[str, Any]] | None,
    Field(examples=[[{"from": "06:00", "until": "11:00", "days": [1, 2, 3, 4, 5]}]]),
]


class ReasonAnswer(Answer):
    """Why a visit is wanted and how many points that is; the points of all add up to the priority.

    code: base (every reachable grid), calls (chance of a call within two hours of the visit, times 40), again
    (less for a further visit of the day), unvisited, blind, place, order. Further numbers depend on the code.
    """

    code: Annotated[str, Field(examples=["calls"])]
    priority: Points
    days: Annotated[
        int | None,
        Field(examples=[3], description="unvisited: since the last believed visit; null: 8 or more"),
    ] = None
    chance: Annotated[float | None, Field(examples=[0.31])] = None
    expected: Annotated[float | None, Field(examples=[0.42], description="calls within these hours")] = None
    seen: Annotated[int | None, Field(examples=[57], description="calls of the past eight weeks")] = None
    from_h: Annotated[
        float | None, Field(examples=[20.5], description="hour of the day, past 24 next day")
    ] = None
    until_h: Annotated[float | None, Field(examples=[22.0])] = None
    share: Annotated[float | None, Field(examples=[0.4], description="blind: of the cameras' view lost")] = (
        None
    )
    visit: Annotated[
        int | None, Field(examples=[2], description="again: which visit of the day by worth")
    ] = None
    kind: Annotated[str | None, Field(examples=["market"])] = None
    name: Annotated[str | None, Field(examples=["望城菜市场"])] = None
    order_id: Id | None = None
    reason: Annotated[str | None, Field(examples=["夜间加强巡逻"])] = None
    until: Day | None = None


class NeedAnswer(Answer):
    """A wanted visit: it begins within the window, in seconds from local midnight (past 86,400 next day)."""

    grid_id: Id
    grid_code: Code
    place_id: Id | None
    name: Annotated[str, Field(examples=["望城菜市场"])]
    town_id: Id
    lon: Lon
    lat: Lat
    priority: Points
    dwell_s: DwellS
    window_from_s: Annotated[float, Field(examples=[21_600.0])]
    window_until_s: Annotated[float, Field(examples=[28_800.0])]
    must: Must
    revisit: Annotated[str, Field(examples=["place:3"], description="equal for the visits to one place")]
    spacing_s: SpacingS
    reasons: list[ReasonAnswer]


class DemandAnswer(Answer):
    day: Day
    visits: Annotated[int, Field(examples=[1488])]
    dwell_s: Annotated[float, Field(examples=[1_071_360.0], description="of all visits together")]
    calls_until: Annotated[Time | None, Field(description="the newest call that counted")]
    items: list[NeedAnswer]


class PlaceAnswer(Answer):
    id: Id
    code: Annotated[str, Field(examples=["K001"])]
    name: Name
    kind: PlaceKind
    lon: Lon
    lat: Lat
    line: Annotated[list[list[float]] | None, Field(examples=[None], description="places along a segment")]
    grid_id: Id
    grid_code: Code
    town_id: Id
    priority: Points
    visits: Visits
    dwell_s: DwellS
    spacing_s: SpacingS
    hours: HoursShown
    must: Must
    active: Active


class PlaceList(Answer):
    items: list[PlaceAnswer]


class PlaceQuestion(Question):
    """A new key place; without a code it gets the next number."""

    name: Name
    kind: PlaceKind
    lon: Lon
    lat: Lat
    priority: AskedPoints = 20
    visits: Visits = 1
    dwell_s: DwellS = 720
    spacing_s: SpacingS = 3_600
    hours: Hours = None
    must: Must = False
    active: Active = True
    code: Annotated[Trimmed | None, Field(max_length=32, examples=["K001"])] = None
    line: Line | None = None


class PlaceChange(Question):
    """What is to be different; what is left out stays."""

    name: Name | None = None
    kind: PlaceKind | None = None
    lon: Lon | None = None
    lat: Lat | None = None
    priority: AskedPoints | None = None
    visits: Visits | None = None
    dwell_s: DwellS | None = None
    spacing_s: SpacingS | None = None
    hours: Hours = None
    must: Must | None = None
    active: Active | None = None
    code: Annotated[Trimmed | None, Field(min_length=1, max_length=32, examples=["K001"])] = None
    line: Line | None = None


class OrderAnswer(Answer):
    id: Id
    grid_id: Id | None
    grid_code: Code | None
    place_id: Id | None
    name: Annotated[str | None, Field(examples=["望城街道第3网格"])]
    reason: Annotated[str, Field(examples=["近两周电动车被盗警情集中"])]
    priority: Points
    visits: Visits
    dwell_s: DwellS
    must: Must
    hours: HoursShown
    from_day: Day
    until_day: Day
    in_force: Annotated[bool, Field(examples=[True], description="today or later")]
    ordered_by: Annotated[str | None, Field(examples=["指挥长"])]
    ordered_at: Time
    ended_by: Annotated[str | None, Field(examples=[None])]
    ended_at: Time | None


class OrderList(Answer):
    items: list[OrderAnswer]


class OrderQuestion(Question):
    """A standing order of a grid or of a key place, one of them, from a local day through another."""

    reason: Reason
    from_day: Day
    until_day: Day
    grid_id: Id | None = None
    place_id: Id | None = None
    priority: AskedPoints = 30
    visits: Visits = 1
    dwell_s: DwellS = 720
    must: Must = False
    hours: Hours = None


class EndOrderQuestion(Question):
    reason: Reason


class CallError(Answer):
    """A row that was not taken. value: never one that names a person."""

    row: Annotated[int, Field(examples=[17], description="the heading is row 1")]
    field: Annotated[str, Field(examples=["报警时间"])]
    code: Annotated[str, Field(examples=["bad_time"])]
    value: Annotated[str | None, Field(examples=["昨晚"])]
    fix: Annotated[str, Field(examples=["write at as 2026-11-24 08:30"])]


class CallsAnswer(Answer):
    """What became of a file of calls. known: sent before, or twice in the file."""

    new: Annotated[int, Field(examples=[211])]
    known: Annotated[int, Field(examples=[0])]
    wrong: Annotated[int, Field(examples=[1])]
    errors: Annotated[list[CallError], Field(description="the first 200")]
    ignored: Annotated[
        list[str], Field(examples=[["简要警情"]], description="columns not read, never stored")
    ]


class KindCount(Answer):
    kind: CallKind
    public: Annotated[int, Field(examples=[310], description="the only ones that make demand")]
    patrol: Annotated[int, Field(examples=[12])]
    camera: Annotated[int, Field(examples=[4])]


class CallSummary(Answer):
    """Calls of the past weeks up to this morning, by hour of the week (168 from Monday 00:00 on)."""

    since: Time
    until: Time
    weeks: Annotated[int, Field(examples=[8])]
    kept_days: Annotated[int, Field(examples=[90])]
    newest_at: Time | None
    kinds: list[KindCount]
    hours: Annotated[list[int], Field(examples=[[3] * 168], description="calls of the public, counted")]
    expected: Annotated[
        list[float], Field(examples=[[0.4] * 168], description="calls an hour, as plans expect")
    ]
