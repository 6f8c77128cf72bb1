"""Shapes of cameras and their health."""

from typing import Annotated

from pydantic import Field

from api.shapes.vocabulary import (
    Answer,
    CameraKind,
    CameraState,
    Code,
    HeadingDeg,
    Id,
    Lat,
    Lon,
    NextCursor,
    Question,
    Time,
    Trimmed,
)


class CameraAnswer(Answer):
    id: Id
    code: Code
    name: Annotated[str, Field(examples=["城关大道 1 号杆"])]
    kind: Annotated[CameraKind, Field(examples=["hd"])]
    point_id: Annotated[int | None, Field(examples=[12])]
    town_id: Id
    grid_id: Id
    lon: Lon
    lat: Lat
    heading_deg: HeadingDeg
    view_deg: Annotated[float, Field(examples=[60.0])]
    range_m: Annotated[float, Field(examples=[80.0])]
    live: Annotated[bool, Field(examples=[True], description="whether it has a source and is enabled")]
    enabled: Annotated[bool, Field(examples=[True])]
    state: Annotated[CameraState, Field(examples=["online"])]
    state_reason: Annotated[str | None, Field(examples=["no frame for 8 s"])]
    state_since: Time | None
    last_frame_at: Time | None
    clock_offset_s: Annotated[float | None, Field(examples=[0.2])]
    fps: Annotated[float | None, Field(examples=[9.8])]


class CameraList(Answer):
    items: list[CameraAnswer]
    next_cursor: NextCursor = None


class CameraSummary(Answer):
    states: Annotated[dict[CameraState, int], Field(examples=[{"online": 4, "unknown": 8211}])]
    live: Annotated[int, Field(examples=[4])]


class CameraChanges(Question):
    """What is left out stays as it is; `source` may be set to null."""

    name: Annotated[Trimmed, Field(min_length=1, max_length=120, examples=["城关大道 1 号杆"])] | None = None
    enabled: Annotated[bool | None, Field(examples=[True])] = None
    source: Annotated[
        str | None,
        Field(max_length=2000, pattern=r"^(rtsps?|https?|synthetic)://|^/", examples=["rtsp://10.0.0.7/1"]),
    ] = None
