"""Deadlines of a delivery as Airflow's alerts: a verdict within three working days of receipt, an op-orde report within two of it.

Airflow counts from the moment that a run is queued, which is that of receipt but for minutes, and knows no working days: the alert goes off
after as many days, which is never later than the deadline. The mail says the day by working days. The overview says how late it became.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from airflow.sdk import AsyncCallback, DeadlineAlert
from airflow.sdk.definitions.deadline import BaseDeadlineReference
from sqlalchemy import select

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

    from gmsd.deliveries import Delivery

VERDICT, OP_ORDE = 3, 2


async def deadline_missed(*, what: str, context: dict[str, Any]) -> str:
    """What the triggerer calls when a run of *Delivery* has not ended in time: a mail to the engineer, once.

    Args:
        what: `verdict` or `op-orde`.
        context: Airflow's: the run, and the moment of the deadline.

    Returns:
        The delivery that was told of; empty when it has what was due.
    """
    run = context["dag_run"]
    named = str((run.get("conf") or {}).get("delivery") or run.get("run_id") or run.get("dag_run_id"))
    return await asyncio.to_thread(tell_of_deadline, named, what)


def tell_of_deadline(delivery_id: str, what: str) -> str:
    """Queue the mail when the delivery still waits for its verdict or report, and send it."""
    from gmsd.clock import AMSTERDAM
    from gmsd.deliveries import get
    from gmsd.journal import Context, send_queued, tell_engineer
    from gmsd.rounds import add_working_days

    context = Context.open()
    with context.engine.begin() as connection:
        delivery = get(connection, delivery_id)
        if not _waits(connection, delivery, what):
            return ""
        due = add_working_days(delivery.received_at.astimezone(AMSTERDAM).date(), VERDICT if what == "verdict" else VERDICT + OP_ORDE)
        text = (
            f"Delivery {delivery_id} waits for its {what}, which is due on {due:%A %-d %B %Y}.\n\n"
            "What happens by itself: a run that failed is started again, for a week.\n\n"
            "What to do: look at its run of *Delivery*: the log says what holds it up.\n\nYou get one mail about this."
        )
        subject = f"GMSD: {delivery_id} waits for its {what}, due on {due}"
        told = tell_engineer(connection, context.settings, delivery_id, f"deadline_{what}", subject, text, context.clock.now())
    send_queued(context)
    return delivery_id if told else ""


def _waits(connection: Connection, delivery: Delivery, what: str) -> bool:
    """Whether it has no verdict, or was accepted and its report was not mailed."""
    from gmsd.journal import issues_of

    if what == "verdict":
        return delivery.state == "received"
    return delivery.state == "received" or (delivery.state == "accepted" and not issues_of(connection, delivery.delivery_id, "op_orde"))


class RunQueued(BaseDeadlineReference):
    """When a run was queued first.

    Airflow's own DAGRUN_QUEUED_AT is that too, and moves when a run is cleared; in 3.3 that fails, because the interval is kept in another
    form than the one it is read in, and with it every clearing of a run whose deadline is to come. What is due from receipt does not move.
    """

    required_kwargs: ClassVar[set[str]] = {"dag_id", "run_id"}

    def _evaluate_with(self, *, session: Session, dag_id: str, run_id: str) -> dt.datetime | None:
        from airflow.models import DagRun

        queued: dt.datetime | None = session.scalar(select(DagRun.queued_at).where(DagRun.dag_id == dag_id, DagRun.run_id == run_id))
        return queued


DEADLINES = [
    DeadlineAlert(
        reference=RunQueued(),
        interval=dt.timedelta(days=days),
        callback=AsyncCallback(deadline_missed, kwargs={"what": what}),
        name=what,
    )
    for what, days in (("verdict", VERDICT), ("op-orde", VERDICT + OP_ORDE))
]
"""Of a run of *Delivery*."""
