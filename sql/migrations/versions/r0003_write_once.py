"""What nobody may change: receipts, fingerprints of keys, and the cells and rows of releases that are on their way out or public."""

from pathlib import Path

from alembic import op

revision = "r0003_write_once"
down_revision = "r0002_check_lines"


def upgrade() -> None:
    # The driver itself: a script of many statements, in which a percent sign is no placeholder.
    op.get_bind().connection.driver_connection.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    op.get_bind().connection.driver_connection.execute(Path(__file__).with_suffix(".down.sql").read_text(encoding="utf-8"))
