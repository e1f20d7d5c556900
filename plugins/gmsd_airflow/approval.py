"""The step of `gmsd_publish` that waits until a second person has answered in the warehouse."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator, BaseOperatorLink
from airflow.sdk.configuration import conf
from airflow.sdk.exceptions import AirflowSkipException
from airflow.triggers.base import BaseTrigger, TriggerEvent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

POLL_SECONDS = 2.0


class AnswerTrigger(BaseTrigger):
    """Fires when the question of a run has been answered, or gave way to a newer one.

    What it fires says nothing of the answer: the task reads that in the warehouse. Addresses come from the settings, as Airflow stores a
    trigger's arguments.
    """

    def __init__(self, run_id: str) -> None:
        super().__init__()
        self.run_id = run_id

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Import path and arguments, from which the triggerer makes it."""
        return f"{type(self).__module__}.{type(self).__qualname__}", {"run_id": self.run_id}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Poll until there is something to read."""
        said = ""
        while True:
            try:
                # the database driver blocks: in a thread, or every trigger would stand still
                waits = await asyncio.to_thread(_waits, self.run_id)
            except Exception as error:  # noqa: BLE001 - whatever keeps the database from answering: the question may stand for days
                if str(error) != said:
                    self.log.warning("the warehouse does not answer, going on trying: %s", error)
                said = str(error)
            else:
                said = ""
                if not waits:
                    yield TriggerEvent({"run_id": self.run_id})
                    return
            await asyncio.sleep(POLL_SECONDS)


def _waits(run_id: str) -> bool:
    from gmsd.settings import get_settings
    from gmsd_airflow.publication import question_of_run

    return question_of_run(get_settings(), run_id).is_open


class ApprovalLink(BaseOperatorLink):
    """From the waiting task to the page where a second person answers."""

    name = "Approve or refuse"

    def get_link(self, operator: BaseOperator, *, ti_key: Any) -> str:  # noqa: ARG002 - Airflow's own form
        """The list of questions: which release it is stands there, and in the note of the run."""
        return approval_address()


def approval_address(release_id: str = "") -> str:
    """Where a browser finds the page about a release, or the list of all."""
    page = f"/{release_id}/approval" if release_id else ""
    return f"{conf.get('api', 'base_url', fallback='').rstrip('/')}/gmsd/releases{page}"


class SecondPersonOperator(BaseOperator):
    """Waits until a second person has answered; approved: it succeeds, refused: it and what follows is skipped.

    Neither its state nor its result lets anything out: build and publish ask the warehouse themselves.
    """

    operator_extra_links = (ApprovalLink(),)

    def execute(self, context: Any) -> None:
        """Look, and wait in the triggerer when nobody has answered."""
        from gmsd.settings import get_settings
        from gmsd_airflow.publication import question_of_run
        from gmsd_airflow.runs import PUBLISH_DAG, note

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
