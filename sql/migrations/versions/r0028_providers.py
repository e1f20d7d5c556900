"""A delivery of a law whose files come from providers says whose it is; one of each provider counts of a place."""

from pathlib import Path

from alembic import op

revision = "r0028_providers"
down_revision = "r0027_suppliers"


def upgrade() -> None:
    # The driver itself: a script of many statements, in which a percent sign is no placeholder.
    op.get_bind().connection.driver_connection.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    op.get_bind().connection.driver_connection.execute(Path(__file__).with_suffix(".down.sql").read_text(encoding="utf-8"))
