"""Links from tasks to the pages of this project: each is written down when the task ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from airflow.sdk import BaseOperator, BaseOperatorLink

from gmsd_airflow.pages import page_address

if TYPE_CHECKING:
    from gmsd.rounds import HalfYear

Task = TypeVar("Task")


class DeliveryLink(BaseOperatorLink):
    """From a run of a delivery to its page: receipt, findings, reports, history."""

    name = "Receipt, reports and history"

    def get_link(self, operator: BaseOperator, *, ti_key: Any) -> str:  # noqa: ARG002 - Airflow's own form
        """The page of the delivery that the form names, else of the one that the run is named after."""
        delivery = ti_key.get_template_context()["params"]["delivery"] or ti_key.run_id
        return page_address(f"deliveries/{delivery}")


class OverviewLink(BaseOperatorLink):
    """From a run of a round or half-year to its Ronde-overzicht."""

    name = "Ronde-overzicht"

    def get_link(self, operator: BaseOperator, *, ti_key: Any) -> str:  # noqa: ARG002 - Airflow's own form
        """The overview of the partition; of a half-year that of the newest round that takes it."""
        return overview_address(ti_key.get_template_context()["dag_run"].partition_key)


def overview_address(partition: str) -> str:
    """The overview of a round or half-year (`2019-H1`, `jeugd.2019-H1`), in the newest round that takes it."""
    from gmsd.rounds import load_calendar, parse_partition

    law, code = parse_partition(partition)
    taking = load_calendar().taking(code, law)
    asked: dict[str, str | HalfYear] = {"round": taking[-1].id, "half_year": code} if taking else {}
    return page_address(f"rounds?{urlencode(asked)}")


def with_links(task: Task, *links: BaseOperatorLink) -> Task:
    """A task of a DAG file with links beside its own; returns it."""
    made: Any = task
    made.operator.operator_extra_links = links
    return task
