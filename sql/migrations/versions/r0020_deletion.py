"""What a withdrawal deletes, step by step, and the proof of it; no statistics of what may hold a name or a person."""

from pathlib import Path

from alembic import op

revision = "r0020_deletion"
down_revision = "r0019_op_orde"


def upgrade() -> None:
    # The driver itself: a script of many statements, in which a percent sign is no placeholder.
    op.get_bind().connection.driver_connection.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    op.get_bind().connection.driver_connection.execute(Path(__file__).with_suffix(".down.sql").read_text(encoding="utf-8"))
