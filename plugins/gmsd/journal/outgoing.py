"""Outgoing mail: a mail that is queued in the transaction that causes it, and known by what it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from gmsd.database import statement, storable

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from sqlalchemy import Connection


class Rendered(Protocol):
    """A mail as it is rendered."""

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
class Recipient:
    """An address, and whose it is: None when nobody is registered with it."""

    address: str
    coordinator_id: str | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail to queue: about which delivery or form, of which kind, to whom.

    `issue` numbers mails that are sent afresh on purpose. To several recipients it is a mail for each: one that is refused keeps it from
    no other.
    """

    subject_id: str
    kind: str
    municipality: str | None
    recipient: str | tuple[Recipient, ...]
    mail: Rendered
    issue: int = 1

    @property
    def recipients(self) -> tuple[Recipient, ...]:
        """Everybody it goes to."""
        return (Recipient(self.recipient),) if isinstance(self.recipient, str) else self.recipient

    @property
    def message_id(self) -> str:
        """Derived from what the mail is about, so that the same mail always has the same; that of the first recipient."""
        again = f".{self.issue}" if self.issue > 1 else ""
        return f"{self.subject_id}.{self.kind}{again}"


def queue_mails(connection: Connection, mails: Sequence[Outgoing], at: dt.datetime) -> None:
    """Queue mails in the caller's transaction; one that is in the queue already, or was sent, is left as it is."""
    if not mails:
        return
    rows = [
        {
            "message_id": m.message_id + (f".to{number}" if number > 1 else ""),
            "subject_id": m.subject_id,
            "kind": m.kind,
            "municipality": m.municipality,
            "coordinator_id": recipient.coordinator_id,
            "recipient": storable(recipient.address),
            "subject": " ".join(storable(m.mail.subject).split()),
            "body_text": storable(m.mail.text),
            "body_html": storable(m.mail.html),
            "queued_at": at,
        }
        for m in mails
        for number, recipient in enumerate(m.recipients, 1)
    ]
    connection.execute(statement("journal/mail_queue"), rows)


def queue_mail(connection: Connection, mail: Outgoing, at: dt.datetime) -> None:
    """Queue one mail. See `queue_mails`."""
    queue_mails(connection, [mail], at)


def issues_of(connection: Connection, subject_id: str, kind: str) -> int:
    """How many mails of a kind have been queued about a delivery or form."""
    return int(connection.scalar(statement("journal/mail_issues"), {"subject_id": subject_id, "kind": kind}) or 0)
