"""The course of a publication, from a plan that is asked about to the release in force: each step reads in the warehouse where it stands.

A scheduler calls the steps one after the other, and again after a fault; none takes anything from the one before it but the run's name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gmsd.database import statement
from gmsd.deliveries import listing, mark_published
from gmsd.figures import half_years_in_force
from gmsd.journal import Stage
from gmsd.releases.approval import PIPELINE, REFUSED, AnsweredError, NotApprovedError, approval_of, ask, questions
from gmsd.releases.build import build_release
from gmsd.releases.gate import hidden_for, note_attack, plan_attacked, refuse_disclosed
from gmsd.releases.plan import plan_release
from gmsd.releases.publication import publish, take_back
from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

    from gmsd.releases.approval import Question
    from gmsd.releases.build import Built
    from gmsd.settings import Settings
    from gmsd.store import ObjectStore


def newest_closed_round(connection: Connection, law: str) -> HalfYear | None:
    """The newest round of a law that has been closed; None while there is none."""
    found = connection.scalar(statement("releases/newest_closed_round"), {"law": law})
    return None if found is None else HalfYear.parse(found)


def propose(
    connection: Connection,
    settings: Settings,
    law: str,
    round_: HalfYear,
    *,
    run_id: str,
    named: str,
    started_by: str | None,
    at: dt.datetime,
    progress: Callable[[str], None] | None = None,
) -> Question:
    """Work out what a release would say, and ask whether it may be published. Nobody has looked at it yet.

    The whole series of releases is attacked with it first. What that found is kept whatever comes of the transaction.

    Args:
        connection: With the publisher's rights, in a transaction.
        settings: Addresses and keys.
        law: The law whose tables it holds.
        round_: The round whose close decides what counts.
        run_id: The run that asks.
        named: The release id that the run was started for; empty for whichever comes next.
        started_by: Who started the run, as the server recorded; None or the pipeline's own account when nobody did.
        at: The moment of the clock.
        progress: Is told in a sentence what is being done.

    Raises:
        AlreadyPublishedError: the run was started for another release than the one that comes next.
        DisclosedError: it would tell counts, and hiding cells did not help.
    """
    plan, attacked = plan_attacked(connection, settings, law, round_, at, expected=named, progress=progress)
    with connection.engine.begin() as apart:
        note_attack(apart, settings, plan, attacked, at)
    refuse_disclosed(settings, plan, attacked)
    preview = {**plan.preview(), "attack": attacked.describe()}
    asked_by = PIPELINE if started_by in {None, "", settings.airflow_intake_user} else str(started_by)
    return ask(connection, preview, run_id=run_id, asked_by=asked_by, at=at)


def question_of(connection: Connection, run_id: str) -> Question:
    """What a run asked last.

    Raises:
        NotApprovedError: it asked nothing: its preview has not been worked out, whatever the state of that task.
    """
    found = questions(connection, run_id=run_id)
    if not found:
        raise NotApprovedError("this run has asked nothing yet: clear the task `preview`")
    return found[0]


def take_answer(engine: Engine, run_id: str, at: dt.datetime) -> Question:
    """The answered question of a run; a proposal that was refused is taken back.

    Raises:
        NotApprovedError: nobody has answered.
        AnsweredError: another run has asked about this release since.
    """
    with engine.begin() as connection:
        asked = question_of(connection, run_id)
        if asked.answer is None and not asked.counts:
            raise AnsweredError(f"another run has asked about {asked.release_id} since; its question counts")
        if asked.answer is None:
            raise NotApprovedError(f"nobody has answered question {asked.question} about {asked.release_id}")
        if asked.answer == REFUSED:
            take_back(connection, asked.release_id, at)
    return asked


def build_approved(engine: Engine, store: ObjectStore, settings: Settings, run_id: str, at: dt.datetime) -> Built:
    """Write down the release that was approved.

    Raises:
        ApprovalError: nobody else has approved it.
        PlanChangedError: it would say something else by now.
    """
    with engine.begin() as connection:
        asked = question_of(connection, run_id)
        approval_of(connection, asked.release_id, asked.fingerprint)
        hidden = hidden_for(connection, asked.release_id, asked.fingerprint)
        round_ = HalfYear.parse(asked.round)
        plan = plan_release(connection, settings, asked.law, round_, at, expected=asked.release_id, hidden=hidden)
        return build_release(connection, store, settings, plan, approved=asked.fingerprint)


def publish_approved(
    engine: Engine, store: ObjectStore, settings: Settings, run_id: str, at: dt.datetime
) -> tuple[Question, dict[str, Any]]:
    """Make the release of a run public and the one in force, and note that its deliveries are published; safe to repeat.

    Returns:
        The question it was let out on, and the content of `current.json`.

    Raises:
        ApprovalError: nobody else has approved exactly what was built.
    """
    with engine.connect() as connection:
        asked = question_of(connection, run_id)
    pointer = publish(engine, store, settings, asked.release_id, at)
    with engine.begin() as connection:
        counts_now = {each for _, _, each in half_years_in_force(connection, asked.law, HalfYear.parse(asked.round)).deliveries}
        loaded = [each.delivery_id for each in listing(connection, state="loaded") if each.delivery_id in counts_now]
        mark_published(connection, loaded, release_id=asked.release_id, actor=Stage.PUBLICATION, at=at)
    return asked, pointer
