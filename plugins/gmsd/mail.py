"""The door to the mail server."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import datetime as dt

    from gmsd.settings import Settings


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
    """Sends messages over one connection; use it as a context manager."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._server: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        s = self._settings
        self._server = smtplib.SMTP(s.smtp_host, s.smtp_port, timeout=30)
        if s.smtp_starttls:
            self._server.starttls()
        if s.smtp_user:
            self._server.login(s.smtp_user, s.smtp_password.get_secret_value())
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            try:
                self._server.quit()
            except smtplib.SMTPServerDisconnected:
                self._server.close()
            self._server = None

    def send(self, message: Message) -> None:
        """Hand a message to the mail server.

        Raises:
            smtplib.SMTPException, OSError: the server did not take it.
        """
        if self._server is None:
            raise RuntimeError("Mailer is a context manager: with Mailer(settings) as mailer")
        mail = EmailMessage(policy=SMTP)
        mail["From"] = self._settings.mail_from
        mail["To"] = message.recipient
        mail["Subject"] = message.subject
        mail["Message-ID"] = f"<{message.message_id}@gmsd.invalid>"
        mail["Date"] = format_datetime(message.date)
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text, cte="quoted-printable")
        mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
        mail["Content-Language"] = message.language  # last: the line above moves every Content- header into the part for text
        self._server.send_message(mail)
