"""What the warehouse holds says so itself: 999999999 by a mark, a place's content and key, one delivery that counts, and new keys."""

from pathlib import Path

from alembic import op

revision = "r0012_warehouse"
down_revision = "r0011_contents"


def upgrade() -> None:
    # The driver itself: a script of many statements, in which a percent sign is no placeholder.
    op.get_bind().connection.driver_connection.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    op.get_bind().connection.driver_connection.execute(Path(__file__).with_suffix(".down.sql").read_text(encoding="utf-8"))
