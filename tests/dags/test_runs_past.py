"""A half-year of before goes from an archive to figures by Airflow's own backfill, started and followed by the command."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gmsd.database import connect
from gmsd.deliveries import listing
from gmsd.rounds import HalfYear
from gmsd_airflow.closing import CLOSE_DAG
from gmsd_airflow.pools import BACKFILL_POOL, LOAD_POOL, is_backfill
from gmsd_airflow.runs import LOAD_DAG, compare_runs, compute_figures, start_publication
from tests.support.commands import run_gmsd
from tests.support.runs import ended, states, until
from tests.support.stack import environment_of

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def command(settings) -> Callable[..., subprocess.CompletedProcess[str]]:
    environment = environment_of(settings)
    return lambda *arguments: run_gmsd(*arguments, environment=environment, seconds=900)


@pytest.fixture(scope="module")
def taken_in(closed, engineer, command, tmp_path_factory) -> Path:
    """Two half-years of three municipalities, after a round of now was closed."""
    ended(engineer, CLOSE_DAG, closed)
    folder = tmp_path_factory.mktemp("archive")
    made = command("demo", "deliveries", "--to", str(folder), "--municipalities", "3", "--half-year", "H12018", "--half-year", "H22018")
    assert made.returncode == 0, made.stderr
    answer = command("archive", "import", str(folder), "--json")
    assert answer.returncode == 0, answer.stderr + answer.stdout
    assert json.loads(answer.stdout)["counting"] == 6
    return folder


def test_no_run_is_started_of_what_came_from_an_archive(taken_in, settings):
    with connect(settings, "loader").connect() as connection:
        assert len([each for each in listing(connection) if each.from_archive]) == 6
    assert not [each for each in compare_runs(settings).without_run if each.startswith("2018")]


def test_a_round_in_which_nothing_was_accepted_is_refused_before_airflow_asks(taken_in, command):
    answer = command("backfill", "2017-H2", "2018-H2")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "nothing was accepted in 2017-H2" in answer.stderr


def test_a_range_that_cannot_be_is_refused(taken_in, command):
    assert command("backfill", "2018-H2", "2018-H1").returncode == 2
    assert command("backfill", "2018", "2018-H1").returncode == 2
    answer = command("backfill", "2030-H1", "2030-H2")
    assert (answer.returncode, "the calendar has no round 2030-H1, 2030-H2" in answer.stderr) == (1, True)


def test_a_dry_run_says_what_would_be_done_and_starts_nothing(taken_in, command, engineer):
    before = len(engineer.backfills(CLOSE_DAG))
    answer = command("backfill", "2018-H1", "2018-H2", "--dry-run", "--json")
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == {
        "law": "wmo", "order": "oldest", "max_active_runs": 1, "reprocess": "completed",
        "range": ["2018-01-01T00:00:00Z", "2018-07-01T00:00:00Z"],
        "rounds": [
            {"round": "2018-H1", "half_years": ["2018-H1"], "accepted": 3, "closed": False, "run": True},
            {"round": "2018-H2", "half_years": ["2018-H1", "2018-H2"], "accepted": 3, "closed": False, "run": True},
        ],
    }  # fmt: skip
    assert len(engineer.backfills(CLOSE_DAG)) == before


def test_rounds_that_are_open_are_not_taken_newest_first(taken_in, command):
    answer = command("backfill", "2018-H1", "2018-H2", "--order", "newest")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "round 2018-H2 takes 2018-H1 of round 2018-H1, and neither has been closed" in answer.stderr


def test_a_run_for_rounds_of_another_law_is_skipped_and_says_so(taken_in, engineer):
    started = engineer.start(CLOSE_DAG, partition_key="2018-H1", conf={"law": "jeugd"})
    run = ended(engineer, CLOSE_DAG, started)
    assert (run["state"], run["note"]) == ("success", "nothing frozen: round 2018-H1 is of wmo, and the run was started for jeugd")
    assert states(engineer, CLOSE_DAG, started)["freeze"] == "skipped"


def test_a_round_before_an_earlier_one_of_its_half_year_is_skipped_and_says_so(taken_in, engineer):
    started = engineer.start(CLOSE_DAG, partition_key="2018-H2")
    run = ended(engineer, CLOSE_DAG, started)
    assert run["note"].startswith("nothing frozen: round 2018-H1 holds deliveries and has not been closed")
    assert states(engineer, CLOSE_DAG, started)["freeze"] == "skipped"


def pools(engineer, dag_id: str, run_id: str) -> dict[str, str]:
    return {task["task_id"]: task["pool"] for task in engineer.tasks(dag_id, run_id)}


def test_a_backfill_closes_loads_and_counts_and_a_second_one_changes_nothing(taken_in, command, engineer, settings):
    first = command("backfill", "2018-H1", "2018-H2", "--json")
    assert first.returncode == 0, first.stderr + first.stdout
    told = json.loads(first.stdout)
    assert [(run["partition"], run["state"]) for run in told["closes"]] == [("2018-H1", "success"), ("2018-H2", "success")]
    assert [run["partition"] for run in told["loads"]] == ["2018-H1", "2018-H1", "2018-H2"]
    assert {each["period"] for each in told["figures"] if each["new"]} == {"2018HJ01", "2018HJ02", "2018JJ00"}
    assert all(is_backfill(run["run_id"]) for run in told["closes"])
    for dag_id, kind in ((CLOSE_DAG, "closes"), (LOAD_DAG, "loads")):
        for run in told[kind]:
            assert set(pools(engineer, dag_id, run["run_id"]).values()) == {BACKFILL_POOL}, run
    counted = [states(engineer, LOAD_DAG, run["run_id"])["figures"] for run in told["loads"]]
    assert "success" in counted
    assert all(states(engineer, LOAD_DAG, run["run_id"])["publish"] == "skipped" for run in told["loads"])
    again = command("backfill", "2018-H1", "2018-H2", "--json", "--order", "newest", "--max-active-runs", "2")
    assert again.returncode == 0, again.stderr + again.stdout
    assert all(each["unchanged"] and not each["changed"] + each["new"] + each["gone"] for each in json.loads(again.stdout)["figures"])
    assert start_publication(settings.model_copy(update={"publish_when_loaded": True}), str(HalfYear(2018, 2)), backfilled=True) is None


def test_a_count_is_left_to_a_run_that_counts_later_and_as_much(taken_in, engineer, settings):
    """Nothing has a place meanwhile: both runs wait for their load, and neither has counted."""
    pool = f"/pools/{LOAD_POOL}"
    before = engineer._request("GET", pool).json()
    engineer._request("PATCH", pool, params={"update_mask": "slots"}, json={"pool": LOAD_POOL, "slots": 0, "include_deferred": False})
    try:
        first, second = (engineer.start(LOAD_DAG, partition_key=key) for key in ("2018-H2", "2018-H1"))
        for run_id in (first, second):
            until(lambda run_id=run_id: engineer.run(LOAD_DAG, run_id)["state"] == "running", "both runs to begin")
        assert compute_figures(settings, "2018-H2", first) is None
        assert compute_figures(settings, "2018-H2", second) is None
        assert compute_figures(settings, "2019-H1", first) is not None, "the other counts up to 2018-H2 only"
    finally:
        slots = {"pool": LOAD_POOL, "slots": before["slots"], "include_deferred": False}
        engineer._request("PATCH", pool, params={"update_mask": "slots"}, json=slots)
    for run_id in (first, second):
        assert ended(engineer, LOAD_DAG, run_id)["state"] == "success"
    assert "success" in [states(engineer, LOAD_DAG, run_id)["figures"] for run_id in (first, second)]


def test_a_round_of_now_keeps_the_pools_of_rounds(taken_in, engineer, closed):
    assert set(pools(engineer, CLOSE_DAG, closed).values()) == {"default_pool"}
    [load] = [run for run in engineer.runs(LOAD_DAG) if run["partition_key"] == "2019-H1"][:1]
    assert pools(engineer, LOAD_DAG, load["dag_run_id"]) == {"load": LOAD_POOL, "figures": LOAD_POOL, "publish": "default_pool"}


def test_what_has_a_run_is_run_again_only_when_asked(taken_in, command):
    answer = command("backfill", "2018-H1", "2018-H2", "--reprocess", "none", "--dry-run")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.count("left out: it has not closed yet, a run of it is under way or it has a run") == 2
    refused = command("backfill", "2018-H1", "2018-H2", "--reprocess", "failed")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "Airflow would run none of these rounds" in refused.stderr


def test_a_second_backfill_beside_a_running_one_is_answered_clearly(taken_in, command, engineer):
    body = {"dag_id": CLOSE_DAG, "from_date": "2018-01-01T00:00:00Z", "to_date": "2018-07-01T00:00:00Z", "reprocess_behavior": "completed"}
    made = until(lambda: engineer.backfill(body | {"max_active_runs": 1}), "Airflow to mark the backfill before it as over")
    engineer._request("PUT", f"/backfills/{made['id']}/pause")
    answer = command("backfill", "2018-H1", "2018-H2")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert f"backfill {made['id']} is running, paused" in answer.stderr
    engineer._request("PUT", f"/backfills/{made['id']}/cancel")
