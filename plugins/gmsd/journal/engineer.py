"""Mails to the engineer: plain English, queued like every other mail, and each said once."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from gmsd.journal.outgoing import Outgoing, issues_of, queue_mail
from gmsd.masking import mask_bsn

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy import Connection

    from gmsd.settings import Settings

_STYLE = "font-family: sans-serif; max-width: 42rem; line-height: 1.5; overflow-wrap: anywhere"


@dataclass(frozen=True, slots=True)
class _Plain:
    """A mail without anything that needs a template."""

    subject: str
    text: str

    @property
    def html(self) -> str:
        paragraphs = "\n".join(f'<p style="white-space: pre-line">{escape(part.strip())}</p>' for part in self.text.split("\n\n"))
        return (
            f'<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{escape(self.subject)}</title></head>\n'
            f'<body style="{_STYLE}">\n{paragraphs}\n</body>\n</html>\n'
        )


def tell_engineer(connection: Connection, settings: Settings, subject_id: str, kind: str, subject: str, text: str, at: dt.datetime) -> bool:
    """Queue a mail to the engineer in the caller's transaction, once for each subject and kind. `send_queued` sends it.

    Args:
        connection: With the loader's rights; nothing is committed.
        settings: Where the engineer's address stands.
        subject_id: What it is about: a delivery, form, run or outage; with `kind` it makes the Message-ID.
        kind: What is said of it.
        subject: One line.
        text: Paragraphs in English with an empty line between them: what happened, since when, what happens by itself, what to do.
        at: The moment of the clock.

    Returns:
        Whether it is queued now; false when the same has been said before.
    """
    if issues_of(connection, subject_id, kind):
        return False
    line = " ".join(mask_bsn(subject).split())
    mail = _Plain(line, mask_bsn(text).strip() + "\n")
    queue_mail(connection, Outgoing(subject_id, kind, None, settings.mail_engineer, mail), at)
    return True
