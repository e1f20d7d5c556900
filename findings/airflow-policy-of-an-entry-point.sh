#!/usr/bin/env bash
# Airflow 3.3.2 reads a cluster policy from an entry point `airflow.policy`, and does not call its task_instance_mutation_hook when it makes the
# task instances of a run: the mark that says "there is no hook" is only taken away where a module airflow_local_settings is found as well.
# Guessed: a policy is in force once it is registered. What helps: a module airflow_local_settings, empty or with the hook itself.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet --disable-pip-version-check apache-airflow-core==3.3.2 apache-airflow-task-sdk==1.3.2 apache-airflow-providers-standard==1.21.0 setuptools
mkdir "$work/policy" "$work/local"
cat > "$work/policy/pyproject.toml" <<'TOML'
[project]
name = "a-policy"
version = "1"
[project.entry-points."airflow.policy"]
a_policy = "a_policy"
[tool.setuptools]
py-modules = ["a_policy"]
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
TOML
cat > "$work/policy/a_policy.py" <<'PY'
from airflow.policies import hookimpl

@hookimpl
def task_instance_mutation_hook(task_instance):
    task_instance.pool = "another"
PY
"$work/env/bin/pip" install --quiet --disable-pip-version-check "$work/policy"
: > "$work/local/airflow_local_settings.py"
export AIRFLOW_HOME="$work" AIRFLOW__DATABASE__SQL_ALCHEMY_CONN="sqlite:///$work/airflow.db" AIRFLOW__CORE__DAGS_FOLDER="$work/dags"
export AIRFLOW__CORE__LOAD_EXAMPLES=False AIRFLOW__LOGGING__LOGGING_LEVEL=CRITICAL
mkdir "$work/dags"
cat > "$work/dags/one.py" <<'PY'
from airflow.sdk import dag, task

@dag(schedule=None)
def one():
    @task
    def work(): ...
    work()

one()
PY
"$work/env/bin/airflow" db migrate > "$work/log" 2>&1 && "$work/env/bin/airflow" dags reserialize >> "$work/log" 2>&1 || { cat "$work/log"; exit 1; }
look() { # a folder for the path, and a run's name: the pool of the task instance of a new run
    PYTHONPATH=$1 "$work/env/bin/python" -W ignore - "$2" <<'PY'
import sys

from airflow._shared.timezones import timezone
from airflow.models.serialized_dag import SerializedDagModel
from airflow.models.taskinstance import TaskInstance
from airflow.utils.session import create_session
from airflow.utils.state import DagRunState
from airflow.utils.types import DagRunTriggeredByType, DagRunType
from sqlalchemy import select

with create_session() as session:
    dag = session.scalar(SerializedDagModel.latest_item_select_object("one")).dag
    dag.create_dagrun(
        run_id=sys.argv[1], logical_date=None, data_interval=None, run_after=timezone.utcnow(), run_type=DagRunType.MANUAL,
        triggered_by=DagRunTriggeredByType.TEST, state=DagRunState.QUEUED, session=session,
    )
    print(session.scalar(select(TaskInstance.pool).where(TaskInstance.run_id == sys.argv[1])))
PY
}
alone=$(look "" alone | tail -1) beside=$(look "$work/local" beside | tail -1)
echo "apache-airflow-core 3.3.2: by an entry point alone a task has the pool $alone, beside an empty airflow_local_settings $beside"
[ "$beside" = another ] && [ "$alone" = default_pool ]
