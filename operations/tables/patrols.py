"""Tables of units, their assignments and their patrols."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from operations.tables.foundation import Table

UNDER_WAY = text("ended_at IS NULL")


class Unit(Table):
    __tablename__ = "units"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(16))  # urban | night | town | village
    station_id: Mapped[int] = mapped_column(ForeignKey("stations.id"))
    town_id: Mapped[int] = mapped_column(ForeignKey("towns.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), unique=True)
    state: Mapped[str] = mapped_column(String(16), default="available")
    lon: Mapped[float]
    lat: Mapped[float]
    heading_deg: Mapped[float] = mapped_column(default=0.0)
    position_at: Mapped[datetime | None]


class Assignment(Table):
    __tablename__ = "assignments"
    id: Mapped[int] = mapped_column(primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    assigned_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    assigned_at: Mapped[datetime]
    eta_s: Mapped[float]
    distance_m: Mapped[float]
    route: Mapped[dict[str, Any]]
    arrived_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "ux_assignments_open", "unit_id", unique=True, sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY
        ),
    )


class PatrolPlan(Table):
    __tablename__ = "patrol_plans"
    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    made_at: Mapped[datetime]
    seed: Mapped[int]
    __table_args__ = (UniqueConstraint("day", "unit_id"),)


class PatrolStop(Table):
    __tablename__ = "patrol_stops"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("patrol_plans.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    grid_id: Mapped[int] = mapped_column(ForeignKey("grids.id"))
    lon: Mapped[float]
    lat: Mapped[float]
    arrive_at: Mapped[datetime]
    leave_at: Mapped[datetime]
    checked_in_at: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(Text)
