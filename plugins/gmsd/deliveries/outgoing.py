"""Outgoing mail: queued in the transaction that causes it, sent after its commit, and seen to be one mail when sent twice."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from gmsd.clock import SystemClock
from gmsd.database import statement
from gmsd.deliveries.inbox import storable
from gmsd.mail import Mailer, MailRefused, MailServerAway, Message

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from gmsd.deliveries.context import Context

log = logging.getLogger(__name__)

# So many mails in a row that cost the connection: it is the server, not the mails.
_LOST_IN_A_ROW = 3


class Rendered(Protocol):
    """A mail as the reporting room renders it."""

    @property
    def subject(self) -> str:
        """One line."""

    @property
    def text(self) -> str:
        """The message as plain text."""

    @property
    def html(self) -> str:
        """The same message as HTML."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail to queue: about which delivery or form, of which kind, to whom. `issue` numbers mails that are sent afresh on purpose."""

    subject_id: str
    kind: str
    municipality: str | None
    recipient: str
    mail: Rendered
    issue: int = 1

    @property
    def message_id(self) -> str:
        """Derived from what the mail is about, so that the same mail always has the same."""
        again = f".{self.issue}" if self.issue > 1 else ""
        return f"{self.subject_id}.{self.kind}{again}"


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the queue: mails the server took, mails that stay queued, and how many of these were refused just now."""

    sent: int
    waiting: int
    refused: int = 0


def queue_mails(connection: Connection, mails: Sequence[Outgoing], at: dt.datetime) -> None:
    """Queue mails in the caller's transaction; one that is in the queue already, or was sent, is left as it is."""
    if not mails:
        return
    rows = [
        {
            "message_id": m.message_id,
            "subject_id": m.subject_id,
            "kind": m.kind,
            "municipality": m.municipality,
            "recipient": storable(m.recipient),
            "subject": " ".join(storable(m.mail.subject).split()),
            "body_text": storable(m.mail.text),
            "body_html": storable(m.mail.html),
            "queued_at": at,
        }
        for m in mails
    ]
    connection.execute(statement("deliveries/mail_queue"), rows)


def queue_mail(connection: Connection, mail: Outgoing, at: dt.datetime) -> None:
    """Queue one mail. See `queue_mails`."""
    queue_mails(connection, [mail], at)


def issues_of(connection: Connection, subject_id: str, kind: str) -> int:
    """How many mails of a kind have been queued about a delivery or form."""
    return int(connection.scalar(statement("deliveries/mail_issues"), {"subject_id": subject_id, "kind": kind}) or 0)


def send_queued(context: Context) -> Sent:
    """Send every queued mail; each is marked in a transaction of its own once the server has taken it.

    A kill between the two sends that one mail again, with the same Message-ID. A mail that cannot be sent (no address, no mail, refused
    by the server) stays queued with what was said of it, and never holds up another: those that were not tried yet go first. A server that
    does not answer leaves the whole rest queued, and counts for no mail. Several tasks may send at once.
    """
    with context.engine.connect() as connection:
        waiting = list(connection.scalars(statement("deliveries/mail_unsent")))
    if not waiting:
        return Sent(0, 0)
    sent = refused = lost = 0
    try:
        with Mailer(context.settings) as mailer:
            for message_id in waiting:
                outcome = _send_one(context, mailer, message_id)
                sent += outcome == "sent"
                refused += outcome in {"refused", "lost"}
                lost = lost + 1 if outcome == "lost" else 0
                if lost == _LOST_IN_A_ROW:
                    log.warning("the mail server ends connections; %d mails stay queued", len(waiting) - sent)
                    break
    except MailServerAway as error:
        log.warning("the mail server does not answer (%s); %d mails stay queued", error, len(waiting) - sent)
        _mail_server_away(context)
    with context.engine.connect() as connection:
        return Sent(sent, len(list(connection.scalars(statement("deliveries/mail_unsent")))), refused)


def _mail_server_away(context: Context) -> None:
    """The mail about it waits in the queue with the others."""
    from gmsd.deliveries.incidents import note_outage  # stands above this module: it queues a mail

    with context.engine.begin() as connection:
        now = SystemClock().now()
        note_outage(connection, context.settings, "mail server", since=now, until=None, at=context.clock.now())


def _send_one(context: Context, mailer: Mailer, message_id: str) -> Literal["sent", "refused", "lost", "taken"]:
    with context.engine.begin() as connection:
        row = connection.execute(statement("deliveries/mail_take"), {"message_id": message_id}).first()
        if row is None:  # sent, or being sent, by another task
            return "taken"
        language = "en" if row.recipient == context.settings.mail_engineer else "nl"
        message = Message(row.message_id, row.recipient, row.subject, row.body_text, row.body_html, row.queued_at, language)
        outcome: Literal["sent", "refused", "lost"] = "sent"
        try:
            if not _handed_over(mailer, message):
                outcome, said = "lost", "it costs the connection to the server"
        except MailRefused as error:
            outcome, said = "refused", str(error)
        now = context.clock.now()
        if outcome == "sent":
            connection.execute(statement("deliveries/mail_sent"), {"message_id": message_id, "at": now})
        else:
            log.warning("mail %s stays queued: %s", message_id, said)
            connection.execute(statement("deliveries/mail_refused"), {"message_id": message_id, "error": said, "at": now})
    return outcome


def _handed_over(mailer: Mailer, message: Message) -> bool:
    """Send a mail, over a new connection when the server ends this one (some do so after a number of mails); false when it does so again.

    Raises:
        MailRefused: this mail cannot be sent.
        MailServerAway: there is no new connection to be had.
    """
    for _ in range(2):
        try:
            mailer.send(message)
        except MailServerAway:
            mailer.connect()
        else:
            return True
    return False
