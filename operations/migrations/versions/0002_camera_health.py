"""camera health: why a camera is in its state, and what each camera sees an hour"""

import sqlalchemy as sa
from alembic import op

from operations.tables import UtcTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Both say "the hour of seen_at, UTC" as their own database keeps times.
HOUR = {
    "postgresql": "date_trunc('hour', seen_at, 'UTC')",
    "sqlite": "strftime('%Y-%m-%d %H:00:00.000000', seen_at)",
}


def upgrade() -> None:
    op.create_table(
        "camera_hours",
        sa.Column("camera_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hour", UtcTime(timezone=True), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("camera_id", "hour"),
    )
    with op.batch_alter_table("cameras", schema=None) as batch_op:
        batch_op.add_column(sa.Column("state_why", sa.JSON(none_as_null=True), nullable=True))
    hour = HOUR[op.get_bind().dialect.name]
    op.execute(
        "INSERT INTO camera_hours (camera_id, hour, seen, read) "
        f"SELECT camera_id, {hour}, count(*), count(plate) FROM sightings GROUP BY camera_id, {hour}"
    )


def downgrade() -> None:
    with op.batch_alter_table("cameras", schema=None) as batch_op:
        batch_op.drop_column("state_why")
    op.drop_table("camera_hours")
