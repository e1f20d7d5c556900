"""A close and a load know the providers of a place: of each of them one delivery is frozen, held and accounted for."""

from pathlib import Path

from alembic import op

revision = "r0029_providers_loaded"
down_revision = "r0028_providers"


def upgrade() -> None:
    # The driver itself: a script of many statements, in which a percent sign is no placeholder.
    op.get_bind().connection.driver_connection.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    op.get_bind().connection.driver_connection.execute(Path(__file__).with_suffix(".down.sql").read_text(encoding="utf-8"))
