"""Shapes of cameras and their health."""

from typing import Annotated

from pydantic import Field

from api.shapes.calibrations import CalibrationAnswer, CalibrationQuestion
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


class CameraHealth(Answer):
    """Why a camera is in its state, and the rates behind it; what nobody has measured is null.

    code and numbers say the reason for other languages. passes and usual: of the last hour.
    """

    code: Annotated[str | None, Field(examples=["silent"])]
    numbers: Annotated[dict[str, float | int | str], Field(examples=[{"seen": 3, "usual": 140, "hours": 1}])]
    reason: Annotated[str | None, Field(examples=["The picture has not changed for 12 s."])]
    since: Time | None
    passes_last_hour: Annotated[int | None, Field(examples=[131])]
    usual_last_hour: Annotated[float | None, Field(examples=[140.0])]
    gate_miss_rate: Annotated[float | None, Field(examples=[0.004])]
    clock_offset_s: Annotated[float | None, Field(examples=[0.2])]
    dropped_share: Annotated[float | None, Field(examples=[0.0])]
    model: Annotated[
        str | None, Field(examples=["ultralytics:4d1d9afbd4b2cf60"], description="what finds vehicles")
    ]
    reconnects: Annotated[float | None, Field(examples=[2], description="since this worker has the camera")]


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
    has_sub_source: Annotated[bool, Field(examples=[False], description="vehicles are found in a sub-stream")]
    enabled: Annotated[bool, Field(examples=[True])]
    state: Annotated[CameraState, Field(examples=["online"])]
    state_reason: Annotated[str | None, Field(examples=["no frame for 8 s"])]
    state_since: Time | None
    last_frame_at: Time | None
    clock_offset_s: Annotated[float | None, Field(examples=[0.2])]
    calibration: CalibrationAnswer | None
    fps: Annotated[float | None, Field(examples=[4.9])]
    fps_wanted: Annotated[float | None, Field(examples=[5.0])]
    health: Annotated[CameraHealth | None, Field(description="of a camera that is live")]


class CameraList(Answer):
    items: list[CameraAnswer]
    next_cursor: NextCursor = None


class CameraSummary(Answer):
    states: Annotated[dict[CameraState, int], Field(examples=[{"online": 4, "unknown": 8211}])]
    live: Annotated[int, Field(examples=[4])]


class CameraChanges(Question):
    """What is left out stays as it is; `source`, `sub_source` and `calibration` may be set to null.

    sub_source: the same view in a smaller picture, in which vehicles are found; `source` is then decoded only
    where a plate may be read. Both rtsp://, or both files. Without a source there is no sub_source.
    """

    name: Annotated[Trimmed, Field(min_length=1, max_length=120, examples=["城关大道 1 号杆"])] | None = None
    enabled: Annotated[bool | None, Field(examples=[True])] = None
    source: Annotated[
        str | None,
        Field(max_length=2000, pattern=r"^(rtsps?|https?|synthetic)://|^/", examples=["rtsp://10.0.0.7/1"]),
    ] = None
    sub_source: Annotated[
        str | None, Field(max_length=2000, pattern=r"^rtsps?://|^/", examples=["rtsp://10.0.0.7/2"])
    ] = None
    calibration: CalibrationQuestion | None = None
