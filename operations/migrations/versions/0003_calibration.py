"""calibration: where a camera's ground and lanes are; the error of a speed"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("cameras", schema=None) as batch_op:
        batch_op.add_column(sa.Column("calibration", sa.JSON(none_as_null=True), nullable=True))
    with op.batch_alter_table("sightings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("speed_error_kmh", sa.Double(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("sightings", schema=None) as batch_op:
        batch_op.drop_column("speed_error_kmh")
    with op.batch_alter_table("cameras", schema=None) as batch_op:
        batch_op.drop_column("calibration")
