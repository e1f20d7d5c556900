"""The steps of `gmsd_optout_close`: each calls the library, and leaves in the note of the run what the round waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gmsd_airflow.runs import note

if TYPE_CHECKING:
    from gmsd.settings import Settings

CLOSE_DAG = "gmsd_optout_close"


def look_at_round(settings: Settings, run_id: str, round_code: str) -> dict[str, Any]:
    """What a close would freeze, once nothing is waited for any more.

    Raises:
        NotYetTime: the round is not over.
        StillUnchecked: something that came in before the close has not been dealt with; the note says which.
    """
    from gmsd.deliveries import Context
    from gmsd.warehouse import StillUnchecked, close_preview

    found = close_preview(Context.open(settings), round_code)
    if found["waits_for"]:
        note(settings, CLOSE_DAG, run_id, f"waits for {found['waits_for']}")
        raise StillUnchecked(f"round {round_code} waits for what came in before its close: {found['waits_for']}")
    return found


def freeze_round(settings: Settings, run_id: str, round_code: str) -> dict[str, dict[str, int]]:
    """Lay down what counts.

    Raises:
        StillUnchecked: something came to light after the look; the note says which.
    """
    from gmsd.deliveries import Context
    from gmsd.warehouse import StillUnchecked, close_round

    try:
        closed = close_round(Context.open(settings), round_code)
    except StillUnchecked as error:
        note(settings, CLOSE_DAG, run_id, str(error))
        raise
    counted = "; ".join(
        f"{half_year}: {', '.join(f'{n} {status}' for status, n in counts.items())}" for half_year, counts in closed.items()
    )
    note(settings, CLOSE_DAG, run_id, f"closed. {counted}")
    return closed
