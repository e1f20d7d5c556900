"""Every DAG is run by a real Airflow: a round of three municipalities from upload to publication, and what goes otherwise."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy import text

from gmsd.clock import AMSTERDAM, DatabaseClock
from gmsd.database import connect
from gmsd.demo import delivery
from gmsd.demo.faults import FAULTS
from gmsd.rounds import HalfYear
from gmsd.store import get_store
from gmsd_airflow.api import Airflow, AirflowError
from tests.support import waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gmsd.settings import Settings

H1 = HalfYear(2019, 1)
GOOD, OTHER, FAULTY = "0339", "0744", "1695"
SECONDS = 180.0
WAITS = "1 object of the inbox to be registered (H12019/0363 version "


@pytest.fixture(scope="module")
def settings(home) -> Iterator[Settings]:
    yield (found := home.settings)
    connect(found, "loader").dispose()


@pytest.fixture(scope="module")
def engineer(settings) -> Iterator[Airflow]:
    with Airflow.of(settings, "engineer") as airflow:
        yield airflow


@pytest.fixture(scope="module")
def approver(settings) -> Iterator[Airflow]:
    with Airflow.of(settings, "approver") as airflow:
        yield airflow


@pytest.fixture(scope="module")
def move(settings) -> Callable[..., None]:
    clock = DatabaseClock(connect(settings, "loader"))
    return lambda *when: clock.move(dt.datetime(*when, tzinfo=AMSTERDAM))


@pytest.fixture(scope="module")
def upload(settings) -> Callable[[str, bytes], None]:
    client = get_store(settings, "portal").client
    return lambda key, body: client.put_object(Bucket=settings.bucket_inbox, Key=key, Body=body, ACL="bucket-owner-full-control")


class Watch:
    """What tells that the installation does not run any more: nothing has to be waited for then."""

    gone: Callable[[], str] | None = None


@pytest.fixture(scope="module", autouse=True)
def _watched(home) -> None:
    Watch.gone = staticmethod(home.gone())


def until(found: Callable[[], object], what: str) -> Any:
    return waiting.until(found, what, seconds=SECONDS, gone=Watch.gone, every=0.5)


def ended(airflow: Airflow, dag_id: str, run_id: str) -> dict:
    def look() -> dict | None:
        run = airflow.run(dag_id, run_id)
        return run if run and run["state"] in {"success", "failed"} else None

    return until(look, f"{dag_id} {run_id}")


def answered(airflow: Airflow, by: Airflow, dag_id: str, run_id: str, task_id: str, option: str) -> dict:
    """The run's end after the answer; given again when asked again: one that comes right after the question may be lost."""

    def look() -> dict | None:
        asked = airflow.question(dag_id, run_id, task_id)
        if asked and not asked["response_received"] and asked["task_instance"]["state"] == "awaiting_input":
            by.answer(dag_id, run_id, task_id, option)
        run = airflow.run(dag_id, run_id)
        return run if run and run["state"] in {"success", "failed"} else None

    return until(look, f"{dag_id} {run_id}")


def states(airflow: Airflow, dag_id: str, run_id: str) -> dict[str, str]:
    return {task["task_id"]: task["state"] for task in airflow.tasks(dag_id, run_id)}


@pytest.fixture(scope="module")
def delivered(move, upload, engineer) -> None:
    move(2019, 9, 3, 10)
    for dag_id in ("gmsd_intake", "gmsd_delivery", "gmsd_optout_close", "gmsd_load", "gmsd_publish", "gmsd_housekeeping"):
        engineer.unpause(dag_id)
    for municipality in (GOOD, OTHER):
        made = delivery(1, municipality, H1)
        upload(made.key, made.data)
    faulty = delivery(1, FAULTY, H1)
    upload(faulty.key, FAULTS["base"](faulty.data))
    upload("aanlevering/WMO_H12019_x.csv", b"?")


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
    assert engineer.result("gmsd_housekeeping", started, "runs") == [run_id]
    assert ended(engineer, "gmsd_delivery", run_id)["note"].startswith("accepted")


def test_a_run_that_is_missing_is_started_by_an_intake_that_somebody_starts(delivered, engineer):
    run_id = f"2019-H1.{FAULTY}.01"
    ended(engineer, "gmsd_delivery", run_id)
    engineer._request("DELETE", f"/dags/gmsd_delivery/dagRuns/{run_id}")
    started = engineer.start("gmsd_intake")
    assert ended(engineer, "gmsd_intake", started)["state"] == "success"
    assert engineer.result("gmsd_intake", started, "start") == [run_id]
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


@pytest.fixture(scope="module")
def closed(delivered, move, upload, engineer) -> str:
    """The close of a round; while intake stands still it waits, and it goes on by itself."""
    until(lambda: engineer.count("gmsd_delivery", "queued", "running") == 0, "the checks")
    for municipality in (GOOD, OTHER, FAULTY):
        ended(engineer, "gmsd_delivery", f"2019-H1.{municipality}.01")
    until(lambda: engineer.count("gmsd_intake", "queued", "running") == 0, "intake to stand still")
    engineer._request("PATCH", "/dags/gmsd_intake", json={"is_paused": True})
    upload("H12019/0363/formulieren/intrekking.json", b"{}")
    move(2019, 10, 21, 9)
    started = engineer.start("gmsd_optout_close", partition_key="2019-H1")
    until(lambda: WAITS in (engineer.run("gmsd_optout_close", started)["note"] or ""), "the close to say what it waits for")
    engineer.unpause("gmsd_intake")
    engineer.start("gmsd_intake")
    return started


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


@pytest.fixture
def publication(closed, engineer) -> Callable[..., str]:
    until(lambda: engineer.count("gmsd_load", "success") == 1, "the load")
    return lambda run_id=None: engineer.start("gmsd_publish", run_id, conf={"round": "2019-H1"})


def released(settings: Settings) -> list[str]:
    return [key for key in get_store(settings).keys(settings.bucket_publication) if key.endswith("release.json")]


def test_who_asked_cannot_approve(publication, engineer, settings):
    started = publication()
    assert answered(engineer, engineer, "gmsd_publish", started, "approve", "Approve")["state"] == "failed"
    assert states(engineer, "gmsd_publish", started)["build"] == "upstream_failed"
    assert released(settings) == []


def test_a_refusal_is_a_result(publication, engineer, approver, settings):
    started = publication()
    run = answered(engineer, approver, "gmsd_publish", started, "approve", "Refuse")
    assert (run["state"], run["note"]) == ("success", "r0001 refused by approver")
    assert states(engineer, "gmsd_publish", started)["publish"] == "skipped"
    assert released(settings) == []


def test_another_release_than_the_next_is_refused(publication, engineer):
    assert ended(engineer, "gmsd_publish", publication("r0007"))["state"] == "failed"


def test_a_second_person_publishes(publication, engineer, approver, settings):
    started = publication("r0001")
    asked = until(lambda: engineer.question("gmsd_publish", started, "approve"), "the question")
    assert "| 2019-H1 | 2 of 355 |" in asked["body"]
    assert "engineer" in asked["body"]
    run = answered(engineer, approver, "gmsd_publish", started, "approve", "Approve")
    assert run["state"] == "success"
    assert run["note"].startswith("r0001 published: ")
    assert released(settings) == ["releases/r0001/release.json"]
    with connect(settings, "loader").connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM delivery WHERE state = 'published'")) == 2


def test_the_rules_are_for_everybody_and_mails_are_told_where(delivered, settings):
    assert settings.rules_url == f"{settings.airflow_url}/gmsd/regels"
    for address in (settings.rules_url, f"{settings.rules_url}/wmo-2020"):
        page = httpx.get(address, follow_redirects=True)
        assert (page.status_code, str(page.url)) == (200, f"{settings.rules_url}/wmo-2020")
        assert 'id="BSN-02"' in page.text
    assert httpx.get(f"{settings.rules_url}/wmo-1900").status_code == 404
    assert httpx.get(f"{settings.rules_url}/../rounds").status_code == 401
    assert httpx.post(f"{settings.rules_url}/wmo-2020").status_code == 405


def test_the_page_of_rounds_is_for_who_is_signed_in(delivered, settings):
    address = f"{settings.airflow_url}/gmsd/rounds"
    assert httpx.get(address).status_code == 401
    token = httpx.post(
        f"{settings.airflow_url}/auth/token",
        json={"username": settings.airflow_viewer_user, "password": settings.airflow_viewer_password.get_secret_value()},
    ).json()["access_token"]
    page = httpx.get(address, headers={"Authorization": f"Bearer {token}"})
    assert page.status_code == 200
    for expected in ("Round 2019-H1", f"2019-H1.{FAULTY}.01", "rejected", "353 have not delivered", "0363 Amsterdam"):
        assert expected in page.text
