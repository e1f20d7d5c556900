"""What every task needs, made ready once in the scheduler: LocalExecutor forks its workers from it, and each task inherits what is here.

Measured: without it a task that checks spends 5 s on importing Great Expectations, and a delivery's two tasks 0.5 s of processor time on
compiling templates and importing this project. Nothing that opens a socket or a connection, and no computation with Polars (its threads
do not survive a fork), may be done here.
"""

from __future__ import annotations

from importlib import import_module

MODULES = (
    "great_expectations",
    "great_expectations.expectations",
    "polars",
    "xlsxwriter",
    "sqlalchemy.dialects.postgresql.psycopg",
    "airflow.providers.standard.decorators.python",
    "airflow.providers.standard.operators.hitl",
    "airflow.sdk.execution_time.supervisor",
    "airflow.sdk.execution_time.task_runner",
    "gmsd.consent",
    "gmsd.intake",
    "gmsd.releases",
    "gmsd.warehouse",
    "gmsd_airflow.approval",
    "gmsd_airflow.bursts",
    "gmsd_airflow.embargo",
    "gmsd_airflow.links",
    "gmsd_airflow.publication",
    "gmsd_airflow.runs",
)


def preload() -> None:
    """Import what tasks import, compile the templates of mails and reports, and read the description of S3's requests."""
    for name in MODULES:
        import_module(name)
    import boto3
    from botocore import UNSIGNED
    from botocore.config import Config

    from gmsd.rendering import compile_templates

    compile_templates()
    boto3.setup_default_session()
    # a client opens nothing by itself; the address is never asked
    boto3.client("s3", region_name="eu-west-1", endpoint_url="http://127.0.0.1:9", config=Config(signature_version=UNSIGNED))
