"""Sends queued mails after the commit that queued them; a mail that is sent twice has the same Message-ID."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gmsd.clock import SystemClock
from gmsd.database import statement
from gmsd.journal.incidents import note_outage
from gmsd.journal.personal import with_links
from gmsd.mail import Mailer, MailRefused, MailServerAway, Message

if TYPE_CHECKING:
    from gmsd.journal.context import Context

log = logging.getLogger(__name__)

# So many mails in a row that cost the connection: it is the server, not the mails.
_LOST_IN_A_ROW = 3
# A refused mail is tried again after so long, then after twice as long, ...: greylisting lets it in at the second try or the third.
_FIRST_PAUSE, _LONGEST_PAUSE = dt.timedelta(minutes=5), dt.timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of the queue: mails the server took, mails that stay queued, and how many of these were refused just now."""

    sent: int
    waiting: int
    refused: int = 0


def send_queued(context: Context, *, paused: bool = False) -> Sent:
    """Send every queued mail; each is marked in a transaction of its own once the server has taken it.

    A kill between the two sends that one mail again, with the same Message-ID. A mail that cannot be sent (no address, no mail, refused
    by the server) stays queued with what was said of it, and never holds up another: those that were not tried yet go first. It is tried
    again after five minutes, then after ever longer, at most half a day. A server that does not answer leaves the whole rest queued, and
    counts for no mail. Several tasks may send at once.

    Args:
        context: The doors.
        paused: Try also what was refused a short while ago: whoever repaired an address or the server does not wait.
    """
    with context.engine.connect() as connection:
        unsent = connection.execute(statement("journal/mail_unsent"), {"now": SystemClock().now()}).all()
    waiting = [row.message_id for row in unsent if row.due or paused]
    if not waiting:
        return Sent(0, len(unsent))
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
        return Sent(sent, len(connection.execute(statement("journal/mail_unsent"), {"now": SystemClock().now()}).all()), refused)


def _mail_server_away(context: Context) -> None:
    """The mail about it waits in the queue with the others."""
    with context.engine.begin() as connection:
        now = SystemClock().now()
        note_outage(connection, context.settings, "mail server", since=now, until=None, at=context.clock.now())


def _send_one(context: Context, mailer: Mailer, message_id: str) -> Literal["sent", "refused", "lost", "taken"]:
    with context.engine.begin() as connection:
        row = connection.execute(statement("journal/mail_take"), {"message_id": message_id}).first()
        if row is None:  # sent, or being sent, by another task
            return "taken"
        language = "en" if row.recipient == context.settings.mail_engineer else "nl"
        texts = with_links(connection, context.settings, row.coordinator_id, row.body_text, row.body_html)
        if texts is None:  # the portal may not have the key: the pipeline sends it, with its next run that sends mails
            return "taken"
        plain, html = texts
        message = Message(row.message_id, row.recipient, row.subject, plain, html, row.queued_at, language)
        outcome: Literal["sent", "refused", "lost"] = "sent"
        try:
            if not _handed_over(mailer, message):
                outcome, said = "lost", "it costs the connection to the server"
        except MailRefused as error:
            outcome, said = "refused", str(error)
        now = context.clock.now()
        if outcome == "sent":
            connection.execute(statement("journal/mail_sent"), {"message_id": message_id, "at": now})
        else:
            log.warning("mail %s stays queued: %s", message_id, said)
            again = SystemClock().now() + min(_FIRST_PAUSE * 2 ** min(row.attempts, 12), _LONGEST_PAUSE)
            values = {"message_id": message_id, "error": said, "at": now, "not_before": again}
            connection.execute(statement("journal/mail_refused"), values)
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
