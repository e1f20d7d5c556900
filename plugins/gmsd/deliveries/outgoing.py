"""Outgoing mail: queued in the transaction that causes it, sent after its commit, and seen to be one mail when sent twice."""

from __future__ import annotations

import logging
import smtplib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from gmsd.database import statement
from gmsd.mail import Mailer, Message

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from gmsd.deliveries.context import Context

log = logging.getLogger(__name__)


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
    """What became of the queue: mails the server took, and mails that stay queued."""

    sent: int
    waiting: int


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
            "recipient": m.recipient,
            "subject": m.mail.subject,
            "body_text": m.mail.text,
            "body_html": m.mail.html,
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

    A kill between the two sends that one mail again, with the same Message-ID. A mail that the server refuses stays queued and is
    tried again next time; a server that does not answer leaves the whole rest queued. Several tasks may send at once.
    """
    with context.engine.connect() as connection:
        waiting = list(connection.scalars(statement("deliveries/mail_unsent")))
    if not waiting:
        return Sent(0, 0)
    sent = 0
    try:
        with Mailer(context.settings) as mailer:
            for message_id in waiting:
                sent += _send_one(context, mailer, message_id)
    except (OSError, smtplib.SMTPServerDisconnected) as error:
        log.warning("the mail server does not answer (%s); %d mails stay queued", type(error).__name__, len(waiting) - sent)
    with context.engine.connect() as connection:
        return Sent(sent, len(list(connection.scalars(statement("deliveries/mail_unsent")))))


def _send_one(context: Context, mailer: Mailer, message_id: str) -> int:
    with context.engine.begin() as connection:
        row = connection.execute(statement("deliveries/mail_take"), {"message_id": message_id}).first()
        if row is None:  # sent, or being sent, by another task
            return 0
        try:
            language = "en" if row.recipient == context.settings.mail_engineer else "nl"
            mailer.send(Message(row.message_id, row.recipient, row.subject, row.body_text, row.body_html, row.queued_at, language))
        except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
            log.warning("the mail server refused mail %s (%s); it stays queued", message_id, type(error).__name__)
            connection.execute(statement("deliveries/mail_refused"), {"message_id": message_id})
            return 0
        connection.execute(statement("deliveries/mail_sent"), {"message_id": message_id, "at": context.clock.now()})
    return 1
