#!/usr/bin/env bash
# Airflow 3.3.2 cannot clear a run that has a deadline counted from when it was queued (DeadlineReference.DAGRUN_QUEUED_AT) and not yet missed:
# the API answers 500. Clearing moves such deadlines, and takes the interval for a number of seconds; it is stored as a serialized timedelta.
# Guessed: a deadline only adds an alert. What helps: a reference of one's own that reads the same column; Airflow does not move those.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check apache-airflow-core==3.3.2 apache-airflow-task-sdk==1.3.2 apache-airflow-providers-standard==1.21.0
export AIRFLOW_HOME="$work" AIRFLOW__DATABASE__SQL_ALCHEMY_CONN="sqlite:///$work/airflow.db" AIRFLOW__CORE__DAGS_FOLDER="$work/dags"
export AIRFLOW__CORE__LOAD_EXAMPLES=False AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS=True AIRFLOW__LOGGING__LOGGING_LEVEL=CRITICAL
mkdir "$work/dags"
cat > "$work/dags/two.py" <<'PY'
from datetime import timedelta

from airflow.sdk import AsyncCallback, DeadlineAlert, DeadlineReference, dag, task

LATE = DeadlineAlert(DeadlineReference.DAGRUN_QUEUED_AT, timedelta(days=3), AsyncCallback("asyncio.sleep", kwargs={"delay": 0}))

@dag(schedule=None, deadline=LATE)
def due():
    @task
    def work(): ...
    work()

@dag(schedule=None)
def free():
    @task
    def work(): ...
    work()

due()
free()
PY
"$work/env/bin/airflow" db migrate > "$work/log" 2>&1 && "$work/env/bin/airflow" dags reserialize >> "$work/log" 2>&1 || { cat "$work/log"; exit 1; }
"$work/env/bin/python" -W ignore - <<'PY'
from importlib.metadata import version

from airflow.api_fastapi.app import create_app
from fastapi.testclient import TestClient

with TestClient(create_app("core"), raise_server_exceptions=False) as client:
    client.headers["Authorization"] = f"Bearer {client.get('/auth/token').json()['access_token']}"
    answers = {}
    for name in ("due", "free"):
        made = client.post(f"/api/v2/dags/{name}/dagRuns", json={"dag_run_id": "one", "logical_date": None})
        assert made.status_code == 200, made.text
        runs = f"/api/v2/dags/{name}/dagRuns/one"
        client.patch(runs, json={"state": "failed"})
        answers[name] = client.post(f"{runs}/clear", json={"dry_run": False, "only_failed": False}).status_code
print("apache-airflow-core", version("apache-airflow-core"), "clearing a failed run ->", answers)
assert answers["free"] == 200, answers
assert answers["due"] == 500, "Airflow clears it now"
PY
