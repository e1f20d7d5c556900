"""Personal links in mails that wait: a mark in the text, for which the link is put when the mail leaves.

A token that stood in the queue would lie in the database and its backups. It is made of what a link's row says, under the reference key.
"""

from __future__ import annotations

import base64
import hmac
import re
from typing import TYPE_CHECKING

from gmsd.database import statement
from gmsd.rounds import HalfYear, partition

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gmsd.settings import Settings

_MARKED = "https://persoonlijke-link.invalid/"
_MARK = re.compile(re.escape(_MARKED) + r"(?:(?:[a-z]+\.)?[0-9]{4}-H[12])?", re.ASCII)


def link_mark(round_id: str) -> str:
    """What stands in a mail where the personal link of its coordinator in a round will stand; without a round the address of the portal."""
    return _MARKED + round_id


def link_token(settings: Settings, coordinator_id: str, round_id: str, number: int) -> str:
    """The token of a personal link: 43 characters that may stand in an address."""
    about = f"gmsd-link|{coordinator_id}|{round_id}|{number}".encode()
    return base64.urlsafe_b64encode(hmac.digest(settings.key("reference"), about, "sha256")).decode().rstrip("=")


def link_address(settings: Settings, token: str) -> str:
    """A link as a coordinator gets it."""
    return f"{settings.portal_url.rstrip('/')}/link/{token}"


def with_links(connection: Connection, settings: Settings, coordinator_id: str | None, *texts: str) -> list[str] | None:
    """Texts of a mail with its links in the place of the marks.

    Only links of the mail's own coordinator are put there, whatever a sender made the text say. Where none is in use (nobody is registered,
    it was revoked, none was made yet) stands the address of the portal, where one logs in. None when a link has to be made and this process
    does not have the key: another sends that mail.
    """
    if not any(_MARKED in text for text in texts):
        return list(texts)
    known = {}
    if coordinator_id is not None:
        try:
            for row in connection.execute(statement("journal/mail_links"), {"coordinator_id": coordinator_id}):
                round_id = partition(row.law, HalfYear.parse(row.round))
                known[link_mark(round_id)] = link_address(settings, link_token(settings, coordinator_id, round_id, row.number))
        except (FileNotFoundError, PermissionError):
            return None
    front = f"{settings.portal_url.rstrip('/')}/"
    return [_MARK.sub(lambda found: known.get(found[0], front), text) for text in texts]
