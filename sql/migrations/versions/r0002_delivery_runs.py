"""Which registered uploads have been given a run in Airflow: what a sweep still has to start."""

from alembic import op

revision = "r0002_delivery_runs"
down_revision = "r0001_house"


def upgrade() -> None:
    op.execute("ALTER TABLE delivery ADD COLUMN run_noted_at timestamptz")
    op.execute("CREATE INDEX delivery_without_run ON delivery (registered_at) WHERE run_noted_at IS NULL")
