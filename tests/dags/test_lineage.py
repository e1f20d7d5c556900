"""Events of OpenLineage: each run of a DAG leaves them in a file, and no word of a person is in one."""

from __future__ import annotations

import json
import re
import stat
from typing import TYPE_CHECKING, Any

from airflow.providers.openlineage.plugins.facets import AirflowDagRunFacet, AirflowRunFacet
from openlineage.client.event_v2 import InputDataset, Job, JobEvent, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import documentation_job, error_message_run, source_code_job, tags_run
from openlineage.client.serde import Serde

from gmsd.demo import delivery
from gmsd.rounds import HalfYear
from gmsd_airflow.lineage import Bare
from tests.dags.conftest import FAULTY, GOOD, OTHER
from tests.support.runs import ended, until

if TYPE_CHECKING:
    from gmsd_airflow.api import Airflow
    from tests.support.played import Home

DAG_RUN = {"run_id", "run_type", "partition_key", "run_after", "start_date", "end_date"}
FACETS = {"parent", "nominalTime", "processing_engine", "airflow", "airflowDagRun", "airflowState"}


def events(home: Home) -> list[dict[str, Any]]:
    path = home.var / "lineage" / "events.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def of_run(home: Home, run_id: str) -> list[tuple[str, str]]:
    """What happened to the tasks and the DAG of a run: name and state, in order."""
    found = []
    for event in events(home):
        facets = event["run"]["facets"]
        said = facets.get("airflow") or facets.get("airflowDagRun")
        if said and said["dagRun"]["run_id"] == run_id:
            found.append((event["job"]["name"], event["eventType"]))
    return found


def test_an_event_is_made_anew_of_what_is_listed() -> None:
    """Everything that the provider may say, with a word in each place where one could stand."""
    word = "WMO_H12019_gemeenteX.csv"
    dag_run = {"run_id": "2019-H1.0339.01", "run_type": "manual", "conf": {"key": word}, "note": word, "triggering_user_name": word}
    told = {
        "dag": {"dag_id": "gmsd_delivery", "description": word, "owner": word, "tags": word},
        "task": {"task_id": "check", "note": word, "op_args": word, "outlets": word, "trigger_run_id": word},
        "taskInstance": {"try_number": 1, "map_index": 0, "rendered_map_index": word, "log_url": word, "note": word},
    }
    facets = {
        "airflow": AirflowRunFacet(dagRun=dict(dag_run), taskUuid="u", **told),
        "airflowDagRun": AirflowDagRunFacet(dag=dict(told["dag"]), dagRun=dict(dag_run)),
        "errorMessage": error_message_run.ErrorMessageRunFacet(message=word, programmingLanguage="python", stackTrace=word),
        "tags": tags_run.TagsRunFacet(tags=[]),
        "laterFacet": AirflowDagRunFacet(dag={"dag_id": word}, dagRun={"run_id": word}),
    }
    job = {"documentation": documentation_job.DocumentationJobFacet(word), "sourceCode": source_code_job.SourceCodeJobFacet("python", word)}
    nothing = {"schema": documentation_job.DocumentationJobFacet(word)}
    event = RunEvent(
        eventTime="2019-09-03T10:00:00Z",
        producer="https://github.com/apache/airflow",
        eventType=RunState.FAIL,
        run=Run("01a221db-3559-79aa-a914-8940fadc7311", facets),
        job=Job("gmsd", "gmsd_delivery.check", job),
        inputs=[InputDataset("s3://bucket", "name", nothing)],
        outputs=[OutputDataset("s3://bucket", "name", nothing)],
    )
    made = Bare({}).transform(event)
    text = Serde.to_json(made)
    assert word not in text
    said = json.loads(text)
    assert (said["eventType"], said["job"]["name"]) == ("FAIL", "gmsd_delivery.check")
    assert set(said["run"]["facets"]) == {"airflow", "airflowDagRun"}
    assert said["run"]["facets"]["airflow"]["dagRun"] == {"run_id": "2019-H1.0339.01", "run_type": "manual"}
    assert said["run"]["facets"]["airflow"]["taskInstance"] == {"try_number": 1, "map_index": 0}
    assert [(each["namespace"], each["name"]) for each in said["inputs"] + said["outputs"]] == [("s3://bucket", "name")] * 2


def test_an_event_that_is_of_no_run_goes_nowhere() -> None:
    event = JobEvent(eventTime="2019-09-03T10:00:00Z", producer="https://github.com/apache/airflow", job=Job("gmsd", "gmsd_load"))
    assert Bare({}).transform(event) is None


def test_a_run_of_a_dag_leaves_its_events(delivered: None, engineer: Airflow, home: Home) -> None:
    for municipality in (GOOD, FAULTY):
        run_id = f"2019-H1.{municipality}.01"
        ended(engineer, "gmsd_delivery", run_id)
        until(lambda run_id=run_id: ("gmsd_delivery", "COMPLETE") in of_run(home, run_id), "the event of the run's end")
        found = of_run(home, run_id)
        for name in ("gmsd_delivery.check", "gmsd_delivery.report"):
            assert [state for job, state in found if job == name] == ["START", "COMPLETE"]
        assert ("gmsd_delivery", "START") in found
    assert {event["job"]["namespace"] for event in events(home)} == {"gmsd"}
    assert {"gmsd_intake", "gmsd_intake.register", "gmsd_intake.start"} <= {event["job"]["name"] for event in events(home)}


def test_a_task_names_the_run_that_it_is_of(delivered: None, engineer: Airflow, home: Home) -> None:
    ended(engineer, "gmsd_delivery", f"2019-H1.{GOOD}.01")
    until(lambda: ("gmsd_delivery", "COMPLETE") in of_run(home, f"2019-H1.{GOOD}.01"), "the event of the run's end")
    runs = {event["run"]["runId"]: event["job"]["name"] for event in events(home)}
    parents = {event["run"]["facets"]["parent"]["run"]["runId"] for event in events(home) if event["job"]["name"] == "gmsd_delivery.check"}
    assert parents
    assert {runs[parent] for parent in parents} == {"gmsd_delivery"}


def test_no_word_of_a_person_is_in_an_event(delivered: None, engineer: Airflow, home: Home) -> None:
    """No file name, key, BSN, note, account or form of a run, whatever the run was about."""
    for run_id in (*(f"2019-H1.{municipality}.01" for municipality in (GOOD, OTHER, FAULTY)), "unplaced.0001"):
        ended(engineer, "gmsd_delivery", run_id)
        until(lambda run_id=run_id: ("gmsd_delivery", "COMPLETE") in of_run(home, run_id), "the event of the run's end")
    started = engineer.start("gmsd_delivery", conf={"delivery": f"2019-H1.{GOOD}.01", "action": "send report again"})
    ended(engineer, "gmsd_delivery", started)
    until(lambda: ("gmsd_delivery", "COMPLETE") in of_run(home, started), "the event of the run's end")
    path = home.var / "lineage" / "events.jsonl"
    text = path.read_text(encoding="utf-8")
    keys = [delivery(1, municipality, HalfYear(2019, 1)).key for municipality in (GOOD, OTHER, FAULTY)]
    names = [part for key in keys for part in (key, key.rpartition("/")[2], key.rpartition("/")[2].rpartition(".")[0])]
    for word in (*names, "aanlevering", "WMO_", "accepted", "rejected: ", "send report again", "engineer", "@"):
        assert word.lower() not in text.lower(), word
    assert not re.search(r"(?<![\w.:+-])\d{9}(?![\w.:+-])", text)
    for event in events(home):
        assert set(event["run"]["facets"]) <= FACETS
        assert set(event["job"]["facets"]) <= {"jobType"}
        for facet in (event["run"]["facets"].get(name, {}) for name in ("airflow", "airflowDagRun")):
            assert set(facet.get("dagRun", {})) <= DAG_RUN
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
