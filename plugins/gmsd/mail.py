"""The door to the mail server."""

from __future__ import annotations

import contextlib
import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING, Self

from gmsd.errors import GmsdError

if TYPE_CHECKING:
    import datetime as dt

    from gmsd.settings import Settings

_CLOSING = 421
_SAID = 200


class MailRefused(GmsdError):
    """This mail cannot be sent, whatever becomes of others: it cannot be written as a mail, or the server does not take it."""


class MailServerAway(GmsdError):
    """The connection was lost, or never came: it says nothing of the mail."""


@dataclass(frozen=True)
class Message:
    """One mail; `message_id` is derived from its subject matter, so that a mail sent twice is seen to be one."""

    message_id: str
    recipient: str
    subject: str
    text: str
    html: str
    date: dt.datetime
    language: str = "nl"


class Mailer:
    """Sends messages over one connection at a time; use it as a context manager."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        """Connect.

        Raises:
            MailServerAway: it does not answer, or does not let us in.
        """
        self.connect()
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def connect(self) -> None:
        """Begin a new connection, and end the one before it.

        Raises:
            MailServerAway: it does not answer, or does not let us in.
        """
        self.leave()
        s = self._settings
        try:
            self._server = smtplib.SMTP(s.smtp_host, s.smtp_port, timeout=30)
            if s.smtp_starttls:
                self._server.starttls()
            if s.smtp_user:
                self._server.login(s.smtp_user, s.smtp_password.get_secret_value())
        except OSError as error:  # every error of smtplib is one
            self.leave()
            raise MailServerAway(type(error).__name__) from error

    def leave(self) -> None:
        """End the connection, if there is one."""
        if self._server is not None:
            with contextlib.suppress(OSError):
                self._server.quit()
            self._server.close()
            self._server = None

    def send(self, message: Message) -> None:
        """Hand a message to the mail server.

        Raises:
            MailRefused: this one cannot be sent; the connection is good for the next.
            MailServerAway: the connection is lost.
        """
        if self._server is None:
            raise RuntimeError("Mailer is a context manager: with Mailer(settings) as mailer")
        try:
            mail, content = _written(message, self._settings.mail_from)
        except Exception as error:
            raise MailRefused(f"it cannot be written as a mail ({type(error).__name__})") from error
        try:
            sender, recipient = (mail[name].addresses[0].addr_spec for name in ("From", "To"))
            if sender.isascii() and recipient.isascii():
                self._server.sendmail(sender, [recipient], content)
            else:
                self._server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise _answered(code, said) from error
        except smtplib.SMTPResponseException as error:
            raise _answered(error.smtp_code, error.smtp_error) from error
        except smtplib.SMTPNotSupportedError as error:
            self._start_afresh()
            raise MailRefused("the server cannot write such an address (it has no SMTPUTF8)") from error
        except OSError as error:
            raise MailServerAway(type(error).__name__) from error
        except Exception as error:
            self._start_afresh()
            raise MailRefused(f"it cannot be handed over ({type(error).__name__})") from error

    def _start_afresh(self) -> None:
        """Take back what was said of a mail that stopped half-way, or the next one would be refused for it."""
        if self._server is not None:
            with contextlib.suppress(OSError):
                self._server.rset()


def _written(message: Message, sender: str) -> tuple[EmailMessage, bytes]:
    """The mail, and its bytes: what cannot be written fails here."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = message.recipient
    addresses = mail["To"].addresses
    if len(addresses) != 1 or not addresses[0].username or not addresses[0].domain:
        raise ValueError("not one address")
    mail["Subject"] = message.subject
    mail["Message-ID"] = f"<{message.message_id}@gmsd.invalid>"
    mail["Date"] = format_datetime(message.date)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text, cte="quoted-printable")
    mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    mail["Content-Language"] = message.language  # last: the line above moves every Content- header into the part for text
    return mail, mail.as_bytes()


def _answered(code: int, said: bytes | str) -> MailRefused | MailServerAway:
    if code == _CLOSING:
        return MailServerAway(f"{code}")
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return MailRefused(f"the server answered {code} {' '.join(words.split())}"[:_SAID])
