"""The steps of `gmsd_optout_close`: each calls the library, and leaves in the note of the run what the round waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gmsd.errors import GmsdError
from gmsd_airflow.api import Airflow
from gmsd_airflow.runs import note

if TYPE_CHECKING:
    from gmsd.journal import Context
    from gmsd.settings import Settings

CLOSE_DAG = "gmsd_optout_close"
CLOSE_EMPTY, LEAVE_OPEN = "Approve", "Reject"


class LeftOpenError(GmsdError):
    """Somebody said that a round in which nothing was accepted is not to be closed yet."""


class OtherLawError(GmsdError):
    """The run was started for rounds of another law."""


def look_at_round(settings: Settings, run_id: str, round_code: str, *, only: str | None = None) -> dict[str, Any]:
    """What a close would freeze, once nothing is waited for any more.

    Args:
        settings: Addresses and keys.
        run_id: The run, whose note says what it waits for, or why it is skipped.
        round_code: The round.
        only: The law whose rounds are asked for; None for every law.

    Raises:
        NotYetTime: the round is not over, or an earlier one of the same half-year is open.
        OtherLawError: the round is of another law than the one asked for.
        StillUnchecked: something that came in before the close has not been dealt with; the note says which.
    """
    from gmsd.journal import Context
    from gmsd.rounds import parse_partition
    from gmsd.warehouse import NotYetTime, StillUnchecked, close_preview

    law = parse_partition(round_code)[0]
    if only and law != only:
        other = f"round {round_code} is of {law}, and the run was started for {only}"
        note(settings, CLOSE_DAG, run_id, f"nothing frozen: {other}")
        raise OtherLawError(other)
    try:
        found = close_preview(Context.open(settings), round_code)
    except NotYetTime as error:
        note(settings, CLOSE_DAG, run_id, f"nothing frozen: {error}")
        raise
    if found["waits_for"]:
        note(settings, CLOSE_DAG, run_id, f"waits for {found['waits_for']}")
        raise StillUnchecked(f"round {round_code} waits for what came in before its close: {found['waits_for']}")
    return found


def freeze_round(settings: Settings, run_id: str, round_code: str) -> dict[str, dict[str, int]]:
    """Lay down what counts.

    Raises:
        LeftOpenError: nothing was accepted, and somebody answered that the round stays open.
        NothingAccepted: nothing was accepted, and nobody answered.
        StillUnchecked: something came to light after the look; the note says which.
    """
    from gmsd.journal import Context
    from gmsd.warehouse import NothingAccepted, StillUnchecked, close_round

    context = Context.open(settings)
    try:
        closed = close_round(context, round_code)
    except NothingAccepted:
        name = _confirmed_by(context, run_id, round_code)
        if not name:
            raise
        closed = close_round(context, round_code, empty_confirmed_by=name)
    except StillUnchecked as error:
        note(settings, CLOSE_DAG, run_id, str(error))
        raise
    counted = "; ".join(
        f"{half_year}: {', '.join(f'{n} {status}' for status, n in counts.items())}" for half_year, counts in closed.items()
    )
    note(settings, CLOSE_DAG, run_id, f"closed. {counted}")
    return closed


def _confirmed_by(context: Context, run_id: str, round_code: str) -> str:
    """Who answered that an empty round is closed; the api-server is asked, which knows who was signed in; empty while nobody did."""
    from gmsd.warehouse import leave_open

    with Airflow.of(context.settings, "intake") as airflow:
        asked = airflow.question(CLOSE_DAG, run_id, "ask")
    if asked is None or not asked["response_received"]:
        return ""
    name = str(asked["responded_by_user"]["name"])
    if asked["chosen_options"] != [CLOSE_EMPTY]:
        leave_open(context, round_code, refused_by=name)
        note(context.settings, CLOSE_DAG, run_id, f"left open by {name}: nothing was accepted")
        raise LeftOpenError(f"{name} leaves round {round_code} open")
    return name
