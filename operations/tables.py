"""Tables: what is stored, and nothing about how it is asked or changed.

Times are aware UTC; geometry is WKB in WGS-84 (longitude, latitude).
"""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC datetime, also on a database that forgets time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Table(DeclarativeBase):
    type_annotation_map = {  # noqa: RUF012
        datetime: UtcTime,
        date: Date,
        dict[str, Any]: JSON,
        list[dict[str, Any]]: JSON(none_as_null=True),
        list[float]: JSON(none_as_null=True),
    }


# --- The county ---------------------------------------------------------------------------------------


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
    enabled: Mapped[bool] = mapped_column(default=True)
    state: Mapped[str] = mapped_column(String(16), default="unknown", index=True)
    state_reason: Mapped[str | None] = mapped_column(Text)
    state_since: Mapped[datetime | None]
    last_frame_at: Mapped[datetime | None]
    clock_offset_s: Mapped[float | None]


class RoadNetworkRow(Table):
    __tablename__ = "road_networks"
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(String(64), unique=True)
    loaded_at: Mapped[datetime]
    arrays: Mapped[bytes] = mapped_column(LargeBinary)


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


# --- People and their right to ask --------------------------------------------------------------------


class User(Table):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str] = mapped_column(String(200))
    disabled: Mapped[bool] = mapped_column(default=False)


class SignIn(Table):
    """One signed-in session; the token itself is never stored, only its SHA-256."""

    __tablename__ = "sessions"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    client: Mapped[str] = mapped_column(String(200))


class Case(Table):
    __tablename__ = "cases"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    legal_basis: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(8), default="open")
    opened_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    opened_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class CaseMember(Table):
    __tablename__ = "case_members"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)


class WatchlistEntry(Table):
    __tablename__ = "watchlist_entries"
    id: Mapped[int] = mapped_column(primary_key=True)
    pattern: Mapped[str] = mapped_column(String(16), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    reason: Mapped[str] = mapped_column(Text)
    severity: Mapped[str] = mapped_column(String(8))  # red | orange | yellow
    state: Mapped[str] = mapped_column(String(8), default="pending", index=True)
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]


class QueryRow(Table):
    """One question about vehicle data, re-openable by its id."""

    __tablename__ = "queries"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    asked_at: Mapped[datetime]
    question: Mapped[dict[str, Any]]
    result_count: Mapped[int]


# --- What was seen, and what it raised ----------------------------------------------------------------


class SightingRow(Table):
    """One vehicle pass at one camera. On PostgreSQL partitioned by day of `seen_at`."""

    __tablename__ = "sightings"
    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(primary_key=True)
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    received_at: Mapped[datetime]
    clock_offset_s: Mapped[float | None]
    camera_id: Mapped[int]
    plate: Mapped[str | None] = mapped_column(String(16))
    plate_kind: Mapped[str | None] = mapped_column(String(16))
    plate_confidence: Mapped[float | None]
    plate_characters: Mapped[list[dict[str, Any]] | None]
    vehicle_class: Mapped[str] = mapped_column(String(16))
    colour: Mapped[str | None] = mapped_column(String(16))
    direction: Mapped[str | None] = mapped_column(String(16))
    lane: Mapped[int | None]
    speed_kmh: Mapped[float | None]
    confidence: Mapped[float]
    snapshot: Mapped[str | None] = mapped_column(String(80))
    plate_crop: Mapped[str | None] = mapped_column(String(80))
    box: Mapped[list[float] | None]
    model: Mapped[str | None] = mapped_column(String(80))
    simulated: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        Index("ix_sightings_plate", "plate", "seen_at", postgresql_ops={"plate": "varchar_pattern_ops"}),
        Index("ix_sightings_camera", "camera_id", "seen_at"),
        {"postgresql_partition_by": "RANGE (seen_at)"},
    )


OPEN_ALERT = text("state NOT IN ('resolved', 'false_alarm')")
UNDER_WAY = text("ended_at IS NULL")


class Alert(Table):
    __tablename__ = "alerts"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    dedup_key: Mapped[str] = mapped_column(String(120))
    severity: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(16), default="new", index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("watchlist_entries.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    plate: Mapped[str] = mapped_column(String(16))
    camera_id: Mapped[int] = mapped_column(ForeignKey("cameras.id"))
    lon: Mapped[float]
    lat: Mapped[float]
    sighting_id: Mapped[str] = mapped_column(String(80))
    sighting_seen_at: Mapped[datetime]
    raised_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    times_seen: Mapped[int] = mapped_column(default=1)
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    dispatched_at: Mapped[datetime | None]
    on_scene_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    outcome: Mapped[str | None] = mapped_column(Text)
    escalated_at: Mapped[datetime | None]
    escalation_level: Mapped[int] = mapped_column(default=0)
    simulated: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        Index(
            "ux_alerts_open", "dedup_key", unique=True, sqlite_where=OPEN_ALERT, postgresql_where=OPEN_ALERT
        ),
    )


class AlertSighting(Table):
    __tablename__ = "alert_sightings"
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"), primary_key=True)
    sighting_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    seen_at: Mapped[datetime]
    camera_id: Mapped[int] = mapped_column(ForeignKey("cameras.id"))


# --- Units and patrols --------------------------------------------------------------------------------


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


# --- The trail ----------------------------------------------------------------------------------------


class AuditRow(Table):
    """Trail and outbox in one: relayed to the event stream and sealed into the hash chain by the relay."""

    __tablename__ = "audit_rows"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(String(64), index=True)
    actor_role: Mapped[str] = mapped_column(String(16))
    action: Mapped[str] = mapped_column(String(48), index=True)
    subject: Mapped[str] = mapped_column(String(24))
    subject_id: Mapped[str] = mapped_column(String(80))
    case_number: Mapped[str | None] = mapped_column(String(64), index=True)
    reason: Mapped[str | None] = mapped_column(Text)
    details: Mapped[dict[str, Any]]
    relayed_at: Mapped[datetime | None]
    sequence: Mapped[int | None] = mapped_column(unique=True)
    previous_hash: Mapped[str | None] = mapped_column(String(64))
    hash: Mapped[str | None] = mapped_column(String(64))
    __table_args__ = (
        Index("ix_audit_subject", "subject", "subject_id"),
        Index(
            "ix_audit_unrelayed",
            "id",
            sqlite_where=text("relayed_at IS NULL"),
            postgresql_where=text("relayed_at IS NULL"),
        ),
    )
