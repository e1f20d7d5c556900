"""Services go away while Airflow works, and come back: everything goes on by itself, and the engineer gets one mail for each outage.

After `test_runs`, in the same installation. `make outage` plays outages of ten minutes.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import psycopg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError

from gmsd.clock import AMSTERDAM, DatabaseClock
from gmsd.database import connect
from gmsd.demo import delivery
from gmsd.rounds import HalfYear
from gmsd.store import get_store
from gmsd_airflow.api import Airflow, AirflowError
from tests.support import waiting
from tests.support.mails import Maildir
from tests.support.outage import away, programs
from tests.support.runs import ended

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gmsd.settings import Settings
    from tests.support.played import Home

H2 = HalfYear(2019, 2)
WAITING, GIVEN_UP = "0638", "0180"
BURST = ("0431", "0473", "0279")
SECONDS = 240.0


@pytest.fixture(scope="module")
def settings(home: Home) -> Settings:
    return home.settings


@pytest.fixture(scope="module")
def engineer(settings: Settings) -> Iterator[Airflow]:
    with Airflow.of(settings, "engineer") as airflow:
        for dag_id in ("gmsd_intake", "gmsd_delivery", "gmsd_housekeeping"):
            airflow.unpause(dag_id)
        yield airflow


def until(found: Callable[[], object], what: str, ignore: tuple[type[Exception], ...] = ()) -> object:
    def look() -> object:
        try:
            return found()
        except ignore:
            return None

    return waiting.until(look, what, seconds=SECONDS, every=0.5)


@pytest.fixture(scope="module")
def upload(settings: Settings) -> Callable[[str], str]:
    DatabaseClock(connect(settings, "loader")).move(dt.datetime(2020, 2, 12, 14, tzinfo=AMSTERDAM))
    client = get_store(settings, "portal").client

    def put(municipality: str) -> str:
        made = delivery(1, municipality, H2)
        client.put_object(Bucket=settings.bucket_inbox, Key=made.key, Body=made.data, ACL="bucket-owner-full-control")
        return f"{H2}.{municipality}.01"

    return put


@pytest.fixture
def told(settings: Settings) -> Callable[[], list[str]]:
    """The subjects of the engineer's mails about outages and failures since the test began."""

    def found() -> list[str]:
        mails = Maildir(Path(settings.maildir)).mails(settings.mail_engineer)
        return [str(mail["Subject"]) for mail in mails if str(mail["Message-ID"]).startswith(("<outage.", "<run."))]

    before = len(found())
    return lambda: found()[before:]


def states(settings: Settings) -> dict[str, str]:
    with connect(settings, "loader").connect() as connection:
        return {row.delivery_id: row.state for row in connection.execute(text("SELECT delivery_id, state FROM delivery"))}


def check(engineer: Airflow, run_id: str) -> dict:
    return next(task for task in engineer.tasks("gmsd_delivery", run_id) if task["task_id"] == "check")


def pause(engineer: Airflow, dag_id: str, *, paused: bool) -> None:
    engineer._request("PATCH", f"/dags/{dag_id}", params={"update_mask": "is_paused"}, json={"is_paused": paused})


def succeeded(engineer: Airflow, run_id: str) -> bool:
    run = engineer.run("gmsd_delivery", run_id)
    assert run is None or run["state"] != "failed", run_id
    return run is not None and run["state"] == "success"


def test_a_store_that_is_away_is_waited_for_and_a_run_that_failed_is_started_again(home, settings, engineer, upload, told):
    pause(engineer, "gmsd_delivery", paused=True)
    waiting, given_up = upload(WAITING), upload(GIVEN_UP)
    for run_id in (waiting, given_up):
        until(lambda run_id=run_id: engineer.run("gmsd_delivery", run_id), f"the run {run_id}")
        due = engineer._request("GET", f"/dags/gmsd_delivery/dagRuns/{run_id}/deadlines", root="/ui").json()
        assert {each["alert_name"] for each in due["deadlines"]} == {"verdict", "op-orde"}
    with away(home, "object store"):
        pause(engineer, "gmsd_delivery", paused=False)
        for run_id in (waiting, given_up):
            until(lambda run_id=run_id: check(engineer, run_id)["state"] == "up_for_retry", "a check that waits for the store")
        # as Airflow would after half a day
        engineer._request("PATCH", f"/dags/gmsd_delivery/dagRuns/{given_up}", json={"state": "failed"})
    assert {states(settings)[run_id] for run_id in (waiting, given_up)} == {"received"}
    until(lambda: succeeded(engineer, waiting), "the check to go on by itself")
    assert engineer.run("gmsd_delivery", given_up)["state"] == "failed"
    hours_ago(home, given_up)
    swept = engineer.start("gmsd_housekeeping")
    assert ended(engineer, "gmsd_housekeeping", swept)["state"] == "success"
    assert given_up in engineer.result("gmsd_housekeeping", swept, "runs")["again"]
    until(lambda: (engineer.run("gmsd_delivery", given_up) or {}).get("state") == "success", "the run that was started again")
    assert {states(settings)[run_id] for run_id in (waiting, given_up)} == {"accepted"}
    assert told() == ["GMSD: the object store does not answer"]


def hours_ago(home: Home, run_id: str) -> None:
    """Let a failed run lie longer than a test can wait."""
    airflow = make_url(home.admin).set(database="airflow").render_as_string(hide_password=False)
    with psycopg.connect(airflow, autocommit=True) as connection:
        moved = connection.execute(
            "UPDATE dag_run SET run_after = run_after - interval '2 hours', end_date = end_date - interval '2 hours' WHERE run_id = %s",
            [run_id],
        )
        assert moved.rowcount == 1


def test_postgres_that_is_away_takes_airflow_with_it_and_both_come_back(home, settings, engineer, upload, told):
    runs = [upload(municipality) for municipality in BURST]
    until(lambda: engineer.run("gmsd_delivery", runs[0]), "the first run")
    with away(home, "PostgreSQL"):
        time.sleep(30)
    not_yet = (httpx.TransportError, AirflowError, OperationalError)
    for run_id in runs:
        until(lambda run_id=run_id: succeeded(engineer, run_id), f"{run_id} to be checked", not_yet)
    assert {states(settings)[run_id] for run_id in runs} == {"accepted"}
    until(told, "the engineer's mail")
    assert told() == ["GMSD: PostgreSQL did not answer for a while"]
    assert set(programs(home).values()) == {"RUNNING"}
    ids = Counter(
        str(mail["Message-ID"]) for mail in Maildir(Path(settings.maildir)).mails() if str(mail["Message-ID"]).startswith(f"<{H2}")
    )
    assert set(ids.values()) == {1}
    assert len(ids) == 3 * len([WAITING, GIVEN_UP, *BURST])
