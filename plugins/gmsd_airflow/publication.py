"""The steps of `gmsd_publish`: each calls the library, which reads where the release stands, and says in the run's note what came of it.

What one step returns is for people to read; no other step takes it.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

from gmsd_airflow.api import Airflow
from gmsd_airflow.pages import preview_address
from gmsd_airflow.publication_form import asked_for, is_dry_run, publishing_laws
from gmsd_airflow.runs import PUBLISH_DAG, WrongRunError, note

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gmsd.releases import Question
    from gmsd.settings import Settings

logger = logging.getLogger(__name__)
_RELEASE = re.compile(r"r\d{4,}", re.ASCII)


def preview_release(settings: Settings, run_id: str, conf: Mapping[str, Any], started_by: str | None) -> dict[str, Any]:
    """Work out what a release would say, and ask whether it may be published; a dry run asks nobody.

    Args:
        settings: Addresses and keys.
        run_id: The run that asks; one that is called like a release is for that release and no other.
        conf: What the run was started with (`publication_form`).
        started_by: Whom the api-server recorded as starting the run; None when nobody did.

    Returns:
        The library's preview without the words of municipalities: those are read at the page, and kept nowhere else.

    Raises:
        WrongRunError: the run is named after another release, its fields do not go together, or another run is at it; the note says so too.
    """
    try:
        return _previewed(settings, run_id, conf, started_by)
    except WrongRunError as error:
        note(settings, PUBLISH_DAG, run_id, f"not started: {error}")
        raise


def _previewed(settings: Settings, run_id: str, conf: Mapping[str, Any], started_by: str | None) -> dict[str, Any]:
    from gmsd.clock import get_clock
    from gmsd.database import connect
    from gmsd.releases import AlreadyPublishedError, RecallError, look, newest_closed_round, propose, questions
    from gmsd.rounds import load_calendar
    from gmsd.store import get_store

    at, store, is_dry = get_clock(settings).now(), get_store(settings), is_dry_run(conf)
    named = run_id if _RELEASE.fullmatch(run_id) else ""
    with connect(settings, "publisher").begin() as connection:
        newest = {law: newest_closed_round(connection, law) for law in publishing_laws()}
        again = bool(questions(connection, run_id=run_id))
        proposal = asked_for(conf, load_calendar(), newest, at, again=again)
        if not is_dry:
            _refuse_beside_another(settings, questions(connection), run_id)
        try:
            if is_dry:
                found = look(connection, store, settings, proposal, run_id=run_id, named=named, at=at, progress=logger.info)
            else:
                found = propose(
                    connection,
                    store,
                    settings,
                    proposal,
                    run_id=run_id,
                    named=named,
                    started_by=started_by,
                    at=at,
                    progress=logger.info,
                ).preview
        except AlreadyPublishedError as error:
            raise WrongRunError(f"this run is called {run_id}: {error}") from None
        except RecallError as error:
            raise WrongRunError(str(error)) from None
    if is_dry:
        told = found["attack"]["disclosed"]
        verdict = f"it would tell {told} counts, and cannot be published like this" if told else "nothing has been asked"
        note(settings, PUBLISH_DAG, run_id, f"dry run of {found['release_id']}: {verdict}. [See the preview]({preview_address(run_id)})")
        return {**found, "explanations": len(found["explanations"])}
    return found


def _refuse_beside_another(settings: Settings, every: Sequence[Question], run_id: str) -> None:
    """A newer question takes the place of an older one: not by accident, while the run that asked it goes on.

    Raises:
        WrongRunError: another run has asked about a release that is not public yet, and is not over.
    """
    standing = [each for each in every if each.counts and each.run_id != run_id and (each.is_open or each.approves)]
    with Airflow.of(settings, "intake") as airflow:
        for each in standing[:1]:
            run = airflow.run(PUBLISH_DAG, each.run_id)
            if run is not None and run["state"] in {"queued", "running"}:
                state = "has been approved and is not public yet" if each.approves else "waits for a second person"
                raise WrongRunError(
                    f"{each.release_id} of run {each.run_id} {state}; let that run end first, or mark it failed and clear this one. "
                    "A dry run can be made at any time"
                )


def question_of_run(settings: Settings, run_id: str) -> Question:
    """What a run asked last."""
    from gmsd.database import connect
    from gmsd.releases import question_of

    with connect(settings, "publisher").connect() as connection:
        return question_of(connection, run_id)


def read_answer(settings: Settings, run_id: str) -> bool:
    """Whether to go on; who answered stands in the run's note."""
    from gmsd.clock import get_clock
    from gmsd.database import connect
    from gmsd.releases import take_answer

    asked = take_answer(connect(settings, "publisher"), run_id, get_clock(settings).now())
    note(settings, PUBLISH_DAG, run_id, f"{asked.release_id} {asked.answer} by {asked.answered_by}")
    return asked.approves


def build_in_run(settings: Settings, run_id: str) -> dict[str, Any]:
    """Write down the release that was approved."""
    from dataclasses import asdict

    from gmsd.clock import get_clock
    from gmsd.database import connect
    from gmsd.releases import build_approved
    from gmsd.store import get_store

    return asdict(build_approved(connect(settings, "publisher"), get_store(settings), settings, run_id, get_clock(settings).now()))


def publish_target_in_run(settings: Settings, run_id: str, target: str) -> dict[str, Any]:
    """Lay down the files of one target of the release of a run; nothing points to them yet. Safe to repeat."""
    from gmsd.clock import get_clock
    from gmsd.database import connect
    from gmsd.releases import publish_target_approved
    from gmsd.store import get_store

    engine = connect(settings, "publisher")
    return {
        "target": target,
        "files": publish_target_approved(engine, get_store(settings), settings, run_id, target, get_clock(settings).now()),
    }


def under_embargo(settings: Settings, run_id: str) -> bool:
    """Whether the release of a run is approved and may not be public yet. One whose question gave way waits for nothing any more."""
    from gmsd.clock import get_clock

    asked = question_of_run(settings, run_id)
    return asked.approves and asked.embargo is not None and get_clock(settings).now() < asked.embargo


def publish_in_run(settings: Settings, run_id: str) -> dict[str, Any]:
    """Make the release of a run public and the one in force; safe to repeat."""
    from gmsd.clock import get_clock
    from gmsd.database import connect
    from gmsd.releases import publish_approved
    from gmsd.store import get_store

    asked, pointer = publish_approved(connect(settings, "publisher"), get_store(settings), settings, run_id, get_clock(settings).now())
    note(settings, PUBLISH_DAG, run_id, f"{asked.release_id} published: approved by {asked.answered_by}; in force: {pointer['id']}")
    return pointer
