"""The steps of `gmsd_publish`: each reads in the warehouse where the release of its run stands, and says what it did in the run's note.

What one step returns is for people to read; no other step takes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gmsd_airflow.runs import PUBLISH_DAG, WrongRunError, check_release_id, note

if TYPE_CHECKING:
    from gmsd.releases import Question
    from gmsd.settings import Settings


def preview_release(settings: Settings, run_id: str, round_code: str, started_by: str | None) -> dict[str, Any]:
    """Work out what a release would say, and ask whether it may be published.

    Args:
        settings: Addresses and keys.
        run_id: The run that asks.
        round_code: The round whose close decides what counts.
        started_by: Whom the api-server recorded as starting the run; None when nobody did.

    Returns:
        The library's preview without the words of municipalities: those are read at the page, and kept nowhere else.

    Raises:
        WrongRunError: the run is named after another release, or the calendar has no such round.
    """
    from gmsd.clock import get_clock
    from gmsd.database import connect
    from gmsd.releases import PIPELINE, ask, plan_release
    from gmsd.rounds import load_calendar

    try:
        wanted = load_calendar().round(round_code)
    except KeyError as error:
        raise WrongRunError(str(error)) from None
    at = get_clock(settings).now()
    with connect(settings, "publisher").begin() as connection:
        found = plan_release(connection, settings, wanted.code, at).preview()
        check_release_id(run_id, found["release_id"])
        asked_by = PIPELINE if started_by in {None, "", settings.airflow_intake_user} else str(started_by)
        return ask(connection, found, run_id=run_id, asked_by=asked_by, at=at).preview


def question_of(settings: Settings, run_id: str) -> Question:
    """What a run asked last.

    Raises:
        NotApprovedError: it asked nothing: its preview has not been worked out, whatever the state of that task.
    """
    from gmsd.database import connect
    from gmsd.releases import NotApprovedError, questions

    with connect(settings, "publisher").connect() as connection:
        found = questions(connection, run_id=run_id)
    if not found:
        raise NotApprovedError("this run has asked nothing yet: clear the task `preview`")
    return found[0]


def read_answer(settings: Settings, run_id: str) -> bool:
    """Whether to go on; who answered stands in the run's note. A proposal that was refused is taken back.

    Raises:
        NotApprovedError: nobody has answered.
        AnsweredError: another run has asked about this release since.
    """
    from gmsd.clock import get_clock
    from gmsd.database import connect
    from gmsd.releases import REFUSED, AnsweredError, NotApprovedError, take_back

    asked = question_of(settings, run_id)
    if asked.answer is None and not asked.counts:
        raise AnsweredError(f"another run has asked about {asked.release_id} since; its question counts")
    if asked.answer is None:
        raise NotApprovedError(f"nobody has answered question {asked.question} about {asked.release_id}")
    if asked.answer == REFUSED:
        with connect(settings, "publisher").begin() as connection:
            take_back(connection, asked.release_id, get_clock(settings).now())
    note(settings, PUBLISH_DAG, run_id, f"{asked.release_id} {asked.answer} by {asked.answered_by}")
    return asked.approves


def build_approved(settings: Settings, run_id: str) -> dict[str, Any]:
    """Write down the release that was approved.

    Raises:
        ApprovalError: nobody else has approved it.
        PlanChangedError: it would say something else by now.
    """
    from dataclasses import asdict

    from gmsd.clock import get_clock
    from gmsd.database import connect
    from gmsd.releases import approval_of, build_release, plan_release
    from gmsd.rounds import HalfYear
    from gmsd.store import get_store

    asked = question_of(settings, run_id)
    with connect(settings, "publisher").begin() as connection:
        approval_of(connection, asked.release_id, asked.fingerprint)
        plan = plan_release(connection, settings, HalfYear.parse(asked.round), get_clock(settings).now(), expected=asked.release_id)
        built = build_release(connection, get_store(settings), settings, plan, approved=asked.fingerprint)
    return asdict(built)


def publish_built(settings: Settings, run_id: str) -> dict[str, Any]:
    """Make the release of a run public and the one in force; safe to repeat.

    Raises:
        ApprovalError: nobody else has approved exactly what was built.
    """
    from gmsd.clock import get_clock
    from gmsd.database import connect
    from gmsd.deliveries import listing, mark_published
    from gmsd.figures import half_years_in_force
    from gmsd.releases import publish
    from gmsd.rounds import HalfYear
    from gmsd.store import get_store

    asked = question_of(settings, run_id)
    engine, at = connect(settings, "publisher"), get_clock(settings).now()
    pointer = publish(engine, get_store(settings), settings, asked.release_id, at)
    with engine.begin() as connection:
        counts_now = {each for _, _, each in half_years_in_force(connection, HalfYear.parse(asked.round)).deliveries}
        loaded = [each.delivery_id for each in listing(connection, state="loaded") if each.delivery_id in counts_now]
        mark_published(connection, loaded, release_id=asked.release_id, actor=PUBLISH_DAG, at=at)
    note(settings, PUBLISH_DAG, run_id, f"{asked.release_id} published: approved by {asked.answered_by}; in force: {pointer['id']}")
    return pointer
