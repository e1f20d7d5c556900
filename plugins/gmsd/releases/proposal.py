"""The course of a publication, from a plan that is asked about to the release in force: each step reads in the warehouse where it stands.

A scheduler calls the steps one after the other, and again after a fault; none takes anything from the one before it but the run's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gmsd.database import statement
from gmsd.deliveries import listing, mark_published
from gmsd.figures import half_years_in_force
from gmsd.journal import Stage
from gmsd.releases.approval import PIPELINE, REFUSED, AnsweredError, NotApprovedError, approval_of, ask, questions
from gmsd.releases.build import build_release
from gmsd.releases.gate import hidden_for, note_attack, plan_attacked, refuse_disclosed
from gmsd.releases.plan import plan_release
from gmsd.releases.preview import keep_preview, preview_of
from gmsd.releases.publication import publish, publish_target, take_back
from gmsd.releases.recall import half_years_left_out, lift_recall, recall_half_year, recalled
from gmsd.rounds import HalfYear
from gmsd.tables import all_targets, chosen_targets

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from sqlalchemy import Connection, Engine

    from gmsd.releases.approval import Question
    from gmsd.releases.build import Built
    from gmsd.releases.gate import Attacked
    from gmsd.releases.plan import Plan
    from gmsd.releases.recall import Action
    from gmsd.settings import Settings
    from gmsd.store import ObjectStore


def newest_closed_round(connection: Connection, law: str) -> HalfYear | None:
    """The newest round of a law that has been closed; None while there is none."""
    found = connection.scalar(statement("releases/newest_closed_round"), {"law": law})
    return None if found is None else HalfYear.parse(found)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody proposes to publish.

    Attributes:
        law: The law whose tables it holds.
        round: The round whose close decides what counts.
        action: `publish`; `recall`: the same without a half-year from now on; `put back`: with one that had been recalled.
        half_year: Of the last two.
        targets: Ids of the targets it is made for (`gmsd.tables.chosen_targets`); None = all.
        embargo: From when on it may be public; None = as soon as it is approved.
        reason: Why, in the words of who proposes; never public.
    """

    law: str
    round: HalfYear
    action: Action = "publish"
    half_year: HalfYear | None = None
    targets: tuple[str, ...] | None = None
    embargo: dt.datetime | None = None
    reason: str = ""

    def describe(self) -> dict[str, Any]:
        """It, for a preview."""
        return {
            "action": self.action,
            "half_year": None if self.half_year is None else str(self.half_year),
            "targets": [each.id for each in all_targets()] if self.targets is None else list(self.targets),
            "embargo": None if self.embargo is None else self.embargo.isoformat(),
            "reason": self.reason,
        }


def look(
    connection: Connection,
    store: ObjectStore,
    settings: Settings,
    proposal: Proposal,
    *,
    run_id: str,
    named: str,
    at: dt.datetime,
    progress: Callable[[str], None] | None = None,
) -> dict[str, Any]:
    """Work out what a release would say, attack the whole series with it, and ask nobody. What it would tell stands in what it returns.

    Args:
        connection: With the publisher's rights, in a transaction.
        store: The object store, as the pipeline: what is shown is kept there.
        settings: Addresses and keys.
        proposal: What it would be.
        run_id: The run that looks.
        named: The release id that the run was started for; empty for whichever comes next.
        at: The moment of the clock.
        progress: Is told in a sentence what is being done.

    Returns:
        The preview (`preview_of`), with the proposal in it and `dry_run`.

    Raises:
        AlreadyPublishedError: the run was started for another release than the one that comes next.
        RecallError: the half-year cannot be recalled, or put back.
    """
    plan, attacked = _worked_out(connection, settings, proposal, named=named, at=at, progress=progress)
    preview = {**preview_of(connection, store, settings, plan, attacked), **proposal.describe(), "dry_run": True}
    keep_preview(store, settings, run_id, preview)
    return preview


def propose(
    connection: Connection,
    store: ObjectStore,
    settings: Settings,
    proposal: Proposal,
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
        store: The object store, as the pipeline: the changed cells are kept there.
        settings: Addresses and keys.
        proposal: What is to be published.
        run_id: The run that asks.
        named: The release id that the run was started for; empty for whichever comes next.
        started_by: Who started the run, as the server recorded; None or the pipeline's own account when nobody did.
        at: The moment of the clock.
        progress: Is told in a sentence what is being done.

    Raises:
        AlreadyPublishedError: the run was started for another release than the one that comes next.
        DisclosedError: it would tell counts, and hiding cells did not help.
        RecallError: the half-year cannot be recalled, or put back.
    """
    plan, attacked = _worked_out(connection, settings, proposal, named=named, at=at, progress=progress)
    refuse_disclosed(settings, plan, attacked)
    preview = {**preview_of(connection, store, settings, plan, attacked), **proposal.describe()}
    asked_by = PIPELINE if started_by in {None, "", settings.airflow_intake_user} else str(started_by)
    return ask(connection, preview, run_id=run_id, asked_by=asked_by, at=at)


def _worked_out(
    connection: Connection,
    settings: Settings,
    proposal: Proposal,
    *,
    named: str,
    at: dt.datetime,
    progress: Callable[[str], None] | None,
) -> tuple[Plan, Attacked]:
    """The release of a proposal, attacked; what that found is kept, whatever becomes of the transaction."""
    without = half_years_left_out(connection, proposal.law, proposal.action, proposal.half_year)
    plan, attacked = plan_attacked(
        connection,
        settings,
        proposal.law,
        proposal.round,
        at,
        expected=named,
        progress=progress,
        without=without,
        targets=proposal.targets,
    )
    with connection.engine.begin() as apart:
        note_attack(apart, settings, plan, attacked, at)
    return plan, attacked


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
        _carry_out_recall(connection, asked, at)
        targets = chosen_targets(asked.preview.get("targets"))
        plan = plan_release(connection, settings, asked.law, round_, at, expected=asked.release_id, hidden=hidden, targets=targets)
        return build_release(connection, store, settings, plan, approved=asked.fingerprint)


def _carry_out_recall(connection: Connection, asked: Question, at: dt.datetime) -> None:
    """Recall what was approved to be recalled, or put it back; repeated, it changes nothing."""
    action = asked.preview.get("action", "publish")
    if action == "publish":
        return
    half = HalfYear.parse(asked.preview["half_year"])
    is_out = half in recalled(connection, asked.law)
    if action == "recall" and not is_out:
        recall_half_year(connection, asked.law, half, reason=asked.preview["reason"], by=asked.asked_by, at=at)
    if action == "put back" and is_out:
        lift_recall(connection, asked.law, half, by=asked.asked_by, at=at)


def publish_target_approved(engine: Engine, store: ObjectStore, settings: Settings, run_id: str, target: str, at: dt.datetime) -> int:
    """Lay down the public files of one target of the release of a run; nothing points to them yet. Safe to repeat, and beside others.

    Returns:
        How many files; none when it is not made for the target.

    Raises:
        ApprovalError: nobody else has approved exactly what was built.
        EmbargoError: it is too early.
    """
    with engine.connect() as connection:
        asked = question_of(connection, run_id)
    return publish_target(engine, store, settings, asked.release_id, target, at)


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
