"""Tables of what teams say from the field: check-ins, positions on shift, calls for help."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from operations.tables.foundation import Table


class CheckIn(Table):
    """What a phone said, kept as it was said, doubted or not; `client_id` makes sending it twice harmless."""

    __tablename__ = "check_ins"
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(String(36), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    user_id: Mapped[int | None]  # None: a team without a login, as the demo has
    stop_id: Mapped[int | None] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(8))  # arrive | leave | report
    phone_at: Mapped[datetime]  # by the phone's clock
    received_at: Mapped[datetime] = mapped_column(index=True)
    at: Mapped[datetime]  # when it happened, as we believe
    clock_off_s: Mapped[float | None]  # the phone's clock ahead of ours
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    away_m: Mapped[float | None]  # from the stop
    note: Mapped[str | None] = mapped_column(Text)
    photo: Mapped[str | None] = mapped_column(String(80))
    doubts: Mapped[
        list[dict[str, Any]] | None
    ]  # [{"code": too_far | too_fast | clock | no_position, numbers}]


class UnitPosition(Table):
    """Where a unit was while on shift; goes after POSITION_DAYS."""

    __tablename__ = "unit_positions"
    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    lon: Mapped[float]
    lat: Mapped[float]
    accuracy_m: Mapped[float | None]
    heading_deg: Mapped[float] = mapped_column(default=0.0)


class DistressCall(Table):
    """A team's call for help (panic button). State: open -> acknowledged -> closed."""

    __tablename__ = "distress_calls"
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[str] = mapped_column(String(36), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    user_id: Mapped[int]
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    lon: Mapped[float]
    lat: Mapped[float]
    accuracy_m: Mapped[float | None]
    positioned_at: Mapped[datetime | None]  # of the place above, when it is not the phone's place of `at`
    state: Mapped[str] = mapped_column(String(12), index=True)
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None]
    outcome: Mapped[str | None] = mapped_column(Text)
