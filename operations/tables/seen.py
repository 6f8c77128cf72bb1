"""Tables of what was seen and what it raised: sightings and alerts."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from operations.tables.foundation import Table


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
    speed_error_kmh: Mapped[float | None]
    confidence: Mapped[float]
    snapshot: Mapped[str | None] = mapped_column(String(80))
    plate_crop: Mapped[str | None] = mapped_column(String(80))
    box: Mapped[list[float] | None]
    model: Mapped[str | None] = mapped_column(String(80))
    simulated: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (
        Index("ix_sightings_plate", "plate", "seen_at", postgresql_ops={"plate": "varchar_pattern_ops"}),
        Index("ix_sightings_camera", "camera_id", "seen_at", "plate"),
        {"postgresql_partition_by": "RANGE (seen_at)"},
    )


class CameraHour(Table):
    """How many vehicles a camera saw in one hour (UTC), and how many plates it read; outlives both."""

    __tablename__ = "camera_hours"
    camera_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    seen: Mapped[int]
    read: Mapped[int]


OPEN_ALERT = text("state NOT IN ('resolved', 'false_alarm')")


class Alert(Table):
    __tablename__ = "alerts"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    dedup_key: Mapped[str] = mapped_column(String(120))
    severity: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(16), default="new", index=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("watchlist_entries.id"), index=True)
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
    match: Mapped[str] = mapped_column(String(8), default="exact")  # exact | fuzzy
    match_probability: Mapped[float | None]
    """How probable it is that this is the watched vehicle, all known of the traffic weighed; fuzzy only."""
    believed_plate: Mapped[str | None] = mapped_column(String(16))
    """The watched plate that `plate` is believed to be a misread of; fuzzy only."""
    match_why: Mapped[list[dict[str, Any]] | None]
    """Where read and pattern differ: [{"position" (from 1), "read", "true", "probability"}]; fuzzy only."""
    verdict: Mapped[str | None] = mapped_column(String(12))  # confirmed | rejected
    verdict_by: Mapped[int | None]  # a user; no foreign key, which SQLite cannot add to a filled table
    verdict_at: Mapped[datetime | None]
    true_plate: Mapped[str | None] = mapped_column(String(16))
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
