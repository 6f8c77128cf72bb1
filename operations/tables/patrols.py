"""Tables of units, their shifts, their assignments and their patrol plans."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
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
    vehicle: Mapped[str] = mapped_column(String(12), default="car")  # car | motorcycle | foot
    shift_id: Mapped[int | None]  # of shifts; no foreign key, which SQLite cannot add to a filled table


class Shift(Table):
    """When units of a kind work (班次): seconds from local midnight, past 86,400 on the next day."""

    __tablename__ = "shifts"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16), unique=True)
    name: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(16))  # the kind of unit it is for
    from_s: Mapped[float]
    until_s: Mapped[float]
    rest_from_s: Mapped[float | None]
    """A rest at the own station begins within [rest_from_s, rest_until_s] and lasts rest_s."""
    rest_until_s: Mapped[float | None]
    rest_s: Mapped[float | None]


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
    accepted_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    declined_why: Mapped[str | None] = mapped_column(Text)
    arrived_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "ux_assignments_open", "unit_id", unique=True, sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY
        ),
    )


class PatrolPlan(Table):
    """One plan of a day, for all shifts or one. A change of a published plan counts `revision` up.

    State: wanted -> planning -> draft -> published -> superseded; failed; discarded.
    """

    __tablename__ = "patrol_plans"
    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(index=True)
    midnight: Mapped[datetime | None]  # when the day begins at the site; None: of an older version
    shift: Mapped[str | None] = mapped_column(String(16))  # the code of the one shift planned; None: all
    name: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[str] = mapped_column(String(12), index=True)
    revision: Mapped[int] = mapped_column(default=0)
    wishes: Mapped[dict[str, Any]]
    """What was asked: {"seconds", "seed", "variety", "town_floor", "abroad_s", "units_out"}."""
    seed: Mapped[int]
    made_at: Mapped[datetime]
    made_by: Mapped[int | None]  # a user; None: the system
    claimed_at: Mapped[datetime | None]  # by the worker that plans it
    published_at: Mapped[datetime | None]
    published_by: Mapped[int | None]
    based_on: Mapped[int | None]  # the plan it was improved from
    figures: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    unserved: Mapped[list[dict[str, Any]] | None]
    """What nobody visits and why: [{"grid_id", "place_id", "priority", "from", "until", "why"}]."""
    failed_why: Mapped[str | None] = mapped_column(Text)
    solver: Mapped[str | None] = mapped_column(String(40))
    roads_version: Mapped[str | None] = mapped_column(String(64))


class PatrolRoute(Table):
    """One unit's way through a plan, from its station and back."""

    __tablename__ = "patrol_routes"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("patrol_plans.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    shift_from: Mapped[datetime]
    shift_until: Mapped[datetime]
    rest_from: Mapped[datetime | None]
    rest_until: Mapped[datetime | None]
    out_at: Mapped[datetime | None]  # since when the unit no longer drives it
    terms: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    """How the unit was planned: {"start": [lon, lat], "town", "profile", "may_leave_town", "county_wide",
    "rest": {"from_s", "until_s", "lasts_s"} or None}. A unit that changes later leaves its plans alone."""
    line: Mapped[list[list[float]] | None] = mapped_column(JSON(none_as_null=True))  # the way, simplified
    driving_s: Mapped[float | None]
    distance_m: Mapped[float | None]
    __table_args__ = (UniqueConstraint("plan_id", "unit_id"),)


class PatrolStop(Table):
    """One visit of a route: arrive, begin within the window, dwell, leave."""

    __tablename__ = "patrol_stops"
    id: Mapped[int] = mapped_column(primary_key=True)
    route_id: Mapped[int] = mapped_column(ForeignKey("patrol_routes.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    grid_id: Mapped[int] = mapped_column(ForeignKey("grids.id"), index=True)
    place_id: Mapped[int | None]  # of key_places; None: the grid itself
    town_id: Mapped[int]
    lon: Mapped[float]
    lat: Mapped[float]
    arrive_at: Mapped[datetime]
    start_at: Mapped[datetime]
    leave_at: Mapped[datetime]
    window_from: Mapped[datetime]
    window_until: Mapped[datetime]
    dwell_s: Mapped[float]
    priority: Mapped[float]
    must: Mapped[bool] = mapped_column(default=False)
    revisit: Mapped[str | None] = mapped_column(String(32))  # equal for the visits to one place
    spacing_s: Mapped[float] = mapped_column(default=0.0)  # least time between visits of one `revisit`
    reasons: Mapped[list[dict[str, Any]] | None]  # why it is wanted: [{"code", numbers, "priority"}]
    checked_in_at: Mapped[datetime | None] = mapped_column(index=True)
    left_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]  # taken out of the published plan since
    doubts: Mapped[list[dict[str, Any]] | None]  # why its check-in is not believed: [{"code", numbers}]
    note: Mapped[str | None] = mapped_column(Text)
