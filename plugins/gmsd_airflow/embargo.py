"""The step of `gmsd_publish` that waits, approved and built, until the release may be public."""

from __future__ import annotations

from typing import Any

from airflow.sdk import BaseOperator

from gmsd_airflow.approval import ApprovalLink, PreviewLink
from gmsd_airflow.warehouse_trigger import WarehouseTrigger


class EmbargoTrigger(WarehouseTrigger):
    """Fires when the embargo of a run's release is over, or its question gave way to a newer one.

    The moment is that of the project's clock, asked each time: a demo's clock is moved, and a machine's is set.
    """

    def waits(self) -> bool:
        """Whether it is too early."""
        from gmsd.settings import get_settings
        from gmsd_airflow.publication import under_embargo

        return under_embargo(get_settings(), self.run_id)


class EmbargoOperator(BaseOperator):
    """Waits until the release of its run may be public. Its state lets nothing out: what publishes asks warehouse and clock itself."""

    operator_extra_links = (PreviewLink(), ApprovalLink())

    def execute(self, context: Any) -> None:
        """Look, and wait in the triggerer while it is too early."""
        from gmsd.settings import get_settings
        from gmsd_airflow.publication import question_of_run, under_embargo
        from gmsd_airflow.runs import PUBLISH_DAG, note

        settings, run_id = get_settings(), context["dag_run"].run_id
        if under_embargo(settings, run_id):
            asked = question_of_run(settings, run_id)
            said = f"{asked.release_id} approved by {asked.answered_by} and built; under embargo until {asked.embargo:%-d %B %Y %H:%M}"
            note(settings, PUBLISH_DAG, run_id, f"{said} (Europe/Amsterdam)")
            self.defer(trigger=EmbargoTrigger(run_id), method_name="resume")

    def resume(self, context: Any, event: dict[str, Any] | None = None) -> None:  # noqa: ARG002 - the event decides nothing
        """Look again.

        Raises:
            AnsweredError: the question gave way to a newer one meanwhile; nothing is let out on it.
        """
        from gmsd.releases import AnsweredError
        from gmsd.settings import get_settings
        from gmsd_airflow.publication import question_of_run

        asked = question_of_run(get_settings(), context["dag_run"].run_id)
        if not asked.approves:
            raise AnsweredError(f"another run has asked about {asked.release_id} since; its question counts")
        self.execute(context)
