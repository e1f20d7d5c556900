"""The step of `gmsd_publish` that waits until a second person has answered in the warehouse."""

from __future__ import annotations

from typing import Any

from airflow.sdk import BaseOperator, BaseOperatorLink
from airflow.sdk.exceptions import AirflowSkipException

from gmsd_airflow.pages import approval_address, preview_address
from gmsd_airflow.warehouse_trigger import WarehouseTrigger


class AnswerTrigger(WarehouseTrigger):
    """Fires when the question of a run has been answered, or gave way to a newer one."""

    def waits(self) -> bool:
        """Whether somebody can still answer it."""
        from gmsd.settings import get_settings
        from gmsd_airflow.publication import question_of_run

        return question_of_run(get_settings(), self.run_id).is_open


class ApprovalLink(BaseOperatorLink):
    """From the waiting task to the page where a second person answers."""

    name = "Approve or refuse"

    def get_link(self, operator: BaseOperator, *, ti_key: Any) -> str:  # noqa: ARG002 - Airflow's own form
        """The list of questions: which release it is stands there, and in the note of the run."""
        return approval_address()


class PreviewLink(BaseOperatorLink):
    """From a task to what its run showed."""

    name = "Preview"

    def get_link(self, operator: BaseOperator, *, ti_key: Any) -> str:  # noqa: ARG002 - Airflow's own form
        """The page of the run."""
        return preview_address(ti_key.run_id)


class PreviewOperator(BaseOperator):
    """Works out what the release would say, and asks whether it may be published; a dry run asks nobody."""

    operator_extra_links = (PreviewLink(), ApprovalLink())

    def execute(self, context: Any) -> dict[str, Any]:
        """Read what the run was started with, and look."""
        from gmsd.settings import get_settings
        from gmsd_airflow.publication import preview_release

        run = context["dag_run"]
        return preview_release(get_settings(), run.run_id, run.conf or {}, run.triggering_user_name)


class SecondPersonOperator(BaseOperator):
    """Waits until a second person has answered; approved: it succeeds, refused, or of a dry run: it and what follows is skipped.

    Neither its state nor its result lets anything out: build and publish ask the warehouse themselves.
    """

    operator_extra_links = (ApprovalLink(), PreviewLink())

    def execute(self, context: Any) -> None:
        """Look, and wait in the triggerer when nobody has answered.

        Raises:
            AirflowSkipException: a dry run asks nobody.
        """
        from gmsd.settings import get_settings
        from gmsd_airflow.publication import question_of_run
        from gmsd_airflow.publication_form import is_dry_run
        from gmsd_airflow.runs import PUBLISH_DAG, note

        if is_dry_run(context["dag_run"].conf):
            raise AirflowSkipException("a dry run ends with its preview")
        settings, run_id = get_settings(), context["dag_run"].run_id
        asked = question_of_run(settings, run_id)
        if asked.is_open:
            where = f"[approve or refuse]({approval_address(asked.release_id)})"
            note(settings, PUBLISH_DAG, run_id, f"{asked.release_id} of round {asked.round} waits for a second person: {where}")
            self.defer(trigger=AnswerTrigger(run_id), method_name="resume")
        self.resume(context)

    def resume(self, context: Any, event: dict[str, Any] | None = None) -> None:  # noqa: ARG002 - the event decides nothing
        """Read the answer.

        Raises:
            AirflowSkipException: refused; nothing of the release was public.
            ApprovalError: the question gave way to a newer one, of another run.
        """
        from gmsd.settings import get_settings
        from gmsd_airflow.publication import read_answer

        if not read_answer(get_settings(), context["dag_run"].run_id):
            raise AirflowSkipException("refused")
