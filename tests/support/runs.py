"""Waiting for runs of a real Airflow, and how they ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support import waiting

if TYPE_CHECKING:
    from collections.abc import Callable

    from gmsd_airflow.api import Airflow

SECONDS = 180.0


class Watch:
    """What tells that the installation does not run any more: nothing has to be waited for then."""

    gone: Callable[[], str] | None = None


def until(found: Callable[[], object], what: str) -> Any:
    """The first true value of `found`, as long as the installation runs."""
    return waiting.until(found, what, seconds=SECONDS, gone=Watch.gone, every=0.5)


def ended(airflow: Airflow, dag_id: str, run_id: str) -> dict[str, Any]:
    """A run at its end."""

    def look() -> dict[str, Any] | None:
        run = airflow.run(dag_id, run_id)
        return run if run and run["state"] in {"success", "failed"} else None

    return dict(until(look, f"{dag_id} {run_id}"))


def states(airflow: Airflow, dag_id: str, run_id: str) -> dict[str, str]:
    """The states of the tasks of a run."""
    return {task["task_id"]: task["state"] for task in airflow.tasks(dag_id, run_id)}
