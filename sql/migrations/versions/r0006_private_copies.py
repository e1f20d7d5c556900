"""Copies of what was registered, out of reach of the uploading account, and what intake notes of objects that are no delivery."""

from pathlib import Path

from alembic import op

revision = "r0006_private_copies"
down_revision = "r0005_incidents"


def upgrade() -> None:
    # The driver itself: a script of many statements, in which a percent sign is no placeholder.
    op.get_bind().connection.driver_connection.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    op.get_bind().connection.driver_connection.execute(Path(__file__).with_suffix(".down.sql").read_text(encoding="utf-8"))
