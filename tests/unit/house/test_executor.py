"""Who executes tasks: the choice and what remembers it, and what containers of the profile `scale` are given."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from services import broker, settings
from services.state import PORTS, State, secret_names

COMPOSE = Path(__file__).parents[3] / "docker-compose.yaml"


@pytest.fixture(autouse=True)
def _nothing_asked(monkeypatch):
    for name in (*broker.REMEMBERED, "GMSD_AIRFLOW_PARALLELISM"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def state(tmp_path) -> State:
    (tmp_path / "secrets").mkdir()
    return State(tmp_path, dict(PORTS), {name: f"secret-{name}" for name in secret_names()})


def test_without_a_choice_the_scheduler_runs_tasks_and_nothing_is_said_of_a_broker(state):
    values = settings.airflow(state)
    assert values["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"
    assert "secret-broker" not in str(values)
    assert [name for name in values if "CELERY" in name] == []


def test_a_choice_is_remembered_until_another_is_made(state, monkeypatch):
    monkeypatch.setenv("GMSD_EXECUTOR", "celery")
    monkeypatch.setenv("GMSD_WORKERS", "4")
    first = settings.airflow(state)
    settings.write(state.airflow_settings_file, first)
    monkeypatch.delenv("GMSD_EXECUTOR")
    monkeypatch.delenv("GMSD_WORKERS")
    assert settings.airflow(state) == first
    assert settings.executor(state) == broker.Choice("celery", 4, 6)
    monkeypatch.setenv("GMSD_EXECUTOR", "local")
    settings.write(state.airflow_settings_file, settings.airflow(state))
    monkeypatch.delenv("GMSD_EXECUTOR")
    assert settings.executor(state) == broker.Choice("local", 0, 6)


def test_workers_together_run_at_least_what_the_scheduler_gives_out(state, monkeypatch):
    monkeypatch.setenv("GMSD_EXECUTOR", "celery")
    for workers, parallelism in ((1, 1), (2, 6), (4, 6), (7, 32), (50, 6)):
        monkeypatch.setenv("GMSD_WORKERS", str(workers))
        monkeypatch.setenv("GMSD_AIRFLOW_PARALLELISM", str(parallelism))
        values = settings.airflow(state)
        assert int(values["AIRFLOW__CELERY__WORKER_CONCURRENCY"]) * workers >= int(values["AIRFLOW__CORE__PARALLELISM"]) == parallelism


def test_what_is_due_and_what_came_of_it_is_not_kept_in_the_broker(state, monkeypatch):
    monkeypatch.setenv("GMSD_EXECUTOR", "celery")
    values = settings.airflow(state)
    assert values["AIRFLOW__CELERY__RESULT_BACKEND"] == f"db+{values['AIRFLOW__DATABASE__SQL_ALCHEMY_CONN']}"
    monkeypatch.setenv("GMSD_BROKER_BIN", "/bin/true")
    state.conf.mkdir()
    _, path = broker.prepare(state)
    lines = dict(line.split(" ", 1) for line in Path(path).read_text().splitlines())
    assert (lines["save"], lines["appendonly"], lines["bind"]) == ('""', "no", "127.0.0.1")
    assert Path(path).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("name", "value"), [("GMSD_EXECUTOR", "Celery"), ("GMSD_WORKERS", "0"), ("GMSD_WORKERS", "two"), ("GMSD_WORKERS", "-1")]
)
def test_a_choice_that_makes_no_sense_is_refused(state, monkeypatch, name, value):
    monkeypatch.setenv("GMSD_EXECUTOR", "celery")
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit, match=name):
        settings.airflow(state)


def test_the_profile_adds_workers_and_a_broker_that_only_they_and_the_scheduler_reach():
    services = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
    assert {name for name, each in services.items() if each.get("profiles") == ["scale"]} == {"broker", "worker"}
    assert "ports" not in services["broker"]
    assert set(services["broker"]["environment"]) == {"GMSD_SECRET_BROKER"}
    assert services["broker"]["secrets"] == []
    assert services["worker"]["depends_on"]["broker"] == {"condition": "service_healthy"}
    assert services["worker"]["environment"] == services["scheduler"]["environment"]
    assert "GMSD_SECRET_BROKER" not in {**services["postgres"]["environment"], **services["objectstore"]["environment"]}


def test_a_worker_that_the_scheduler_gives_nothing_says_so(monkeypatch):
    from services.container import _command

    with pytest.raises(SystemExit, match="make compose-env EXECUTOR=celery"):
        _command("worker", {"AIRFLOW__CORE__EXECUTOR": "LocalExecutor"})
    command = _command("worker", {"AIRFLOW__CORE__EXECUTOR": "CeleryExecutor"})
    assert command[-len(broker.worker_arguments("worker")) :] == broker.worker_arguments("worker")


def test_the_broker_of_a_container_has_no_password_of_its_own_making(monkeypatch):
    from services.container import main

    monkeypatch.delenv("GMSD_SECRET_BROKER", raising=False)
    with pytest.raises(SystemExit, match="GMSD_SECRET_BROKER"):
        main("run", "broker")
    assert "GMSD_SECRET_BROKER" not in os.environ
