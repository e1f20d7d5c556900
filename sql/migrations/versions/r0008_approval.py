"""Four eyes as a fact: who asked for a release, who of another right answered, and that nothing is published without."""

from pathlib import Path

from alembic import op

revision = "r0008_approval"
down_revision = "r0007_hidden_names"


def upgrade() -> None:
    # The driver itself: a script of many statements, in which a percent sign is no placeholder.
    op.get_bind().connection.driver_connection.execute(Path(__file__).with_suffix(".sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    op.get_bind().connection.driver_connection.execute(Path(__file__).with_suffix(".down.sql").read_text(encoding="utf-8"))
