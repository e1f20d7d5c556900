"""What becomes of a task that fails: `DEFAULT_ARGS` of every DAG, and the one place that decides.

A service that does not answer is asked again for half a day, with growing pauses; so is whatever waits for other work. Anything else fails
at once, because the same task gives the same result. Types of exceptions decide, never their words. The engineer is told once.
"""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from airflow.sdk import RetryDecision, RetryPolicy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gmsd.outages import Service

FIRST_PAUSE = dt.timedelta(seconds=5)
LONGEST_PAUSE = dt.timedelta(minutes=5)
# 5, 10, 20, ... seconds, then every five minutes: more than twelve hours in all.
RETRIES = 150
TRIES_OF_FORMS = 3


def service_of(error: BaseException) -> Service | None:
    """Which service's failure an exception is, by its type or that of what caused it; None when it is no service's failure."""
    from gmsd import outages

    for each in _causes(error):
        if (found := outages.service_of(each) or _airflows(each)) is not None:
            return found
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _airflows(error: BaseException) -> Service | None:
    from airflow.sdk.exceptions import AirflowRuntimeError, ErrorType

    from gmsd_airflow.api import AirflowError

    away = (isinstance(error, AirflowError) and error.status >= HTTPStatus.INTERNAL_SERVER_ERROR) or (
        isinstance(error, AirflowRuntimeError) and error.error.error in (ErrorType.API_SERVER_ERROR, ErrorType.GENERIC_ERROR)
    )
    return "Airflow" if away else None


def tries_allowed(error: BaseException) -> int:
    """How often a task is tried that only waits for other work, such as the close for checks; 0 when it does not wait.

    Forms that wait for a repair are tried again by the next run of intake, which this one must not hold up.
    """
    from gmsd.consent import FormsWait
    from gmsd.warehouse import StillUnchecked

    for each in _causes(error):
        if isinstance(each, StillUnchecked):
            return RETRIES
        if isinstance(each, FormsWait):
            return TRIES_OF_FORMS
    return 0


def pause(attempt: int) -> dt.timedelta:
    """How long to wait after the `attempt`th try, the first being 1."""
    return min(FIRST_PAUSE * (1 << min(attempt - 1, 30)), LONGEST_PAUSE)


class Patience(RetryPolicy):
    """Try again what a service's failure or other work holds up; let everything else fail at once."""

    def evaluate(self, exception: BaseException, try_number: int, max_tries: int, context: Any = None) -> RetryDecision:  # noqa: ARG002
        """Airflow asks this in the task's process, after a failure."""
        if not isinstance(exception, Exception):  # ended from outside
            return RetryDecision.default()
        # tries before the run was cleared do not count: Airflow goes on numbering
        attempt = max(1, try_number - max(0, max_tries - RETRIES))
        service = service_of(exception)
        if service is None and attempt > tries_allowed(exception):
            return RetryDecision.fail(f"{type(exception).__name__}: the same would happen again")
        # An outage of the database is noted by who waits for its end: as long as it lasts, nobody can write it down.
        if service is not None and service != "PostgreSQL":
            from gmsd_airflow.incidents import outage_seen

            outage_seen(service, dt.datetime.now(dt.UTC))
        return RetryDecision.retry(pause(attempt), f"{service or type(exception).__name__}: tried again")


def tell_of_failure(context: Any) -> None:
    """A task's `on_failure_callback`: one mail to the engineer."""
    from gmsd_airflow.incidents import task_failed

    task_failed(context)


# retry_delay and the two after it hold for tasks that were killed, which no policy is asked about
DEFAULT_ARGS: dict[str, Any] = {
    "owner": "data engineer",
    "retries": RETRIES,
    "retry_policy": Patience(),
    "retry_delay": FIRST_PAUSE,
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": LONGEST_PAUSE,
    "on_failure_callback": tell_of_failure,
}
