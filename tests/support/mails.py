"""Read the mails that a mail sink put into a Maildir."""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path


@dataclass(frozen=True)
class Maildir:
    """The mails for one installation's addresses (`domain` is the end of them; '' = all)."""

    folder: Path
    domain: str = ""

    def mails(self, to: str = "") -> list[EmailMessage]:
        """Every mail for an address that begins with `to`, oldest first."""
        files = sorted((f for part in ("new", "cur") for f in (self.folder / part).glob("*")), key=lambda f: f.stat().st_mtime_ns)
        found = [email.message_from_bytes(f.read_bytes(), policy=email.policy.default) for f in files]
        return [mail for mail in found if str(mail["To"]).startswith(to) and str(mail["To"]).endswith(self.domain)]

    def subjects(self, to: str = "") -> list[str]:
        """The subjects of those mails."""
        return [str(mail["Subject"]) for mail in self.mails(to)]


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
