"""The close of a round: what counts of each municipality is laid down and does not change any more."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from gmsd.database import statement
from gmsd.deliveries import Change, transition_many, waiting_for
from gmsd.errors import GmsdError
from gmsd.journal import Stage, anchor, audit, lock_round
from gmsd.reference import municipalities
from gmsd.rounds import Participation, partition, prefixed

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gmsd.journal import Context
    from gmsd.rounds import HalfYear, Round


class NotYetTime(GmsdError):
    """The calendar says that this cannot be done yet."""


class NothingAccepted(GmsdError):
    """A round in which nothing was accepted, and nothing withdrawn, is closed only when somebody says so by name."""


class StillUnchecked(GmsdError):
    """Something that came in before the close has not been registered, checked or dealt with: the close waits for it, and says which."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """What counts of one municipality and half-year as of a close, of each of its providers, and why nothing does."""

    municipality: str
    status: Participation
    provider: str = ""
    delivery_id: str | None = None


def _due(context: Context, round_code: str) -> Round:
    known = context.calendar.round(round_code)
    now = context.clock.now()
    if now < known.closes_at:
        raise NotYetTime(f"round {known.id} closes at {known.closes_at:%Y-%m-%d %H:%M}; the clock says {now:%Y-%m-%d %H:%M}")
    return known


def _of(known: Round) -> dict[str, str]:
    return {"law": known.law, "round": str(known.code)}


def _in_turn(connection: Connection, known: Round) -> None:
    """Refuse to pass over an earlier round of a half-year that this one takes too: what was accepted in it would count nowhere.

    An earlier round of other half-years is not waited for: an archive that is being taken in holds up no round of today.
    """
    takes = [str(half) for half in sorted(known.takes)]
    earlier = connection.scalar(statement("warehouse/earlier_open"), {**_of(known), "takes": takes})
    if earlier is not None:
        first = prefixed(known.law, ".") + earlier
        raise NotYetTime(f"round {first} holds deliveries and has not been closed; it goes before round {known.id}")


def close_preview(context: Context, round_code: str) -> dict[str, Any]:
    """Say what a close would freeze; nothing is written.

    Returns:
        `round`, `accepted` (deliveries in all), `half_years`: half-year, as a partition -> number of accepted deliveries, `waits_for`: what
        came in before the close and has not been dealt with, in words, empty when a close would go through, and `empty`: to close takes a
        name.

    Raises:
        KeyError: the calendar has no such round.
        NotYetTime: the round is not over, or an earlier one has not been closed.
    """
    known = _due(context, round_code)
    with context.engine.connect() as connection:
        _in_turn(connection, known)
        found = Counter(row.half_year for row in connection.execute(statement("warehouse/accepted"), _of(known)))
        withdrawn = connection.execute(statement("warehouse/withdrawn"), _of(known)).first()
        closed = _closed(connection, known)
        waiting = "" if closed else str(waiting_for(context, connection, known))
    counts = {partition(known.law, half): found[str(half)] for half in sorted(known.takes)}
    # A round that has been closed has been asked about already.
    return {
        "round": known.id,
        "accepted": sum(counts.values()) or sum(sum(c.values()) for c in closed.values()),
        "empty": not (found or withdrawn or closed),
        "half_years": counts,
        "waits_for": waiting,
    }


def close_round(context: Context, round_code: str, *, empty_confirmed_by: str = "") -> dict[str, dict[str, int]]:
    """Freeze every half-year that a round takes. Closing twice gives the same result.

    What is accepted becomes approved. Of a municipality without a delivery in this round, an earlier one that counts is kept. A published
    delivery that is replaced becomes superseded here. Whatever came in before the close is waited for, in the inbox too: a withdrawal that
    came in time is honoured however late it is dealt with. The round is held alone meanwhile, so nothing slips in between.

    Args:
        context: The doors.
        round_code: Such as 2019-H2; of another law jeugd.2019-H2.
        empty_confirmed_by: Who said that a round in which nothing was accepted is to be closed all the same.

    Returns:
        Half-year, as a partition -> status (delivered, kept, withdrawn, not_delivered) -> number of municipalities.

    Raises:
        KeyError: the calendar has no such round.
        NothingAccepted: nothing was accepted, and nobody confirmed it.
        NotYetTime: the round is not over, or an earlier one has not been closed.
        StillUnchecked: something that came in before the close has not been dealt with.
    """
    known = _due(context, round_code)
    closed = _close(context, known, empty_confirmed_by)
    anchor(context.engine, context.store, context.settings, at=context.clock.now(), occasion=f"close of round {known.id}")
    return closed


def leave_open(context: Context, round_code: str, *, refused_by: str) -> None:
    """Note that a round in which nothing was accepted is not closed yet, and who said so."""
    with context.engine.begin() as connection:
        audit(connection, f"round {round_code}", "left open", at=context.clock.now(), actor=refused_by, reason="nothing was accepted")


def _close(context: Context, known: Round, empty_confirmed_by: str) -> dict[str, dict[str, int]]:
    with context.engine.begin() as connection:
        lock_round(connection, known.law, known.code, alone=True)
        if done := _closed(connection, known):
            return done
        _in_turn(connection, known)
        if waiting := waiting_for(context, connection, known):
            raise StillUnchecked(f"round {known.id} waits for what came in before its close: {waiting}")
        accepted: dict[str, dict[tuple[str, str], str]] = {str(half): {} for half in known.takes}
        for row in connection.execute(statement("warehouse/accepted"), _of(known)):
            accepted[row.half_year][row.municipality, row.provider] = row.delivery_id
        withdrawn = {(row.half_year, row.municipality) for row in connection.execute(statement("warehouse/withdrawn"), _of(known))}
        if not (any(accepted.values()) or withdrawn):
            if not empty_confirmed_by:
                raise NothingAccepted(f"nothing was accepted in round {known.id}: somebody has to confirm that it is closed all the same")
            at = context.clock.now()
            audit(connection, f"round {known.id}", "empty close confirmed", at=at, actor=empty_confirmed_by, reason="nothing was accepted")
        for half in sorted(known.takes):
            _freeze(connection, context, known, half, accepted[str(half)], {m for h, m in withdrawn if h == str(half)})
        return _closed(connection, known)


def _freeze(
    connection: Connection, context: Context, known: Round, half: HalfYear, accepted: dict[tuple[str, str], str], withdrawn: set[str]
) -> None:
    at = context.clock.now()
    about = {**_of(known), "half_year": str(half)}
    earlier: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for row in connection.execute(statement("warehouse/earlier"), about):
        earlier[row.municipality][row.provider] = row
    found, changes, counts = [], [], Counter[str]()
    for municipality in sorted(municipalities(half)):
        before, mine = earlier[municipality], {provider: each for (code, provider), each in accepted.items() if code == municipality}
        kept = {provider: row.delivery_id for provider, row in before.items() if row.delivery_id}
        gone = municipality in withdrawn or any(row.status == Participation.WITHDRAWN for row in before.values())
        for provider in sorted({*mine, *kept}):
            if provider in mine:
                found.append(Frozen(municipality, Participation.DELIVERED, provider, mine[provider]))
                changes.append(Change(mine[provider], "approved", f"counts as of the close of round {known.id}"))
            else:
                found.append(Frozen(municipality, Participation.KEPT, provider, kept[provider]))
            if provider in mine and provider in kept:
                changes.append(Change(kept[provider], "superseded", f"replaced by {mine[provider]} at the close of round {known.id}"))
        if not (mine or kept):
            found.append(Frozen(municipality, Participation.WITHDRAWN if gone else Participation.NOT_DELIVERED))
        counts[(Participation.DELIVERED if mine else found[-1].status).value] += 1
    transition_many(connection, changes, actor=Stage.CLOSE, at=at)
    connection.execute(statement("warehouse/note_close"), {**about, "closed_at": at, "deliveries": len(accepted)})
    connection.execute(
        statement("warehouse/freeze"),
        [{**about, **asdict(each), "status": each.status.value} for each in found],
    )
    audit(
        connection,
        f"round {known.id}",
        "closed",
        at=at,
        actor=Stage.CLOSE,
        reason=f"half-year {half} frozen",
        details={"half_year": str(half), **counts},
    )


def _closed(connection: Connection, known: Round) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for row in connection.execute(statement("warehouse/closes"), _of(known)):
        found.setdefault(prefixed(known.law, ".") + row.half_year, {})[row.status] = row.municipalities
    return found
