"""A withdrawal by a page: what it would take away, asked for by mail at the coordinators' own addresses, and confirmed from there."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from gmsd import letters
from gmsd.consent.filing import file_form, form_to_file
from gmsd.consent.timing import Timing, last_moment, timing_of
from gmsd.database import statement
from gmsd.deliveries import Delivery, counts_now, is_closed
from gmsd.errors import GmsdError
from gmsd.journal import Outgoing, audit, queue_mail
from gmsd.letters import party_of, receipt_of, recipients_of
from gmsd.rounds import HalfYear, Place

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection, Row

    from gmsd.journal import Context
    from gmsd.rounds import Round
    from gmsd.store import ObjectStore

CONFIRM_WITHIN = dt.timedelta(days=1)
MAIL_LATE_AFTER = dt.timedelta(minutes=5)
"""A mail that has not left by then is not waited for: the mail server is away or refuses it."""
Answer = Literal["can", "too_early", "too_late", "no_round", "not_delivered", "already_withdrawn"]


class CannotWithdraw(GmsdError):
    """There is nothing that could be withdrawn now; `answer` says why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"nothing can be withdrawn: {answer.replace('_', ' ')}")
        self.answer = answer


class NotAsked(GmsdError):
    """No withdrawal waits for this confirmation: unknown, used before, replaced by a newer one, a day old, or its mail has left."""


@dataclass(frozen=True, slots=True)
class AskedWithdrawal:
    """A withdrawal that was asked for.

    Attributes:
        place: What it would withdraw.
        asked_at: When it was asked for.
        ends_at: Until when it can be confirmed.
        used_at: When it was confirmed; None when it was not.
        is_mailed: Whether the mail server took the question for one address at least.
    """

    place: Place
    asked_at: dt.datetime
    ends_at: dt.datetime
    used_at: dt.datetime | None
    is_mailed: bool

    @classmethod
    def of(cls, row: Row[Any]) -> AskedWithdrawal:
        """One row of the table."""
        place = Place(row.law, HalfYear.parse(row.half_year), row.municipality)
        return cls(place, row.asked_at, row.ends_at, row.used_at, row.is_mailed)

    def needs_no_mail(self, now: dt.datetime) -> bool:
        """Whether its mail does not leave, so that it can be confirmed without."""
        return not self.is_mailed and now >= self.asked_at + MAIL_LATE_AFTER


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a withdrawal of a place would do now.

    Attributes:
        place: The place.
        answer: `can`, or why not.
        round: The round it would be about; None when no round takes the half-year.
        until: The first moment at which it is too late; None without a round.
        deliveries: What would be deleted, in order of receipt.
        stays: A delivery of an earlier round that goes on counting.
        withdrawn_at: When it was withdrawn before.
        loses_year: Whether the figure of the year falls away too, as it does unless an earlier delivery stays.
    """

    place: Place
    answer: Answer
    round: Round | None = None
    until: dt.datetime | None = None
    deliveries: tuple[Delivery, ...] = ()
    stays: Delivery | None = None
    withdrawn_at: dt.datetime | None = None
    loses_year: bool = True


def foresee(context: Context, place: Place) -> Foreseen:
    """Say what a withdrawal of a place would take away if it were filed now; nothing is changed."""
    now = context.clock.now()
    timing = timing_of(context.calendar, "withdrawal", place, now)
    with context.engine.connect() as connection:
        return _foreseen(connection, place, timing, now)


def _foreseen(connection: Connection, place: Place, timing: Timing, now: dt.datetime) -> Foreseen:
    if timing.round is None or timing.state != "in_time":
        until = None if timing.round is None else last_moment(timing.round, "withdrawal")
        return Foreseen(place, "no_round" if timing.round is None else _late_or_early(timing), timing.round, until)
    known = timing.round
    until = last_moment(known, "withdrawal")
    if is_closed(connection, place, known.code):
        return Foreseen(place, "too_late", known, until)
    values = {**place.columns, "round": str(known.code), "received_at": now}
    found = tuple(Delivery.of(row) for row in connection.execute(statement("consent/withdrawable"), values).mappings())
    before = connection.execute(statement("consent/withdrawn_before"), {**values, "form_id": ""}).first()
    counts = counts_now(connection, place)
    stays = counts if counts is not None and counts.round != known.code else None
    withdrawn_at = None if before is None else before.carried_out_at
    answer: Answer = "can" if found else "not_delivered" if before is None else "already_withdrawn"
    return Foreseen(place, answer, known, until, found, stays, withdrawn_at, loses_year=stays is None)


def _late_or_early(timing: Timing) -> Answer:
    return "too_early" if timing.state == "too_early" else "too_late"


def ask_withdrawal(
    context: Context, place: Place, *, name: str, reason: str | None, link: Callable[[str], str], actor: str = "coordinator"
) -> dt.datetime:
    """Ask who serves the municipality, at their own addresses, whether the withdrawal is meant; nothing is withdrawn until they say so.

    The mail is queued; an earlier question about the place that was not confirmed gives way.

    Args:
        context: The doors.
        place: What is to be withdrawn.
        name: Who asks for it.
        reason: Why; may be left out.
        link: Makes the address of the page that confirms, of the token.
        actor: Who asks, for the audit trail.

    Returns:
        The moment until which it can be confirmed.

    Raises:
        Malformed: the name or the reason would be refused.
        CannotWithdraw: there is nothing to withdraw, or it is too early or too late.
    """
    form_to_file("withdrawal", place=place, name=name, reason=reason)
    foreseen = foresee(context, place)
    if foreseen.answer != "can":
        raise CannotWithdraw(foreseen.answer)
    token, now = secrets.token_urlsafe(32), context.clock.now()
    ends_at = now + CONFIRM_WITHIN
    hashed = _hash_of(token)
    with context.engine.begin() as connection:
        values = {**place.columns, "name": name.strip(), "reason": reason, "asked_at": now, "ends_at": ends_at, "token_sha256": hashed}
        connection.execute(statement("consent/ask"), values)
        mail = letters.withdrawal_asked_mail(
            letters.WithdrawalAskedContext(
                party=party_of(place),
                name=name.strip(),
                asked_at=now,
                ends_at=ends_at,
                deliveries=tuple(receipt_of(each) for each in foreseen.deliveries),
                loses_year=foreseen.loses_year,
                link=link(token),
            )
        )
        subject = f"{place.id}.{hashed[:16]}"  # as sql/consent/asked.sql and waiting.sql find it
        to = recipients_of(context, place.municipality, place.law)
        queue_mail(connection, Outgoing(subject, "withdrawal_asked", place.municipality, to, mail), now)
        audit(connection, place.id, "withdrawal asked", at=now, actor=actor, details={"token_sha256": hashed})
    return ends_at


def asked_withdrawal(connection: Connection, token: str) -> AskedWithdrawal | None:
    """The withdrawal that a token was mailed for, whether or not it can be confirmed still; None when it is unknown or gave way."""
    row = connection.execute(statement("consent/asked"), {"token_sha256": _hash_of(token)}).first()
    return None if row is None else AskedWithdrawal.of(row)


def waiting_withdrawal(connection: Connection, place: Place, now: dt.datetime) -> AskedWithdrawal | None:
    """The withdrawal of a place that waits to be confirmed."""
    row = connection.execute(statement("consent/waiting"), {**place.columns, "at": now}).first()
    return None if row is None else AskedWithdrawal.of(row)


def _hash_of(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def confirm_withdrawal(
    context: Context, token: str, *, actor: str = "coordinator", through: ObjectStore | None = None
) -> tuple[Place, str]:
    """File the withdrawal that was asked for: intake carries it out, like one that came by a form.

    Args:
        context: The doors.
        token: What stood in the mail.
        actor: Who confirms, for the audit trail.
        through: As `file_form`.

    Returns:
        The place, and the key of the form in the inbox.

    Raises:
        NotAsked: nothing waits for this confirmation.
        NotInTime: it has become too late meanwhile.
    """
    with context.engine.begin() as connection:
        return _confirmed(context, connection, _hash_of(token), actor=actor, through=through)


def confirm_without_mail(context: Context, place: Place, *, actor: str, through: ObjectStore | None = None) -> tuple[Place, str]:
    """File the withdrawal of a place that was asked for while no mail leaves; the caller has made sure in another way who confirms.

    Args:
        context: The doors.
        place: What is to be withdrawn.
        actor: Who confirms, for the audit trail.
        through: As `file_form`.

    Returns:
        The place, and the key of the form in the inbox.

    Raises:
        NotAsked: none waits, or its mail has left or may still.
        NotInTime: it has become too late meanwhile.
    """
    now = context.clock.now()
    with context.engine.begin() as connection:
        row = connection.execute(statement("consent/waiting"), {**place.columns, "at": now}).first()
        if row is None or not AskedWithdrawal.of(row).needs_no_mail(now):
            raise NotAsked("no withdrawal waits for a mail that does not leave")
        return _confirmed(context, connection, row.token_sha256, actor=actor, through=through, by="code")


def _confirmed(
    context: Context, connection: Connection, hashed: str, *, actor: str, through: ObjectStore | None, by: str = "mail"
) -> tuple[Place, str]:
    now = context.clock.now()
    row = connection.execute(statement("consent/confirm"), {"token_sha256": hashed, "at": now}).first()
    if row is None:
        raise NotAsked("no withdrawal waits for this confirmation")
    place = Place(row.law, HalfYear.parse(row.half_year), row.municipality)
    audit(connection, place.id, "withdrawal confirmed", at=now, actor=actor, details={"token_sha256": hashed, "by": by})
    # in the same transaction: a form that could not be put leaves the confirmation to be given again
    key = file_form(context, "withdrawal", place=place, name=row.name, reason=row.reason, through=through)
    connection.execute(statement("consent/forget_asker"), {"token_sha256": hashed})
    return place, key
