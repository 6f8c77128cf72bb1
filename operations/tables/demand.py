"""Tables of what patrols are wanted for: key places, calls of the public, orders. Places, never people."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from operations.tables.foundation import Table

Hours = JSON(none_as_null=True)


class KeyPlace(Table):
    """A place or stretch of road that wants visits of its own (重点部位): a market, a hot segment."""

    __tablename__ = "key_places"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(
        String(16)
    )  # market | school | bank | hospital | station | segment | checkpoint | other
    lon: Mapped[float]
    lat: Mapped[float]
    line: Mapped[bytes | None] = mapped_column(LargeBinary)  # WKB of a segment
    grid_id: Mapped[int] = mapped_column(ForeignKey("grids.id"), index=True)
    town_id: Mapped[int] = mapped_column(ForeignKey("towns.id"), index=True)
    priority: Mapped[float]
    visits: Mapped[int]  # wanted in each span of its hours
    dwell_s: Mapped[float]
    spacing_s: Mapped[float]
    hours: Mapped[list[dict[str, Any]] | None] = mapped_column(
        Hours
    )  # [{"from", "until", "days"}]; None: always
    must: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)


class PublicCall(Table):
    """A call or report: when, where, which kind. Who called and about whom is never stored."""

    __tablename__ = "public_calls"
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(String(64), unique=True)
    at: Mapped[datetime] = mapped_column(index=True)
    lon: Mapped[float]
    lat: Mapped[float]
    grid_id: Mapped[int] = mapped_column(ForeignKey("grids.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    reported_by: Mapped[str] = mapped_column(String(8))  # public | patrol | camera; only public makes demand


class StandingOrder(Table):
    """A supervisor's order to visit a grid or key place for some days, with its reason."""

    __tablename__ = "standing_orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    grid_id: Mapped[int | None]
    place_id: Mapped[int | None]
    reason: Mapped[str] = mapped_column(Text)
    priority: Mapped[float]
    visits: Mapped[int]
    dwell_s: Mapped[float]
    must: Mapped[bool] = mapped_column(default=False)
    hours: Mapped[list[dict[str, Any]] | None] = mapped_column(Hours)
    from_day: Mapped[date]
    until_day: Mapped[date]
    ordered_by: Mapped[int]
    ordered_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None]
