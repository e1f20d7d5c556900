"""Every DAG is run by a real Airflow: a round of three municipalities from upload to publication, and what goes otherwise."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from sqlalchemy import text

from gmsd.database import connect
from gmsd.store import get_store
from gmsd_airflow.api import Airflow, AirflowError
from tests.dags.conftest import FAULTY, GOOD, OTHER
from tests.support.mails import Maildir
from tests.support.runs import ended, states, until
from tests.support.waiting import patience

if TYPE_CHECKING:
    from collections.abc import Callable

    from gmsd.settings import Settings


def answered(airflow: Airflow, by: Airflow, dag_id: str, run_id: str, task_id: str, option: str) -> dict:
    """The run's end after the answer, given some seconds after the question, as by a person: Airflow loses one that comes at once."""
    until(lambda: waits(airflow, dag_id, run_id, task_id), "the question")
    time.sleep(patience(5))
    by.answer(dag_id, run_id, task_id, option)
    return ended(airflow, dag_id, run_id)


def waits(airflow: Airflow, dag_id: str, run_id: str, task_id: str) -> bool:
    asked = airflow.question(dag_id, run_id, task_id)
    return bool(asked and not asked["response_received"] and asked["task_instance"]["state"] == "awaiting_input")


def test_an_upload_becomes_a_run_of_its_own_with_the_reason_in_its_note(delivered, engineer):
    notes = {}
    for run_id in (f"2019-H1.{GOOD}.01", f"2019-H1.{OTHER}.01", f"2019-H1.{FAULTY}.01", "unplaced.0001"):
        run = ended(engineer, "gmsd_delivery", run_id)
        assert run["state"] == "success"
        notes[run_id] = run["note"].partition("\n")[0]
    assert notes[f"2019-H1.{GOOD}.01"] == "accepted: no errors"
    assert notes[f"2019-H1.{FAULTY}.01"].startswith("rejected: ")
    assert notes["unplaced.0001"].startswith("unplaced: ")


def test_a_run_that_is_missing_is_started_by_housekeeping_and_nothing_else_is(delivered, engineer):
    run_id = f"2019-H1.{OTHER}.01"
    ended(engineer, "gmsd_delivery", run_id)
    engineer._request("DELETE", f"/dags/gmsd_delivery/dagRuns/{run_id}")
    started = engineer.start("gmsd_housekeeping")
    assert ended(engineer, "gmsd_housekeeping", started)["state"] == "success"
    assert engineer.result("gmsd_housekeeping", started, "runs")["started"] == [run_id]
    assert ended(engineer, "gmsd_delivery", run_id)["note"].startswith("accepted")


def test_a_run_that_is_missing_is_started_by_an_intake_that_somebody_starts(delivered, engineer):
    run_id = f"2019-H1.{FAULTY}.01"
    ended(engineer, "gmsd_delivery", run_id)
    engineer._request("DELETE", f"/dags/gmsd_delivery/dagRuns/{run_id}")
    started = engineer.start("gmsd_intake")
    assert ended(engineer, "gmsd_intake", started)["state"] == "success"
    assert engineer.result("gmsd_intake", started, "start")["started"] == [run_id]
    assert ended(engineer, "gmsd_delivery", run_id)["note"].startswith("rejected")


@pytest.mark.parametrize("action", ["check again", "send report again"])
def test_the_engineer_repeats_a_check_or_a_mail(delivered, engineer, settings, action):
    ended(engineer, "gmsd_delivery", f"2019-H1.{GOOD}.01")
    started = engineer.start("gmsd_delivery", conf={"delivery": f"2019-H1.{GOOD}.01", "action": action})
    assert ended(engineer, "gmsd_delivery", started)["state"] == "success"
    assert engineer.result("gmsd_delivery", started, "report")["mails_sent"] == 2


def test_the_form_refuses_what_is_no_delivery(delivered, engineer):
    with pytest.raises(AirflowError, match="400"):
        engineer.start("gmsd_delivery", conf={"delivery": "everything"})


def test_a_viewer_starts_nothing(settings, delivered):
    with Airflow.of(settings, "viewer") as viewer, pytest.raises(AirflowError, match="403"):
        viewer.start("gmsd_intake")


def test_a_round_that_is_not_over_is_not_closed(delivered, engineer):
    started = engineer.start("gmsd_optout_close", partition_key="2019-H1")
    assert ended(engineer, "gmsd_optout_close", started)["state"] == "success"
    assert set(states(engineer, "gmsd_optout_close", started).values()) == {"skipped"}


def test_a_round_outside_the_calendar_is_refused(delivered, engineer):
    with pytest.raises(AirflowError, match="400"):
        engineer.start("gmsd_optout_close", partition_key="2031-H1")


def test_a_backfill_takes_every_round_of_its_range(delivered, engineer):
    asked = {"dag_id": "gmsd_optout_close", "from_date": "2019-01-01T00:00:00Z", "to_date": "2019-12-31T00:00:00Z"}
    found = engineer._request("POST", "/backfills/dry_run", json=asked | {"reprocess_behavior": "completed"}).json()
    assert found["total_entries"] == 2


def test_a_close_freezes_and_loads_with_every_row_accounted_for(closed, engineer):
    run = ended(engineer, "gmsd_optout_close", closed)
    assert run["state"] == "success"
    assert run["note"].startswith("closed. 2019-H1: 2 delivered")
    assert states(engineer, "gmsd_optout_close", closed)["ask"] == "skipped"
    assert engineer.result("gmsd_optout_close", closed, "freeze")["2019-H1"]["delivered"] == 2
    until(lambda: engineer.count("gmsd_load", "success") == 1, "the load")
    load = engineer.runs("gmsd_load")[0]
    assert load["partition_key"] == "2019-H1"
    account = engineer.result("gmsd_load", load["dag_run_id"], "load")
    assert account["rows_in"] == account["rows_used"] + account["rows_out_of_scope"] + account["rows_never_sent"]
    assert states(engineer, "gmsd_load", load["dag_run_id"]) == {"load": "success", "figures": "success", "publish": "skipped"}


def test_with_nothing_accepted_it_asks_and_a_refusal_leaves_the_round_open(closed, move, engineer, settings):
    until(lambda: engineer.count("gmsd_load", "success") == 1, "the load")
    move(2020, 3, 23, 9)
    started = engineer.start("gmsd_optout_close", partition_key="2019-H2")
    assert answered(engineer, engineer, "gmsd_optout_close", started, "ask", "Reject")["state"] == "success"
    assert states(engineer, "gmsd_optout_close", started)["freeze"] == "skipped"
    with connect(settings, "loader").connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM round_close WHERE round = '2019-H2'")) == 0
        told = connection.execute(text("SELECT event, actor FROM audit WHERE subject = 'round 2019-H2'")).all()
    assert told == [("left open", "engineer")]


def test_with_nothing_accepted_nothing_is_frozen_because_a_state_was_set(closed, move, engineer, settings):
    move(2020, 3, 23, 9)
    started = engineer.start("gmsd_optout_close", partition_key="2019-H2")
    until(lambda: engineer.question("gmsd_optout_close", started, "ask"), "the question")
    engineer._request("PATCH", f"/dags/gmsd_optout_close/dagRuns/{started}/taskInstances/ask", json={"new_state": "success"})
    assert ended(engineer, "gmsd_optout_close", started)["state"] == "failed"
    with connect(settings, "loader").connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM round_close WHERE round = '2019-H2'")) == 0


@pytest.fixture
def publication(closed, engineer) -> Callable[..., str]:
    until(lambda: engineer.count("gmsd_load", "success") == 1, "the load")
    return lambda run_id=None: engineer.start("gmsd_publish", run_id, conf={"round": "2019-H1", "dry_run": False})


def released(settings: Settings) -> list[str]:
    return [key for key in get_store(settings).keys(settings.bucket_publication) if key.endswith("release.json")]


def test_a_refusal_is_a_result(publication, engineer, approver, settings):
    started = publication()
    until(lambda: approver.approve("r0001", answer="refuse", reason="not before the press release"), "the question")
    run = ended(engineer, "gmsd_publish", started)
    assert (run["state"], run["note"]) == ("success", "r0001 refused by approver")
    assert states(engineer, "gmsd_publish", started) == {
        "preview": "success",
        "approve": "skipped",
        "build": "skipped",
        "embargo": "skipped",
        "targets": "skipped",
        "publish": "skipped",
    }
    with connect(settings, "loader").connect() as connection:
        last = connection.execute(text("SELECT event, actor FROM audit WHERE subject = 'r0001' ORDER BY sequence DESC")).first()
    assert last == ("refused", "approver")
    assert "not before the press release" in approver.approval_page("r0001").text
    assert released(settings) == []


def test_another_release_than_the_next_is_refused_at_once_and_the_engineer_is_told(publication, engineer, settings):
    assert ended(engineer, "gmsd_publish", publication("r0007"))["state"] == "failed"
    (task,) = (task for task in engineer.tasks("gmsd_publish", "r0007") if task["task_id"] == "preview")
    assert (task["state"], task["try_number"]) == ("failed", 1)
    mails = Maildir(Path(settings.maildir))
    until(
        lambda: [
            subject for subject in mails.subjects(settings.mail_engineer) if subject == "GMSD: gmsd_publish r0007 failed (WrongRunError)"
        ],
        "the engineer's mail",
    )


def test_a_second_person_publishes(publication, engineer, approver, settings, home):
    started = publication("r0001")
    page = until(lambda: '<button type="submit"' in (found := approver.approval_page("r0001").text) and found, "the question")
    for told in ("May r0001 be published?", "Asked by <b>engineer</b>", "2 of 355", "You are signed in as <b>approver</b>"):
        assert told in page
    address = f"{settings.airflow_url}/gmsd/releases/r0001/approval"
    until(lambda: address in (engineer.run("gmsd_publish", started)["note"] or ""), "the address in the note")
    assert approver.approve("r0001")
    run = ended(engineer, "gmsd_publish", started)
    assert run["state"] == "success"
    assert run["note"].startswith("r0001 published: approved by approver")
    assert released(settings) == ["releases/r0001/release.json"]
    with connect(settings, "loader").connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM delivery WHERE state = 'published'")) == 2
    told = json.loads(home.gmsd("audit", "show", "r0001", "--json").stdout)
    assert [(row["event"], row["actor"]) for row in told[-5:]] == [
        ("asked", "engineer"), ("approved", "approver"),
        ("built", "publication"), ("let out", "publication"), ("published", "publication"),
    ]  # fmt: skip
    assert home.gmsd("audit", "verify").returncode == 0


def test_the_rules_are_for_everybody_and_mails_are_told_where(delivered, settings):
    assert settings.rules_url == f"{settings.airflow_url}/gmsd/regels"
    for address in (settings.rules_url, f"{settings.rules_url}/wmo-2020"):
        page = httpx.get(address, follow_redirects=True, timeout=patience(60))
        assert (page.status_code, str(page.url)) == (200, f"{settings.rules_url}/wmo-2020")
        assert 'id="BSN-02"' in page.text
    assert httpx.get(f"{settings.rules_url}/wmo-1900", timeout=patience(60)).status_code == 404
    assert httpx.get(f"{settings.rules_url}/../rounds", timeout=patience(60)).status_code == 401
    assert httpx.post(f"{settings.rules_url}/wmo-2020", timeout=patience(60)).status_code == 405


def test_pages_of_the_overview_are_for_who_is_signed_in_and_reports_for_who_may_start_runs(delivered, settings):
    base = f"{settings.airflow_url}/gmsd"
    paths = ("rounds?round=2019-H1", f"municipalities/{FAULTY}", f"deliveries/2019-H1.{FAULTY}.01")
    report = f"{base}/deliveries/2019-H1.{FAULTY}.01/reports/terugkoppeling.json"
    assert {httpx.get(address, timeout=patience(60)).status_code for address in (*(f"{base}/{path}" for path in paths), report)} == {401}

    def signed_in(user: str, password: str) -> dict[str, str]:
        answer = httpx.post(f"{settings.airflow_url}/auth/token", json={"username": user, "password": password}, timeout=patience(60))
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    viewer = signed_in(settings.airflow_viewer_user, settings.airflow_viewer_password.get_secret_value())
    engineer = signed_in(settings.airflow_engineer_user, settings.airflow_engineer_password.get_secret_value())
    pages = [httpx.get(f"{base}/{path}", headers=viewer, timeout=patience(60)) for path in paths]
    assert [page.status_code for page in pages] == [200, 200, 200]
    for expected in ("Round 2019-H1", f"2019-H1.{FAULTY}.01", "rejected", "353 have not delivered", "0363 Amsterdam"):
        assert expected in pages[0].text
    assert "file rejected" in pages[2].text
    assert httpx.get(f"{base}/rounds?state=nothing", headers=viewer, timeout=patience(60)).status_code == 400
    assert httpx.get(f"{base}/deliveries/2019-H1.0000.01", headers=viewer, timeout=patience(60)).status_code == 404
    assert httpx.get(f"{base}/municipalities/0000", headers=viewer, timeout=patience(60)).status_code == 404
    assert httpx.get(report, headers=viewer, timeout=patience(60)).status_code == 403
    found = httpx.get(report, headers=engineer, timeout=patience(60))
    assert found.json()["verdict"] == "rejected"
    assert "sandbox" in found.headers["content-security-policy"]
