"""Shapes of coverage: columns of equal length, one value for each grid."""

from typing import Annotated, Literal

from pydantic import Field

from api.shapes.vocabulary import Answer, Time

Share = Annotated[float | None, Field(ge=0, le=1, examples=[0.62])]
Shares = Annotated[list[Share], Field(examples=[[0.62, None]], description="share of the grid's road places")]
Seconds = Annotated[
    list[float | None],
    Field(examples=[[214.0, None]], description="to the grid's middle; null: no road, or over an hour"),
]
Counts = Annotated[list[int], Field(examples=[[9, 0]])]
Starts = Literal["stations", "units"]


class BlindReason(Answer):
    """One reason of a blind spot; its numbers depend on the code."""

    code: Annotated[
        Literal["unseen", "lost", "unknown", "unvisited", "far", "no_road"], Field(examples=["unvisited"])
    ]
    points: Annotated[float, Field(examples=[25.0], description="of 100")]
    share: Annotated[float | None, Field(examples=[0.004])] = None
    hours: Annotated[float | None, Field(examples=[51.5])] = None
    minutes: Annotated[float | None, Field(examples=[6.4])] = None


class CoverageAnswer(Answer):
    """How each grid is covered now; blind_rank 1 is the blindest, null without a road."""

    at: Time
    grid_id: Annotated[list[int], Field(examples=[[1, 2]])]
    code: Annotated[list[str], Field(examples=[["G0001", "G0002"]])]
    town_id: Annotated[list[int], Field(examples=[[1, 1]])]
    lon: Annotated[list[float], Field(examples=[[121.1283, 121.1301]], description="of a place inside")]
    lat: Annotated[list[float], Field(examples=[[28.1342, 28.135]])]
    seen_now: Annotated[list[float], Field(examples=[[0.031, 0]], description="by cameras alive")]
    seen_hoped: Annotated[
        list[float], Field(examples=[[0.031, 0]], description="by those alive, and those nobody watches")
    ]
    seen_all: Annotated[list[float], Field(examples=[[0.044, 0]], description="if every camera were alive")]
    cameras: Counts
    cameras_alive: Counts
    cameras_dead: Counts
    cameras_unknown: Counts
    last_visit_at: list[Time | None]
    unvisited_h: Annotated[
        list[float | None], Field(examples=[[51.5, None]], description="null: not in 90 days")
    ]
    station_s: Seconds
    station_1min: Shares
    station_3min: Shares
    station_5min: Shares
    unit_s: Seconds
    unit_1min: Shares
    unit_3min: Shares
    unit_5min: Shares
    blind_rank: Annotated[list[int | None], Field(examples=[[12, None]])]
    blind_points: Annotated[list[float], Field(examples=[[71.3, 40.0]], description="of 100")]
    reasons: list[list[BlindReason]]


class ReachAnswer(Answer):
    """How soon each grid is reached by road."""

    grid_id: Annotated[list[int], Field(examples=[[1, 2]])]
    seconds: Seconds
    in_1min: Shares
    in_3min: Shares
    in_5min: Shares
