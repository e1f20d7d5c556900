"""What becomes of a task that fails: service failures are tried again with growing pauses, everything else fails at once."""

from __future__ import annotations

import datetime as dt
import errno
import smtplib

import httpx
import psycopg
import pytest
from botocore import exceptions as s3
from sqlalchemy import exc as sql


def client_error(status: int, code: str = "X") -> s3.ClientError:
    return s3.ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "GetObject")


def caused(error: Exception, cause: Exception, *, told: bool = True) -> Exception:
    """`error` raised while `cause` was handled; `from None` when it is not told."""
    try:
        try:
            raise cause
        except type(cause):
            if told:
                raise error from cause
            raise error from None
    except type(error) as raised:
        return raised


def api_error(status: int) -> Exception:
    from gmsd_airflow.api import AirflowError

    return AirflowError("GET /dags: no", status)


def runtime_error(kind: str) -> Exception:
    from airflow.sdk.exceptions import AirflowRuntimeError, ErrorType
    from airflow.sdk.execution_time.comms import ErrorResponse

    return AirflowRuntimeError(ErrorResponse(error=ErrorType[kind]))


@pytest.mark.parametrize(
    ("error", "service"),
    [
        (psycopg.OperationalError("x"), "PostgreSQL"),
        (psycopg.errors.AdminShutdown("x"), "PostgreSQL"),
        (psycopg.errors.CannotConnectNow("x"), "PostgreSQL"),
        (psycopg.errors.TooManyConnections("x"), "PostgreSQL"),
        (psycopg.InterfaceError("the connection is closed"), "PostgreSQL"),
        (sql.OperationalError("SELECT 1", {}, Exception("x")), "PostgreSQL"),
        (sql.InterfaceError("SELECT 1", {}, Exception("x")), "PostgreSQL"),
        (sql.TimeoutError("QueuePool limit"), "PostgreSQL"),
        (sql.DBAPIError("SELECT 1", {}, Exception("x"), connection_invalidated=True), "PostgreSQL"),
        (s3.EndpointConnectionError(endpoint_url="x"), "object store"),
        (s3.ConnectTimeoutError(endpoint_url="x"), "object store"),
        (s3.ReadTimeoutError(endpoint_url="x"), "object store"),
        (s3.ConnectionClosedError(endpoint_url="x"), "object store"),
        (s3.ResponseStreamingError(error="x"), "object store"),
        (s3.IncompleteReadError(actual_bytes=1, expected_bytes=2), "object store"),
        (client_error(500), "object store"),
        (client_error(503, "SlowDown"), "object store"),
        (client_error(429), "object store"),
        (client_error(404, "NoSuchBucket"), "object store"),
        (client_error(403, "SignatureDoesNotMatch"), "object store"),
        (smtplib.SMTPServerDisconnected("x"), "mail server"),
        (smtplib.SMTPConnectError(421, b"x"), "mail server"),
        (httpx.ConnectError("x"), "Airflow"),
        (httpx.ReadTimeout("x"), "Airflow"),
        (api_error(500), "Airflow"),
        (api_error(503), "Airflow"),
        (runtime_error("API_SERVER_ERROR"), "Airflow"),
        (MemoryError(), "machine"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "x"), "machine"),
        (TimeoutError("x"), "machine"),
        (OSError(errno.ENOSPC, "No space left on device"), "machine"),
        (caused(ValueError("x"), psycopg.OperationalError("y")), "PostgreSQL"),
    ],
)
def test_a_services_failure_is_known_by_its_type_and_tried_again(error, service, monkeypatch):
    from airflow.sdk import RetryAction

    from gmsd_airflow import incidents
    from gmsd_airflow.failures import Patience, service_of

    seen = []
    monkeypatch.setattr(incidents, "outage_seen", lambda service, since: seen.append(service))
    assert service_of(error) == service
    assert Patience().evaluate(error, 1, 150).action is RetryAction.RETRY
    assert seen == ([] if service == "PostgreSQL" else [service])


def refusals() -> list[Exception]:
    from gmsd.deliveries import RoundClosed, UnknownDelivery, WrongState
    from gmsd.installation import KeyChanged
    from gmsd.intake import ReceiptBroken
    from gmsd.releases import PlanChangedError
    from gmsd.warehouse import NotClosed
    from gmsd_airflow.runs import AuditBrokenError, WrongRunError

    ours = [
        KeyChanged,
        PlanChangedError,
        ReceiptBroken,
        NotClosed,
        WrongRunError,
        AuditBrokenError,
        RoundClosed,
        UnknownDelivery,
        WrongState,
    ]
    return [
        *(each("PostgreSQL does not answer, OperationalError, 503, connection refused") for each in ours),
        ValueError("connection refused"),
        KeyError("x"),
        FileNotFoundError(errno.ENOENT, "no key"),
        PermissionError(errno.EACCES, "no right"),
        client_error(403, "AccessDenied"),
        client_error(400, "InvalidArgument"),
        client_error(404, "NoSuchKey"),
        s3.NoCredentialsError(),
        s3.ParamValidationError(report="x"),
        api_error(400),
        api_error(403),
        runtime_error("XCOM_NOT_FOUND"),
        sql.IntegrityError("INSERT", {}, Exception("x")),
        sql.ProgrammingError("SELECT", {}, Exception("x")),
        psycopg.errors.CheckViolation("x"),
        psycopg.errors.UndefinedTable("x"),
        caused(ValueError("x"), psycopg.OperationalError("y"), told=False),
    ]


@pytest.mark.parametrize("error", refusals(), ids=lambda error: type(error).__name__)
def test_a_refusal_fails_at_once_whatever_its_words(error):
    from airflow.sdk import RetryAction

    from gmsd_airflow.failures import Patience

    assert Patience().evaluate(error, 1, 150).action is RetryAction.FAIL


def test_what_waits_for_other_work_is_tried_again_and_is_no_outage():
    from airflow.sdk import RetryAction

    from gmsd.warehouse import StillUnchecked
    from gmsd_airflow.failures import Patience, service_of

    assert service_of(StillUnchecked("x")) is None
    assert Patience().evaluate(StillUnchecked("x"), 1, 150).action is RetryAction.RETRY


def test_forms_wait_for_an_outage_for_hours_and_hold_up_no_intake_for_a_repair():
    from airflow.sdk import RetryAction

    from gmsd.consent import FormsWait
    from gmsd_airflow.failures import Patience

    def decided(error: Exception, attempt: int) -> RetryAction:
        return Patience().evaluate(error, attempt, 150).action

    by_outage = caused(FormsWait("2 forms wait"), psycopg.OperationalError("x"))
    assert {decided(by_outage, attempt) for attempt in (1, 3, 4, 100)} == {RetryAction.RETRY}
    assert [decided(FormsWait("2 forms wait"), attempt) for attempt in (1, 3, 4)] == [
        RetryAction.RETRY,
        RetryAction.RETRY,
        RetryAction.FAIL,
    ]


def test_what_was_ended_from_outside_is_left_to_airflow():
    from airflow.sdk import RetryAction

    from gmsd_airflow.failures import Patience

    assert Patience().evaluate(SystemExit(1), 1, 150).action is RetryAction.DEFAULT


def test_pauses_begin_short_grow_and_last_for_hours():
    from gmsd_airflow.failures import RETRIES, Patience, pause

    pauses = [pause(attempt) for attempt in range(1, RETRIES + 1)]
    assert [each.total_seconds() for each in pauses[:7]] == [5, 10, 20, 40, 80, 160, 300]
    assert max(pauses) == dt.timedelta(minutes=5)
    assert dt.timedelta(hours=10) < sum(pauses, dt.timedelta()) < dt.timedelta(hours=16)
    error = psycopg.OperationalError("x")
    assert Patience().evaluate(error, 2, RETRIES).retry_delay == dt.timedelta(seconds=10)
    # cleared after three tries: Airflow goes on numbering, the pauses begin anew
    assert Patience().evaluate(error, 4, RETRIES + 3).retry_delay == dt.timedelta(seconds=5)


def test_every_task_of_every_dag_has_this_policy(bag):
    from gmsd_airflow.failures import LONGEST_PAUSE, RETRIES, Patience, tell_of_failure

    tasks = [task for dag in bag.dags.values() for task in dag.tasks]
    assert len(tasks) > 10
    for task in tasks:
        assert isinstance(task.retry_policy, Patience), task
        assert (task.retries, task.max_retry_delay) == (RETRIES, LONGEST_PAUSE), task
        told = task.on_failure_callback  # of a mapped task the bare function
        assert tell_of_failure in ([told] if callable(told) else list(told)), task


WEEK = dt.timedelta(days=7)
BEGUN = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)


def failed(after: dt.timedelta, state: str = "failed") -> dict:
    return {"state": state, "run_after": BEGUN.isoformat(), "end_date": (BEGUN + after).isoformat()}


@pytest.mark.parametrize(
    ("failing", "waited", "due"),
    [
        (dt.timedelta(seconds=30), dt.timedelta(minutes=9), False),
        (dt.timedelta(seconds=30), dt.timedelta(minutes=10), True),
        (dt.timedelta(hours=2), dt.timedelta(minutes=119), False),
        (dt.timedelta(hours=2), dt.timedelta(minutes=120), True),
        (dt.timedelta(days=3), dt.timedelta(hours=23), False),
        (dt.timedelta(days=3), dt.timedelta(hours=24), True),
        (WEEK, dt.timedelta(days=30), False),
    ],
)
def test_a_failed_run_is_started_again_after_growing_pauses_for_a_week(failing, waited, due):
    from gmsd_airflow.runs import due_again

    assert due_again(failed(failing), BEGUN + failing + waited) is due
    assert not due_again(failed(failing, "success"), BEGUN + failing + waited)
    assert not due_again(failed(failing, "running"), BEGUN + failing + waited)


def test_a_run_that_always_fails_is_started_some_twenty_times_and_then_no_more():
    from gmsd_airflow.runs import due_again

    now = end = BEGUN
    restarts = 0
    while now < BEGUN + dt.timedelta(days=30):
        if due_again(failed(end - BEGUN), now):
            restarts += 1
            end = now + dt.timedelta(seconds=5)
        now += dt.timedelta(minutes=10)
    assert 8 < restarts < 20
