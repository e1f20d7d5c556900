"""Taking one half-year out of publication, and putting it back: the next release shows it no longer, or again, and nothing else changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gmsd.database import statement
from gmsd.errors import GmsdError
from gmsd.journal import audit
from gmsd.rounds import HalfYear, partition

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy import Connection

REASON_LENGTH = 500
Action = Literal["publish", "recall", "put back"]


class RecallError(GmsdError):
    """The half-year cannot be recalled, or the recall cannot be lifted; the message says why."""


def recalled(connection: Connection, law: str) -> frozenset[HalfYear]:
    """The half-years of a law that no release shows until their recall is lifted."""
    return frozenset(HalfYear.parse(found) for found in connection.scalars(statement("releases/recalled"), {"law": law}))


def half_years_left_out(connection: Connection, law: str, action: Action, half_year: HalfYear | None) -> frozenset[HalfYear]:
    """The half-years that a release would not show after an action: of `publish` those that are recalled now.

    Args:
        connection: Of any role that reads releases.
        law: The law.
        action: What is proposed.
        half_year: What it is about; None of `publish`.

    Raises:
        RecallError: the half-year cannot be recalled (nothing public shows it), or put back (it is shown).
    """
    now = recalled(connection, law)
    if action == "publish" or half_year is None:
        return now
    shown = connection.scalar(statement("releases/half_years_in_force"), {"law": law}) or []
    if action == "recall" and str(half_year) not in shown:
        raise RecallError(f"the release in force does not show {half_year}; it shows {', '.join(shown) or 'nothing'}")
    if action == "put back" and half_year not in now and str(half_year) in shown:
        raise RecallError(f"{half_year} is not recalled")
    return now | {half_year} if action == "recall" else now - {half_year}


def recall_half_year(connection: Connection, law: str, half_year: HalfYear, *, reason: str, by: str, at: dt.datetime) -> None:
    """Take a half-year, and so its year, out of the releases to come. The release in force stays until the next one is published.

    Args:
        connection: With the publisher's rights, in a transaction.
        law: The law.
        half_year: The half-year; one that the release in force shows.
        reason: Why, for the audit trail; never public.
        by: Who recalls.
        at: The moment of the clock.

    Raises:
        RecallError: it is recalled already, nothing public shows it, or there is no reason.
    """
    connection.execute(statement("releases/lock"))
    words = reason.strip()
    if not words or len(words) > REASON_LENGTH:
        raise RecallError(f"a recall has a reason of 1 to {REASON_LENGTH} characters")
    if half_year in recalled(connection, law):
        raise RecallError(f"{half_year} is recalled already; the next release will not show it")
    shown = connection.scalar(statement("releases/half_years_in_force"), {"law": law}) or []
    if str(half_year) not in shown:
        raise RecallError(f"the release in force does not show {half_year}; it shows {', '.join(shown) or 'nothing'}")
    values = {"law": law, "half_year": str(half_year), "recalled_at": at, "recalled_by": by, "reason": words}
    connection.execute(statement("releases/recall"), values)
    audit(connection, f"half-year {partition(law, half_year)}", "recalled", at=at, actor=by, reason=words)


def lift_recall(connection: Connection, law: str, half_year: HalfYear, *, by: str, at: dt.datetime) -> None:
    """Put a recalled half-year back into the releases to come.

    Raises:
        RecallError: it is not recalled.
    """
    connection.execute(statement("releases/lock"))
    values = {"law": law, "half_year": str(half_year), "lifted_at": at, "lifted_by": by}
    if not connection.execute(statement("releases/lift_recall"), values).rowcount:
        raise RecallError(f"{half_year} is not recalled")
    audit(connection, f"half-year {partition(law, half_year)}", "recall lifted", at=at, actor=by)
