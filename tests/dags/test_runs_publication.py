"""The publication as runs of a real Airflow: a dry run, a form that does not go together, an embargo, targets, and who sees the preview."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx
import pytest

from gmsd.clock import get_clock
from gmsd.database import connect
from gmsd.releases import next_release_id
from gmsd.store import get_store
from gmsd.tables import all_targets
from gmsd_airflow.api import Airflow, AirflowError
from tests.support.runs import ended, states, until
from tests.support.waiting import patience

if TYPE_CHECKING:
    from collections.abc import Callable

    from gmsd.settings import Settings

DAG = "gmsd_publish"
STEPS = ("preview", "approve", "build", "embargo", "targets", "publish")


@pytest.fixture
def start(closed, engineer) -> Callable[..., str]:
    """Start a run as an engineer does, after all others are over."""
    until(lambda: engineer.count("gmsd_load", "success") > 0 and engineer.count("gmsd_load", "queued", "running") == 0, "the load")
    until(lambda: engineer.count(DAG, "queued", "running") == 0, "the publications before this one")

    def started(run_id: str | None = None, **conf: Any) -> str:
        conf = {"round": "2019-H1", **conf}
        return str(engineer.start(DAG, run_id, conf=conf) or engineer.start(DAG, conf=conf))  # a release that was refused had this run id

    return started


def following(settings: Settings) -> str:
    with connect(settings, "publisher").connect() as connection:
        return next_release_id(connection)


def note_of(engineer: Airflow, run_id: str) -> str:
    return str(engineer.run(DAG, run_id)["note"])


def as_seen_by(settings: Settings, account: Any, path: str) -> httpx.Response:
    headers = {}
    if account:
        with Airflow.of(settings, account) as airflow:
            airflow._request("GET", "/version")
            headers = {"Authorization": airflow._http.headers["Authorization"]}
    return httpx.get(f"{settings.airflow_url}/gmsd/previews/{path}", headers=headers, timeout=patience(60))


def test_a_dry_run_ends_with_its_preview_for_who_may_see_it(start, engineer, settings):
    release_id = following(settings)
    run_id = start(dry_run=True, reason="a look")
    assert ended(engineer, DAG, run_id)["state"] == "success"
    assert states(engineer, DAG, run_id) == {"preview": "success", **dict.fromkeys(STEPS[1:], "skipped")}
    address = f"{settings.airflow_url}/gmsd/previews/"
    assert note_of(engineer, run_id).startswith(f"dry run of {release_id}: nothing has been asked. [See the preview]({address}")
    assert address in str(engineer._request("GET", f"/dags/{DAG}/dagRuns/{run_id}/taskInstances/preview/links").json())

    quoted = quote(run_id, safe="")
    pages = {account: as_seen_by(settings, account, quoted) for account in ("", "viewer", "engineer", "approver")}
    assert {account: page.status_code for account, page in pages.items()} == {"": 401, "viewer": 200, "engineer": 200, "approver": 200}
    assert "Nobody was asked" in pages["viewer"].text
    assert "a look" in pages["viewer"].text
    assert "cells.csv" not in pages["viewer"].text
    assert "cells.csv" in pages["approver"].text
    cells = {account: as_seen_by(settings, account, f"{quoted}/cells.csv") for account in pages}
    assert {account: each.status_code for account, each in cells.items()} == {"": 401, "viewer": 403, "engineer": 200, "approver": 200}
    assert cells["approver"].text.startswith("\ufefftable;period;status;")
    assert f"{release_id}-changed-cells.csv" in cells["engineer"].headers["content-disposition"]
    assert as_seen_by(settings, "engineer", "another").status_code == 404


def test_a_form_that_does_not_go_together_is_answered_at_once_in_words(start, engineer):
    run_id = start(embargo_date="2030-05-04", dry_run=False)
    assert ended(engineer, DAG, run_id)["state"] == "failed"
    assert states(engineer, DAG, run_id)["approve"] == "upstream_failed"
    assert note_of(engineer, run_id) == "not started: an embargo has a day and a time: the time (such as 06:30) is missing"
    for wrong in ({"targets": ["fax"]}, {"embargo_time": "half past six"}, {"law": "unknown"}):
        with pytest.raises(AirflowError, match="400"):
            engineer.start(DAG, conf={"round": "2019-H1", **wrong})


def test_a_release_under_embargo_waits_built_and_unseen_and_then_becomes_visible(start, engineer, approver, settings, move):
    """Meanwhile a dry run goes its way, and a second publication is told to wait."""
    release_id, now = following(settings), get_clock(settings).now()
    until_then = (now + dt.timedelta(days=3)).replace(hour=6, minute=30, second=0, microsecond=0)
    run_id = start(release_id, embargo_date=f"{until_then:%Y-%m-%d}", embargo_time="06:30", dry_run=False)
    until(lambda: states(engineer, DAG, run_id)["approve"] == "deferred", "the question")  # one of before may be open until then
    assert approver.approve(release_id)
    until(lambda: states(engineer, DAG, run_id)["embargo"] == "deferred", "the embargo")
    assert f"under embargo until {until_then:%-d %B %Y} 06:30" in note_of(engineer, run_id)
    assert "until then nothing of it can be read" in approver.approval_page(release_id).text
    reader = get_store(settings, "reader")
    assert not list(reader.keys(settings.bucket_publication, f"releases/{release_id}/"))

    beside = engineer.start(DAG, conf={"round": "2019-H1", "dry_run": True})
    assert ended(engineer, DAG, beside)["state"] == "success"
    second = engineer.start(DAG, conf={"round": "2019-H1"})
    assert ended(engineer, DAG, second)["state"] == "failed"
    assert f"{release_id} of run {run_id} has been approved and is not public yet" in note_of(engineer, second)
    assert states(engineer, DAG, run_id)["embargo"] == "deferred"

    move(until_then.year, until_then.month, until_then.day, 6, 29)
    assert states(engineer, DAG, run_id)["embargo"] == "deferred"
    move(until_then.year, until_then.month, until_then.day, 6, 30)
    assert ended(engineer, DAG, run_id)["state"] == "success"
    targets = [task for task in engineer.tasks(DAG, run_id) if task["task_id"] == "targets"]
    assert sorted(task["rendered_map_index"] for task in targets) == sorted(each.id for each in all_targets())
    assert f"releases/{release_id}/release.json" in set(reader.keys(settings.bucket_publication))
    assert engineer.result(DAG, run_id, "publish")["id"] == release_id


def test_a_run_that_names_a_round_only_asks_a_second_person_as_ever(start, engineer, approver, settings):
    release_id = following(settings)
    run_id = start()
    until(lambda: states(engineer, DAG, run_id)["approve"] == "deferred", "the question")
    assert approver.approve(release_id, answer="refuse")
    assert ended(engineer, DAG, run_id)["state"] == "success"
    assert note_of(engineer, run_id) == f"{release_id} refused by approver"
