"""Publishing alone, tried in every way that Airflow offers an engineer, and by everybody who is not the second person: none publishes."""

from __future__ import annotations

import configparser
import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from gmsd.database import connect
from gmsd.store import get_store
from gmsd.tables import all_targets
from gmsd_airflow.api import Airflow, AirflowError
from gmsd_airflow.approval_page import token
from gmsd_airflow.publication import question_of_run
from gmsd_airflow.runs import start_publication
from tests.support.runs import ended, states, until
from tests.support.stack import approver_of
from tests.support.waiting import patience

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gmsd.releases import Question
    from gmsd.settings import Settings

DAG = "gmsd_publish"


def public(settings: Settings) -> dict[str, bytes]:
    """Every public object: the releases, and the pointer."""
    store = get_store(settings)
    return {key: store.get(settings.bucket_publication, key) for key in store.keys(settings.bucket_publication)}


def asked(engineer: Airflow, settings: Settings) -> Iterator[Question]:
    """A publication that an engineer asked for and nobody has answered; whatever is done to it, nothing more is public afterwards."""
    until(lambda: engineer.count("gmsd_load", "success") == 1, "the load")
    until(lambda: engineer.count(DAG, "queued", "running") == 0, "the publications before this one")
    before = public(settings)
    run_id = str(engineer.start(DAG, conf={"round": "2019-H1", "dry_run": False}))
    until(lambda: states(engineer, DAG, run_id)["approve"] == "deferred", "the run to wait")
    yield question_of_run(settings, run_id)
    if engineer.run(DAG, run_id)["state"] in {"queued", "running"}:
        engineer._request("PATCH", f"/dags/{DAG}/dagRuns/{run_id}", json={"state": "failed"})
    assert public(settings) == before
    assert question_of_run(settings, run_id).answer is None
    connect(settings, "publisher").dispose()


@pytest.fixture
def question(closed, engineer, settings) -> Iterator[Question]:
    """A question whose run is done something to."""
    yield from asked(engineer, settings)


@pytest.fixture(scope="module")
def standing(closed, engineer, settings) -> Iterator[Question]:
    """A question that stays as it is."""
    yield from asked(engineer, settings)


@pytest.fixture
def alone(engineer, question) -> Callable[..., Any]:
    """What an engineer asks of a task of the run, by Airflow's API."""
    root = f"/dags/{DAG}/dagRuns/{question.run_id}"
    return lambda method, path="", **body: engineer._request(method, root + path, json=body)


def set_state(alone, task: str, state: str = "success") -> None:
    alone("PATCH", f"/taskInstances/{task}", new_state=state)


def cleared(engineer, run_id: str, *tasks: str) -> None:
    body = {"dag_run_id": run_id, "task_ids": list(tasks), "dry_run": False, "only_failed": False, "reset_dag_runs": True}
    engineer._request("POST", f"/dags/{DAG}/clearTaskInstances", json=body)


def log_of(engineer, run_id: str, task: str) -> str:
    tries = next(each["try_number"] for each in engineer.tasks(DAG, run_id) if each["task_id"] == task)
    answer = engineer._request(
        "GET", f"/dags/{DAG}/dagRuns/{run_id}/taskInstances/{task}/logs/{tries}", headers={"Accept": "application/json"}
    )
    return answer.text


def test_tasks_set_to_success_one_after_the_other_and_cleared_alone(question, alone, engineer):
    set_state(alone, "approve")
    assert ended(engineer, DAG, question.run_id)["state"] == "failed"
    assert states(engineer, DAG, question.run_id)["build"] == "failed"
    assert f"{question.release_id} has not been approved" in log_of(engineer, question.run_id, "build")
    for task in ("build", "embargo", *(f"targets/{number}" for number in range(len(all_targets())))):
        set_state(alone, task)
    for tasks in (("publish",), ("targets", "publish"), ("embargo", "targets", "publish"), ("build", "embargo", "targets", "publish")):
        cleared(engineer, question.run_id, *tasks)
        assert ended(engineer, DAG, question.run_id)["state"] == "failed"
        first = "targets" if tasks[0] == "embargo" else tasks[0]  # what waits for nothing lets nothing out either
        assert states(engineer, DAG, question.run_id)[first] == "failed"


def test_answers_written_into_xcom(question, alone, engineer):
    answered = {"chosen_options": ["Approve"], "responded_by_user": {"id": "9", "name": "approver"}}
    for task, value in (("approve", answered), ("approve", True), ("build", {"release_id": question.release_id, "round": "2019-H1"})):
        try:
            alone("POST", f"/taskInstances/{task}/xcomEntries", key="return_value", value=value)
        except AirflowError:
            alone("PATCH", f"/taskInstances/{task}/xcomEntries/return_value", value=value)
    alone("PATCH", "/taskInstances/preview/xcomEntries/return_value", value={**question.preview, "fingerprint": "0" * 64, "approved": True})
    set_state(alone, "approve")
    assert ended(engineer, DAG, question.run_id)["state"] == "failed"


def test_the_run_set_to_success(question, alone, engineer):
    alone("PATCH", state="success", note=f"{question.release_id} approved by approver")
    assert ended(engineer, DAG, question.run_id)["state"] == "success"
    assert "publish" in states(engineer, DAG, question.run_id)


def test_what_a_form_claims_changes_nobody(closed, engineer, settings):
    claims = {"approved": True, "answered_by": "approver", "fingerprint": "f", "triggering_user_name": "approver"}
    until(lambda: engineer.count(DAG, "queued", "running") == 0, "the publications before this one")
    run_id = engineer.start(DAG, conf={"round": "2019-H1", **claims})
    until(lambda: states(engineer, DAG, run_id)["approve"] == "deferred", "the run to wait")
    assert question_of_run(settings, run_id).asked_by == "engineer"
    engineer._request("PATCH", f"/dags/{DAG}/dagRuns/{run_id}", json={"state": "failed"})


def test_a_publication_that_the_pipeline_starts_itself_waits_for_a_person(closed, engineer, settings):
    """Where GMSD_PUBLISH_WHEN_LOADED is set, a load starts it with the account of the intake."""
    until(lambda: engineer.count(DAG, "queued", "running") == 0, "the publications before this one")
    started = start_publication(settings.model_copy(update={"publish_when_loaded": True}), "2019-H1")
    until(lambda: states(engineer, DAG, started)["approve"] == "deferred", "the run to wait")
    assert question_of_run(settings, started).asked_by == "pipeline"
    engineer._request("PATCH", f"/dags/{DAG}/dagRuns/{started}", json={"state": "failed"})


def test_there_is_nothing_to_answer_under_required_actions(standing, engineer):
    assert engineer.question(DAG, standing.run_id, "approve") is None
    with pytest.raises(AirflowError, match="404"):
        engineer.answer(DAG, standing.run_id, "approve", "Approve")


# At the page -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def post(settings, standing) -> Callable[..., httpx.Response]:
    """Send an answer to the page as somebody, without looking at it first."""
    address = f"{settings.airflow_url}/gmsd/releases/{standing.release_id}/approval"

    def send(account: Airflow | None, **form: Any) -> httpx.Response:
        headers = {}
        if account is not None:
            account._request("GET", "/version")
            headers = {"Authorization": account._http.headers["Authorization"]}
        return httpx.post(address, data={"question": standing.question, "answer": "approve", **form}, headers=headers, timeout=patience(60))

    return send


@pytest.fixture
def secret(home) -> str:
    """What the server signs forms with: whoever is refused has a form as good as any."""
    return json.loads((home.var / "secrets" / "services.json").read_text(encoding="utf-8"))["airflow_api"]


@pytest.fixture
def admin(home, settings):
    password = json.loads((home.var / "secrets" / "services.json").read_text(encoding="utf-8"))["airflow_user_admin"]
    with Airflow(settings.airflow_url, "admin", password) as airflow:
        yield airflow


def test_the_page_gives_no_form_to_who_cannot_answer(standing, engineer, admin, settings):
    with Airflow.of(settings, "viewer") as viewer:
        for account, why in (
            (engineer, "does not have the right"),
            (viewer, "does not have the right"),
            (admin, "may start or change runs"),
        ):
            page = account.approval_page(standing.release_id).text
            assert why in page
            assert "<form" not in page
            assert account.approve(standing.release_id) is False


def test_an_answer_sent_by_who_cannot_answer_is_refused_and_told(standing, post, secret, engineer, admin, settings, home):
    with Airflow.of(settings, "viewer") as viewer, Airflow.of(settings, "intake") as intake:
        for account in (engineer, viewer, intake, admin):
            refused = post(account, csrf=token(secret, account.user, standing.question), answered_by="approver", user="approver")
            assert refused.status_code == 403
            assert f"the account {account.user}" in refused.text
    told = json.loads(home.gmsd("audit", "show", standing.release_id, "--json").stdout)
    assert [row["actor"] for row in told[-4:]] == ["engineer", "viewer", "intake", "admin"]
    assert {row["event"] for row in told[-4:]} == {"answer denied"}


def test_an_answer_of_nobody_is_refused(standing, post, secret):
    assert post(None, csrf=token(secret, "approver", standing.question)).status_code == 401


def test_an_answer_that_another_site_makes_a_browser_send_is_refused(standing, post, approver, secret):
    for wrong in ("", "x", token(secret, "engineer", standing.question), token(secret, "approver", standing.question + 1), "é"):
        assert post(approver, csrf=wrong).status_code == 403
    assert post(approver).status_code == 403


def test_an_answer_to_an_older_question_is_refused(standing, post, approver, secret):
    older = standing.question - 1
    assert post(approver, question=older, csrf=token(secret, "approver", older)).status_code == 409
    assert post(approver, question="9" * 400, csrf="x").status_code == 403
    assert post(approver, answer="maybe", csrf=token(secret, "approver", standing.question)).status_code == 400


def test_the_second_person_starts_changes_and_clears_nothing(standing, approver):
    root = f"/dags/{DAG}/dagRuns"
    for method, path, body in (
        ("POST", root, {"logical_date": None, "conf": {"round": "2019-H1"}}),
        ("PATCH", f"{root}/{standing.run_id}", {"state": "success"}),
        ("PATCH", f"{root}/{standing.run_id}/taskInstances/approve", {"new_state": "success"}),
        ("POST", f"/dags/{DAG}/clearTaskInstances", {"dag_run_id": standing.run_id, "dry_run": False}),
        ("POST", f"{root}/{standing.run_id}/taskInstances/approve/xcomEntries", {"key": "k", "value": 1}),
        ("DELETE", f"{root}/{standing.run_id}", None),
    ):
        with pytest.raises(AirflowError, match="403"):
            approver._request(method, path, json=body)
    assert approver.run(DAG, standing.run_id)["state"] == "running"


def test_no_task_and_no_engineer_has_the_right(standing, home):
    """Airflow's processes as they are started; tasks are forks of the scheduler."""
    address = approver_of(home.var, home.values)
    programs = configparser.ConfigParser(interpolation=None)
    programs.read(home.var / "services" / "supervisord.conf")
    having = {section.removeprefix("program:") for section in programs if address in programs[section].get("environment", "")}
    assert having == {"api-server"}
    for name in ("gmsd.env", "airflow.env"):
        assert "gmsd_approver" not in (home.var / "secrets" / name).read_text(encoding="utf-8")
    running = [environment for name, environment in airflow_processes(home) if name != "api-server"]
    assert len(running) >= 3
    assert not any(address.encode() in environment for environment in running)


def airflow_processes(home) -> Iterator[tuple[str, bytes]]:
    """Which of Airflow's processes each process of this installation is, and its environment; the api-server hides its own."""
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command, environment = (folder / "cmdline").read_bytes().split(b"\0"), (folder / "environ").read_bytes()
            at = next((n for n, each in enumerate(command) if each.endswith(b"airflow_process.py")), None)
            if at is not None and f"GMSD_STATE={home.var}\0".encode() in environment:
                yield command[at + 1].decode(), environment
