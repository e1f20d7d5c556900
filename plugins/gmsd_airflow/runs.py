"""What links the register of deliveries to the runs in Airflow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gmsd_airflow.api import Airflow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gmsd.settings import Settings

DELIVERY_DAG = "gmsd_delivery"
PUBLISH_DAG = "gmsd_publish"
_RELEASE = re.compile(r"r\d{4}", re.ASCII)


class WrongRunError(Exception):
    """A run that a person started does not fit what is in the warehouse."""


def start_deliveries(settings: Settings, delivery_ids: Iterable[str]) -> list[str]:
    """Start a run for each delivery that has none; in the order given, which is that of receipt.

    Returns:
        The ids of those whose run was not there yet.
    """
    airflow = Airflow.of(settings, "intake")
    return [each for each in delivery_ids if airflow.start(DELIVERY_DAG, each, conf={"delivery": each}) is not None]


def note(settings: Settings, dag_id: str, run_id: str, text: str) -> None:
    """Write state and reason in the run's note, where the list of runs shows it."""
    Airflow.of(settings, "intake").note(dag_id, run_id, text)


def delivery_of(run_id: str, params: dict[str, Any]) -> str:
    """The delivery that a run of `gmsd_delivery` is about: the form's field, else the run id itself."""
    return str(params.get("delivery") or run_id)


def check_release_id(run_id: str, planned: str) -> None:
    """Refuse a run that names another release than the one that comes next.

    A run id that is no release id (as the form of the UI makes them) names none.

    Raises:
        WrongRunError: it names another.
    """
    if _RELEASE.fullmatch(run_id) and run_id != planned:
        raise WrongRunError(f"this run is called {run_id}, but the next release is {planned}")
