"""the trajectory cloud"""

import sqlalchemy as sa
from alembic import op

from operations.tables import UtcTime
from operations.times import from_text

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "learned_until",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("until", UtcTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "learned_traffic",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("until", UtcTime(timezone=True), nullable=False),
        sa.Column("road_version", sa.String(length=64), nullable=False),
        sa.Column("arrays", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "movements",
        sa.Column("from_site", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("to_site", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hour", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bin", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("from_site", "to_site", "hour", "bin"),
    )
    op.create_table(
        "plates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=16), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("text"),
    )
    with op.batch_alter_table("plates", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plates_last_day"), ["last_day"], unique=False)

    op.create_table(
        "read_confusions",
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("true_char", sa.String(length=1), nullable=False),
        sa.Column("read_char", sa.String(length=1), nullable=False),
        sa.Column("count", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("source", "position", "true_char", "read_char"),
    )
    op.create_table(
        "turns",
        sa.Column("previous_site", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("from_site", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("to_site", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("previous_site", "from_site", "to_site", "part"),
    )
    op.create_table(
        "case_sightings",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("found_by", sa.String(length=48), nullable=False),
        sa.Column("sighting_id", sa.String(length=80), nullable=False),
        sa.Column("seen_at", UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.PrimaryKeyConstraint("case_id", "found_by", "sighting_id", "seen_at"),
    )
    with op.batch_alter_table("case_sightings", schema=None) as batch_op:
        batch_op.create_index("ix_case_sightings_seen", ["seen_at", "sighting_id"], unique=False)

    op.create_table(
        "query_decisions",
        sa.Column("query_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["query_id"],
            ["queries.id"],
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
        ),
        sa.PrimaryKeyConstraint("query_id", "user_id"),
    )
    op.create_table(
        "quarantines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("camera_id", sa.Integer(), nullable=False),
        sa.Column("plate", sa.String(length=16), nullable=True),
        sa.Column("lane", sa.Integer(), nullable=True),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("since", UtcTime(timezone=True), nullable=False),
        sa.Column("until", UtcTime(timezone=True), nullable=True),
        sa.Column("made_at", UtcTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("lifted_at", UtcTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Integer(), nullable=True),
        sa.Column("lifted_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["camera_id"],
            ["cameras.id"],
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by"],
            ["users.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["users.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("quarantines", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quarantines_camera_id"), ["camera_id"], unique=False)
        batch_op.create_index(
            "ux_quarantines_key",
            ["key"],
            unique=True,
            sqlite_where=sa.text("lifted_at IS NULL AND until IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL AND until IS NULL"),
        )

    op.create_table(
        "evidence_exports",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("query_id", sa.String(length=36), nullable=True),
        sa.Column("alert_id", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sightings", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"],
            ["alerts.id"],
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["users.id"],
        ),
        sa.ForeignKeyConstraint(
            ["query_id"],
            ["queries.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("evidence_exports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_exports_case_id"), ["case_id"], unique=False)

    op.create_table(
        "read_corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.Integer(), nullable=True),
        sa.Column("sighting_id", sa.String(length=80), nullable=False),
        sa.Column("seen_at", UtcTime(timezone=True), nullable=False),
        sa.Column("camera_id", sa.Integer(), nullable=False),
        sa.Column("read_plate", sa.String(length=16), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("true_plate", sa.String(length=16), nullable=True),
        sa.Column("said_by", sa.Integer(), nullable=False),
        sa.Column("said_at", UtcTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"],
            ["alerts.id"],
        ),
        sa.ForeignKeyConstraint(
            ["camera_id"],
            ["cameras.id"],
        ),
        sa.ForeignKeyConstraint(
            ["said_by"],
            ["users.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("read_corrections", schema=None) as batch_op:
        batch_op.create_index("ux_read_corrections_sighting", ["sighting_id", "seen_at"], unique=True)

    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("match", sa.String(length=8), nullable=False, server_default="exact"))
        batch_op.add_column(sa.Column("match_probability", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("believed_plate", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("match_why", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("verdict", sa.String(length=12), nullable=True))
        batch_op.add_column(sa.Column("verdict_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("verdict_at", UtcTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("true_plate", sa.String(length=16), nullable=True))
        batch_op.create_index(batch_op.f("ix_alerts_entry_id"), ["entry_id"], unique=False)

    with op.batch_alter_table("queries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=16), nullable=False, server_default="path"))
        batch_op.add_column(sa.Column("grade", sa.String(length=12), nullable=False, server_default="own"))
        batch_op.add_column(
            sa.Column("state", sa.String(length=12), nullable=False, server_default="answered")
        )
        batch_op.add_column(sa.Column("grade_why", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("answered_at", UtcTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("ended_why", sa.String(length=16), nullable=True))
        batch_op.create_index(batch_op.f("ix_queries_state"), ["state"], unique=False)

    with op.batch_alter_table("sightings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sightings_camera"))
        batch_op.create_index("ix_sightings_camera", ["camera_id", "seen_at", "plate"], unique=False)

    with op.batch_alter_table("watchlist_entries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("fuzzy", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("vehicle_class", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("colour", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("area", sa.JSON(none_as_null=True), nullable=True))
        batch_op.add_column(sa.Column("hours", sa.JSON(none_as_null=True), nullable=True))

    op.execute(
        "INSERT INTO plates (text, first_day, last_day) SELECT plate, date(min(seen_at)), date(max(seen_at)) "
        "FROM sightings WHERE plate IS NOT NULL GROUP BY plate"
    )
    op.execute("UPDATE queries SET answered_at = asked_at")
    _preserve_what_was_found()


def _preserve_what_was_found() -> None:
    """Keep for each open case what its questions of before found: until now retention asked them again."""
    queries = sa.table("queries", sa.column("id"), sa.column("case_id"), sa.column("question", sa.JSON()))
    cases = sa.table("cases", sa.column("id"), sa.column("state"))
    sightings = sa.table(
        "sightings", sa.column("id"), sa.column("plate"), sa.column("seen_at", UtcTime(timezone=True))
    )
    kept = sa.table(
        "case_sightings",
        *(sa.column(name) for name in ("case_id", "found_by", "sighting_id", "seen_at")),
    )
    open_ones = sa.select(queries).join(cases, cases.c.id == queries.c.case_id)
    for query in op.get_bind().execute(open_ones.where(cases.c.state == "open")).all():
        asked = query.question
        found = sa.select(
            sa.literal(query.case_id), sa.literal(query.id), sightings.c.id, sightings.c.seen_at
        ).where(
            sightings.c.plate.like(asked["plate"].replace("?", "_").replace("*", "%")),
            sightings.c.seen_at >= from_text(asked["from"]),
            sightings.c.seen_at < from_text(asked["to"]),
        )
        op.execute(sa.insert(kept).from_select(list(kept.c.keys()), found))


def downgrade() -> None:
    with op.batch_alter_table("watchlist_entries", schema=None) as batch_op:
        batch_op.drop_column("hours")
        batch_op.drop_column("area")
        batch_op.drop_column("colour")
        batch_op.drop_column("vehicle_class")
        batch_op.drop_column("fuzzy")

    with op.batch_alter_table("sightings", schema=None) as batch_op:
        batch_op.drop_index("ix_sightings_camera")
        batch_op.create_index(batch_op.f("ix_sightings_camera"), ["camera_id", "seen_at"], unique=False)

    with op.batch_alter_table("queries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_queries_state"))
        batch_op.drop_column("ended_why")
        batch_op.drop_column("answered_at")
        batch_op.drop_column("grade_why")
        batch_op.drop_column("state")
        batch_op.drop_column("grade")
        batch_op.drop_column("kind")

    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alerts_entry_id"))
        batch_op.drop_column("true_plate")
        batch_op.drop_column("verdict_at")
        batch_op.drop_column("verdict_by")
        batch_op.drop_column("verdict")
        batch_op.drop_column("match_why")
        batch_op.drop_column("believed_plate")
        batch_op.drop_column("match_probability")
        batch_op.drop_column("match")

    with op.batch_alter_table("read_corrections", schema=None) as batch_op:
        batch_op.drop_index("ux_read_corrections_sighting")

    op.drop_table("read_corrections")
    with op.batch_alter_table("evidence_exports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_exports_case_id"))

    op.drop_table("evidence_exports")
    with op.batch_alter_table("quarantines", schema=None) as batch_op:
        batch_op.drop_index(
            "ux_quarantines_key",
            sqlite_where=sa.text("lifted_at IS NULL AND until IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL AND until IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_quarantines_camera_id"))

    op.drop_table("quarantines")
    op.drop_table("query_decisions")
    with op.batch_alter_table("case_sightings", schema=None) as batch_op:
        batch_op.drop_index("ix_case_sightings_seen")

    op.drop_table("case_sightings")
    op.drop_table("turns")
    op.drop_table("read_confusions")
    with op.batch_alter_table("plates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plates_last_day"))

    op.drop_table("plates")
    op.drop_table("movements")
    op.drop_table("learned_until")
    op.drop_table("learned_traffic")
