"""Tables of the county: its divisions, points, cameras, roads and stations. Geometry is WKB in WGS-84."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from operations.tables.foundation import Table


class Town(Table):
    __tablename__ = "towns"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(16))
    geometry: Mapped[bytes] = mapped_column(LargeBinary)


class Grid(Table):
    __tablename__ = "grids"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    town_id: Mapped[int] = mapped_column(ForeignKey("towns.id"), index=True)
    geometry: Mapped[bytes] = mapped_column(LargeBinary)


class SubGrid(Table):
    __tablename__ = "sub_grids"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grids.id"), index=True)
    geometry: Mapped[bytes] = mapped_column(LargeBinary)


class Point(Table):
    """A monitoring point (监控点位): a place with one or more cameras."""

    __tablename__ = "points"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(24))
    lon: Mapped[float]
    lat: Mapped[float]
    town_id: Mapped[int] = mapped_column(ForeignKey("towns.id"))
    grid_id: Mapped[int] = mapped_column(ForeignKey("grids.id"))


class Camera(Table):
    __tablename__ = "cameras"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(8))  # hd | social
    point_id: Mapped[int | None] = mapped_column(ForeignKey("points.id"), index=True)
    town_id: Mapped[int] = mapped_column(ForeignKey("towns.id"), index=True)
    grid_id: Mapped[int] = mapped_column(ForeignKey("grids.id"), index=True)
    lon: Mapped[float]
    lat: Mapped[float]
    heading_deg: Mapped[float]
    view_deg: Mapped[float]
    range_m: Mapped[float]
    source: Mapped[str | None] = mapped_column(Text)
    sub_source: Mapped[str | None] = mapped_column(Text)
    """The same view in a smaller picture: what vehicles are found in. Only with a source."""
    enabled: Mapped[bool] = mapped_column(default=True)
    state: Mapped[str] = mapped_column(String(16), default="unknown", index=True)
    state_reason: Mapped[str | None] = mapped_column(Text)
    state_why: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """The reason again, for other languages: {"code", and the numbers of its sentence}."""
    state_since: Mapped[datetime | None]
    last_frame_at: Mapped[datetime | None]
    clock_offset_s: Mapped[float | None]
    calibration: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class RoadNetworkRow(Table):
    __tablename__ = "road_networks"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(String(64), unique=True)
    loaded_at: Mapped[datetime]
    arrays: Mapped[bytes] = mapped_column(LargeBinary)


class RoadClosure(Table):
    """A road nobody can drive for a while: places [[lon, lat], ...], each closes its nearest road."""

    __tablename__ = "road_closures"
    id: Mapped[int] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    places: Mapped[list[list[float]]] = mapped_column(JSON)
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]
    closed_by: Mapped[int]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[int | None]


class CountyRow(Table):
    """The one county this installation serves."""

    __tablename__ = "county"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    version: Mapped[str] = mapped_column(String(64))
    generated: Mapped[bool] = mapped_column(default=False)
    outline: Mapped[bytes] = mapped_column(LargeBinary)


class Station(Table):
    __tablename__ = "stations"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(24))
    lon: Mapped[float]
    lat: Mapped[float]
    town_id: Mapped[int] = mapped_column(ForeignKey("towns.id"))
