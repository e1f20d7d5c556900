"""The steps of `gmsd_publish`: each calls the library, which reads where the release stands, and says in the run's note what came of it.

What one step returns is for people to read; no other step takes it.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

from gmsd_airflow.runs import PUBLISH_DAG, WrongRunError, note

if TYPE_CHECKING:
    from gmsd.releases import Question
    from gmsd.settings import Settings

logger = logging.getLogger(__name__)
_RELEASE = re.compile(r"r\d{4,}", re.ASCII)


def preview_release(settings: Settings, run_id: str, partition: str | None, started_by: str | None) -> dict[str, Any]:
    """Work out what a release would say, and ask whether it may be published.

    Args:
        settings: Addresses and keys.
        run_id: The run that asks; one that is called like a release is for that release and no other.
        partition: The round whose close decides what counts, `2019-H2` or `jeugd.2019-H2`; None for the newest that is closed.
        started_by: Whom the api-server recorded as starting the run; None when nobody did.

    Returns:
        The library's preview without the words of municipalities: those are read at the page, and kept nowhere else.

    Raises:
        WrongRunError: the run is named after another release, the calendar has no such round, or none has been closed.
    """
    from gmsd.clock import get_clock
    from gmsd.database import connect
    from gmsd.releases import AlreadyPublishedError, newest_closed_round, propose
    from gmsd.rounds import WMO, UnknownRoundError, load_calendar, parse_partition

    law, code = parse_partition(partition) if partition else (WMO, None)
    with connect(settings, "publisher").begin() as connection:
        wanted = code or newest_closed_round(connection, law)
        if wanted is None:
            raise WrongRunError("no round has been closed yet: there is nothing to publish")
        try:
            round_ = load_calendar().round(wanted, law)
        except UnknownRoundError as error:
            raise WrongRunError(str(error)) from None
        named = run_id if _RELEASE.fullmatch(run_id) else ""
        try:
            asked = propose(
                connection,
                settings,
                law,
                round_.code,
                run_id=run_id,
                named=named,
                started_by=started_by,
                at=get_clock(settings).now(),
                progress=logger.info,
            )
        except AlreadyPublishedError as error:
            raise WrongRunError(f"this run is called {run_id}: {error}") from None
        return asked.preview


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


def publish_in_run(settings: Settings, run_id: str) -> dict[str, Any]:
    """Make the release of a run public and the one in force; safe to repeat."""
    from gmsd.clock import get_clock
    from gmsd.database import connect
    from gmsd.releases import publish_approved
    from gmsd.store import get_store

    asked, pointer = publish_approved(connect(settings, "publisher"), get_store(settings), settings, run_id, get_clock(settings).now())
    note(settings, PUBLISH_DAG, run_id, f"{asked.release_id} published: approved by {asked.answered_by}; in force: {pointer['id']}")
    return pointer
