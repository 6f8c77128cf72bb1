"""patrols"""

import sqlalchemy as sa
from alembic import op

from operations.tables import UtcTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Plans were one row per unit and day; now a plan has routes. What was driven is carried over.
    op.execute("CREATE TABLE old_plans AS SELECT * FROM patrol_plans")
    op.execute("CREATE TABLE old_stops AS SELECT * FROM patrol_stops")
    op.drop_table("patrol_stops")
    op.drop_table("patrol_plans")
    op.create_table(
        "patrol_plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("midnight", UtcTime(timezone=True), nullable=True),
        sa.Column("shift", sa.String(length=16), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("wishes", sa.JSON(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("claimed_at", UtcTime(timezone=True), nullable=True),
        sa.Column("published_at", UtcTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.Column("based_on", sa.Integer(), nullable=True),
        sa.Column("figures", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("unserved", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("failed_why", sa.Text(), nullable=True),
        sa.Column("solver", sa.String(length=40), nullable=True),
        sa.Column("roads_version", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("patrol_plans", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_patrol_plans_day"), ["day"], unique=False)
        batch_op.create_index(batch_op.f("ix_patrol_plans_state"), ["state"], unique=False)

    op.create_table(
        "road_closures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("from_at", UtcTime(timezone=True), nullable=False),
        sa.Column("until_at", UtcTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=False),
        sa.Column("lifted_at", UtcTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "shifts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("from_s", sa.Double(), nullable=False),
        sa.Column("until_s", sa.Double(), nullable=False),
        sa.Column("rest_from_s", sa.Double(), nullable=True),
        sa.Column("rest_until_s", sa.Double(), nullable=True),
        sa.Column("rest_s", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_table(
        "standing_orders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=True),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("priority", sa.Double(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("dwell_s", sa.Double(), nullable=False),
        sa.Column("must", sa.Boolean(), nullable=False),
        sa.Column("hours", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("ordered_by", sa.Integer(), nullable=False),
        sa.Column("ordered_at", UtcTime(timezone=True), nullable=False),
        sa.Column("ended_at", UtcTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "key_places",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("line", sa.LargeBinary(), nullable=True),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Double(), nullable=False),
        sa.Column("visits", sa.Integer(), nullable=False),
        sa.Column("dwell_s", sa.Double(), nullable=False),
        sa.Column("spacing_s", sa.Double(), nullable=False),
        sa.Column("hours", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("must", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["grid_id"],
            ["grids.id"],
        ),
        sa.ForeignKeyConstraint(
            ["town_id"],
            ["towns.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    with op.batch_alter_table("key_places", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_key_places_grid_id"), ["grid_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_key_places_town_id"), ["town_id"], unique=False)

    op.create_table(
        "public_calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("reported_by", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["grid_id"],
            ["grids.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source_id"),
    )
    with op.batch_alter_table("public_calls", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_public_calls_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_public_calls_grid_id"), ["grid_id"], unique=False)

    op.create_table(
        "check_ins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("stop_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("phone_at", UtcTime(timezone=True), nullable=False),
        sa.Column("received_at", UtcTime(timezone=True), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.Column("clock_off_s", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("away_m", sa.Double(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("photo", sa.String(length=80), nullable=True),
        sa.Column("doubts", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["units.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("client_id"),
    )
    with op.batch_alter_table("check_ins", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_check_ins_received_at"), ["received_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_check_ins_stop_id"), ["stop_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_check_ins_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "distress_calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.Column("received_at", UtcTime(timezone=True), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("positioned_at", UtcTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("acknowledged_at", UtcTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.Integer(), nullable=True),
        sa.Column("closed_at", UtcTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["units.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("client_id"),
    )
    with op.batch_alter_table("distress_calls", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_distress_calls_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_distress_calls_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "patrol_routes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("shift_from", UtcTime(timezone=True), nullable=False),
        sa.Column("shift_until", UtcTime(timezone=True), nullable=False),
        sa.Column("rest_from", UtcTime(timezone=True), nullable=True),
        sa.Column("rest_until", UtcTime(timezone=True), nullable=True),
        sa.Column("out_at", UtcTime(timezone=True), nullable=True),
        sa.Column("terms", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("line", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("driving_s", sa.Double(), nullable=True),
        sa.Column("distance_m", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["patrol_plans.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["units.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("plan_id", "unit_id"),
    )
    with op.batch_alter_table("patrol_routes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_patrol_routes_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "unit_positions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("heading_deg", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["units.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("unit_positions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_positions_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_unit_positions_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "patrol_stops",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("route_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("arrive_at", UtcTime(timezone=True), nullable=False),
        sa.Column("start_at", UtcTime(timezone=True), nullable=False),
        sa.Column("leave_at", UtcTime(timezone=True), nullable=False),
        sa.Column("window_from", UtcTime(timezone=True), nullable=False),
        sa.Column("window_until", UtcTime(timezone=True), nullable=False),
        sa.Column("dwell_s", sa.Double(), nullable=False),
        sa.Column("priority", sa.Double(), nullable=False),
        sa.Column("must", sa.Boolean(), nullable=False),
        sa.Column("revisit", sa.String(length=32), nullable=True),
        sa.Column("spacing_s", sa.Double(), nullable=False),
        sa.Column("reasons", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("checked_in_at", UtcTime(timezone=True), nullable=True),
        sa.Column("left_at", UtcTime(timezone=True), nullable=True),
        sa.Column("dropped_at", UtcTime(timezone=True), nullable=True),
        sa.Column("doubts", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["grid_id"],
            ["grids.id"],
        ),
        sa.ForeignKeyConstraint(["route_id"], ["patrol_routes.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("patrol_stops", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_patrol_stops_checked_in_at"), ["checked_in_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_patrol_stops_grid_id"), ["grid_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_patrol_stops_route_id"), ["route_id"], unique=False)

    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("accepted_at", UtcTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("declined_at", UtcTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("declined_why", sa.Text(), nullable=True))

    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.add_column(sa.Column("vehicle", sa.String(length=12), nullable=False, server_default="car"))
        batch_op.add_column(sa.Column("shift_id", sa.Integer(), nullable=True))
    _carry_over()


def _carry_over() -> None:
    """Make one published plan of each old day, a route of each old plan, and keep the stops' ids."""
    op.execute(
        "INSERT INTO patrol_plans (day, name, state, revision, wishes, seed, made_at, published_at)"
        " SELECT day, '', 'published', 0, '{}', MIN(seed), MIN(made_at), MIN(made_at)"
        " FROM old_plans GROUP BY day"
    )
    op.execute(
        "INSERT INTO patrol_routes (plan_id, unit_id, shift_from, shift_until)"
        " SELECT plan.id, old.unit_id, MIN(stop.arrive_at), MAX(stop.leave_at) FROM old_plans AS old"
        " JOIN patrol_plans AS plan ON plan.day = old.day JOIN old_stops AS stop ON stop.plan_id = old.id"
        " GROUP BY plan.id, old.unit_id"
    )
    op.execute(
        "INSERT INTO patrol_stops (id, route_id, position, grid_id, town_id, lon, lat, arrive_at, start_at,"
        " leave_at, window_from, window_until, dwell_s, priority, must, spacing_s, checked_in_at, note)"
        " SELECT stop.id, route.id, stop.position, stop.grid_id, grids.town_id, stop.lon, stop.lat,"
        " stop.arrive_at, stop.arrive_at, stop.leave_at, stop.arrive_at, stop.arrive_at, 600, 1, FALSE, 0,"
        " stop.checked_in_at, stop.note FROM old_stops AS stop JOIN old_plans AS old ON old.id = stop.plan_id"
        " JOIN patrol_plans AS plan ON plan.day = old.day"
        " JOIN patrol_routes AS route ON route.plan_id = plan.id AND route.unit_id = old.unit_id"
        " JOIN grids ON grids.id = stop.grid_id"
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('patrol_stops', 'id'),"
            " COALESCE((SELECT MAX(id) FROM patrol_stops), 0) + 1, FALSE)"
        )
    op.execute("DROP TABLE old_stops")
    op.execute("DROP TABLE old_plans")


def downgrade() -> None:
    """Go back to plans of one unit and day; plans, check-ins and demand go, for nothing there holds them."""
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.drop_column("shift_id")
        batch_op.drop_column("vehicle")
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.drop_column("declined_why")
        batch_op.drop_column("declined_at")
        batch_op.drop_column("accepted_at")
    for name in (
        "patrol_stops",
        "patrol_routes",
        "patrol_plans",
        "unit_positions",
        "distress_calls",
        "check_ins",
        "public_calls",
        "key_places",
        "standing_orders",
        "shifts",
        "road_closures",
    ):
        op.drop_table(name)
    op.create_table(
        "patrol_plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcTime(timezone=True), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("day", "unit_id"),
    )
    op.create_table(
        "patrol_stops",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("grid_id", sa.Integer(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("arrive_at", UtcTime(timezone=True), nullable=False),
        sa.Column("leave_at", UtcTime(timezone=True), nullable=False),
        sa.Column("checked_in_at", UtcTime(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["grid_id"], ["grids.id"]),
        sa.ForeignKeyConstraint(["plan_id"], ["patrol_plans.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_patrol_stops_plan_id", "patrol_stops", ["plan_id"])
