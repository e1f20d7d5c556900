"""Remarks of the op-orde report that were confirmed with a reason, and extensions of the delivery window."""

from pathlib import Path

from alembic import op

revision = "r0019_op_orde"
down_revision = "r0018_mail_recipients"


def upgrade() -> None:
    # The driver itself: a script of many statements, in which a percent sign is no placeholder.
    op.get_bind().connection.driver_connection.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    op.get_bind().connection.driver_connection.execute(Path(__file__).with_suffix(".down.sql").read_text(encoding="utf-8"))
