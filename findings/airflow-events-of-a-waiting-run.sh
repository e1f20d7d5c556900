#!/usr/bin/env bash
# Airflow 3.3.2 answers 500 to "which events started this run" (GET .../dagRuns/{id}/upstreamAssetEvents), and to the list of all events of
# assets, as long as a run that came of such an event has not begun: its start date is empty, and the answer's form does not allow that.
# Guessed: a run that waits is a run like another. What helps: ask again once it has begun; a task finds the events in its own context.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check apache-airflow-core==3.3.2 apache-airflow-task-sdk==1.3.2 apache-airflow-providers-standard==1.21.0
export AIRFLOW_HOME="$work" AIRFLOW__DATABASE__SQL_ALCHEMY_CONN="sqlite:///$work/airflow.db" AIRFLOW__CORE__DAGS_FOLDER="$work/dags"
export AIRFLOW__CORE__LOAD_EXAMPLES=False AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS=True AIRFLOW__LOGGING__LOGGING_LEVEL=CRITICAL
mkdir "$work/dags"
cat > "$work/dags/pair.py" <<'PY'
from airflow.sdk import Asset, dag, task

MADE = Asset("made")

@dag(schedule=None)
def producer():
    @task(outlets=[MADE])
    def make(): ...
    make()

@dag(schedule=[MADE])
def consumer():
    @task
    def take(): ...
    take()

producer()
consumer()
PY
"$work/env/bin/airflow" db migrate > "$work/log" 2>&1 && "$work/env/bin/airflow" dags reserialize >> "$work/log" 2>&1 || { cat "$work/log"; exit 1; }
"$work/env/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

from airflow._shared.timezones import timezone
from airflow.api_fastapi.app import create_app
from airflow.models.asset import AssetEvent, AssetModel
from airflow.models.dagrun import DagRun
from airflow.models.serialized_dag import SerializedDagModel
from airflow.utils.session import create_session
from airflow.utils.state import DagRunState
from airflow.utils.types import DagRunTriggeredByType, DagRunType
from fastapi.testclient import TestClient
from sqlalchemy import select

with create_session() as session:
    dag = session.scalar(SerializedDagModel.latest_item_select_object("consumer")).dag
    run = dag.create_dagrun(
        run_id="waits", logical_date=None, data_interval=None, run_after=timezone.utcnow(), run_type=DagRunType.ASSET_TRIGGERED,
        triggered_by=DagRunTriggeredByType.ASSET, state=DagRunState.QUEUED, session=session,
    )
    asset = session.scalar(select(AssetModel).where(AssetModel.name == "made"))
    run.consumed_asset_events.append(AssetEvent(asset_id=asset.id, source_dag_id="producer", source_run_id="made_it", extra={}))

with TestClient(create_app("core"), raise_server_exceptions=False) as client:
    client.headers["Authorization"] = f"Bearer {client.get('/auth/token').json()['access_token']}"
    ask = lambda: [client.get(f"/api/v2{path}").status_code for path in ("/dags/consumer/dagRuns/waits/upstreamAssetEvents", "/assets/events")]
    waiting = ask()
    with create_session() as session:
        session.scalar(select(DagRun).where(DagRun.run_id == "waits")).start_date = timezone.utcnow()
    begun = ask()
print("apache-airflow-core", version("apache-airflow-core"), "while the run waits ->", waiting, "once it has begun ->", begun)
assert begun == [200, 200], begun
assert waiting == [500, 500], "Airflow answers now"
PY
