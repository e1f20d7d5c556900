"""What the engineer is told of outages and failures, on the real warehouse and mail server: each once, when it can be said."""

from __future__ import annotations

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine

from gmsd.journal import Context, FailedTask, note_failed_task, note_outage, send_queued
from gmsd_airflow import incidents
from tests.support.mails import Maildir, text_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import EmailMessage

BEGUN = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def told(context: Context, maildir: Maildir) -> Callable[[], list[EmailMessage]]:
    """The mails that the engineer got since the test began."""
    mine = Maildir(maildir.folder, context.settings.mail_engineer)
    before = len(mine.mails())

    def found() -> list[EmailMessage]:
        send_queued(context)
        return mine.mails()[before:]

    return found


def outage(context: Context, service, since: dt.datetime, until: dt.datetime | None = None) -> bool:
    with context.engine.begin() as connection:
        return note_outage(connection, context.settings, service, since=since, until=until, at=context.clock.now())


def test_an_outage_is_one_mail_however_many_tasks_meet_it_and_the_next_outage_another(context: Context, told):
    def meet(number: int) -> bool:
        return outage(context, "PostgreSQL", BEGUN + number * MINUTE, BEGUN + (number + 1) * MINUTE)

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(meet, [0] * 8)) == 1
    assert not any(meet(number) for number in range(1, 40, 5))
    assert meet(120)
    first, second = told()
    assert first["Message-ID"] == "<outage.PostgreSQL.20261102T090000.outage@gmsd.invalid>"
    assert first["Subject"] == "GMSD: PostgreSQL did not answer for a while"
    assert text_of(first).startswith("Between 2026-11-02 10:00:00 and 2026-11-02 10:01:00 PostgreSQL did not answer.")
    for expected in ("By itself:", "There is nothing to do.", "If it goes on:", "gmsd doctor", "one mail for each outage"):
        assert expected in text_of(first)
    assert second["Message-ID"] != first["Message-ID"]


def test_outages_of_two_services_are_two(context: Context, told):
    assert outage(context, "object store", BEGUN)
    assert outage(context, "Airflow", BEGUN)
    assert [mail["Subject"] for mail in told()] == ["GMSD: the object store does not answer", "GMSD: Airflow's API does not answer"]


def test_a_mail_server_that_is_away_is_told_of_once_it_is_back(context: Context, told):
    away = Context(context.settings.model_copy(update={"smtp_port": 1}), context.engine, context.store, context.clock, context.calendar)
    outage(context, "machine", BEGUN)
    for _ in range(3):
        send_queued(away)
    assert [mail["Subject"] for mail in told()] == ["GMSD: the machine or its network fails", "GMSD: the mail server does not answer"]


def failed(
    context: Context, dag_id: str, run_id: str, error: str = "ReceiptBroken", *, now: dt.datetime = BEGUN, afterwards="nothing"
) -> bool:
    task = FailedTask(dag_id, run_id, "check", error, f"http://airflow/{run_id}", afterwards)
    with context.engine.begin() as connection:
        return note_failed_task(connection, context.settings, task, now=now, at=context.clock.now())


def test_a_fault_that_fails_a_burst_of_deliveries_is_one_mail_also_when_they_are_started_again(context: Context, told):
    runs = [f"2019-H1.{number:04d}.01" for number in range(20)]
    for hour in (0, 1, 3, 7, 15, 31):
        for run in runs:
            failed(context, "gmsd_delivery", run, now=BEGUN + dt.timedelta(hours=hour), afterwards="cleared")
    assert failed(context, "gmsd_delivery", runs[0], "KeyChanged", afterwards="cleared")
    first, second = told()
    assert first["Subject"] == "GMSD: gmsd_delivery 2019-H1.0000.01 failed (ReceiptBroken)"
    assert re.fullmatch(r"<run\.[0-9a-f]{16}\.failed@gmsd\.invalid>", first["Message-ID"])
    for expected in ("http://airflow/2019-H1.0000.01", "started again after ten minutes", "clear the run", "are not mailed"):
        assert expected in text_of(first)
    assert "KeyChanged" in second["Subject"]


def test_other_runs_that_fail_are_a_mail_each(context: Context, told):
    for run in ("r0007", "manual__2026-11-02T09:00:00+00:00"):
        assert failed(context, "gmsd_publish", run, "WrongRunError")
        assert not failed(context, "gmsd_publish", run, "WrongRunError")
    first, second = told()
    assert "By itself: nothing" in text_of(first)
    assert "run `manual__2026-11-02T09:00:00+00:00` of `gmsd_publish`" in text_of(second)


def test_a_failed_tasks_mail_names_the_type_of_its_error_and_nothing_that_it_said(context: Context, told, monkeypatch):
    monkeypatch.setattr("gmsd.journal.context.get_settings", lambda: context.settings)
    ti = SimpleNamespace(dag_id="gmsd_load", run_id="x1", task_id="load")
    incidents.task_failed({"ti": ti, "exception": ValueError("line 7: 123456782 Jansen")})
    (mail,) = told()
    assert mail["Subject"] == "GMSD: gmsd_load x1 failed (ValueError)"
    assert "/dags/gmsd_load/runs/x1/tasks/load" in text_of(mail)
    assert "Jansen" not in mail.as_string()
    assert "12345678" not in mail.as_string()


def test_an_outage_of_the_warehouse_is_noted_as_soon_as_it_answers(context: Context, told, monkeypatch):
    """The watch has nowhere to write at first; what it remembers is written at the first moment that it can be."""
    dead = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    settings = context.settings.model_copy()
    doors = {"now": Context(settings, dead, context.store, context.clock, context.calendar)}
    monkeypatch.setattr(Context, "open", classmethod(lambda _cls, _settings=None: doors["now"]))
    watch = incidents.Watch()
    since = dt.datetime.now(dt.UTC) - 3 * MINUTE
    watch.silent("PostgreSQL", since)
    watch.silent("PostgreSQL", since + MINUTE)
    assert not watch.note(silent_now="PostgreSQL")
    assert not watch.note()
    doors["now"] = context
    assert watch.note()
    assert watch.note()
    (mail,) = told()
    assert mail["Subject"] == "GMSD: PostgreSQL did not answer for a while"
    assert f"{since:%Y%m%dT%H%M%S}" in mail["Message-ID"]


def test_a_service_that_was_only_started_anew_is_no_outage(context: Context, told, monkeypatch):
    monkeypatch.setattr(Context, "open", classmethod(lambda _cls, _settings=None: context))
    watch = incidents.Watch()
    watch.silent("object store", dt.datetime.now(dt.UTC) - dt.timedelta(seconds=3))
    assert watch.note()
    assert told() == []
