"""Sessions: a row for each, known by the hash of the random id in its cookie: one can be ended here, and a stolen table opens nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from gmsd.clock import AMSTERDAM
from gmsd.database import statement
from gmsd.registration import PersonalLink, state_of
from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gmsd.journal import Context
    from gmsd.settings import Settings

Kind = Literal["link", "account"]
# An ended session stays so long, to see what happened when somebody asks.
KEPT: Final = dt.timedelta(days=30)
_SEEN_EVERY: Final = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who came in by a personal link, which may upload in its round, or by an account.

    Attributes:
        coordinator_id: Who it is.
        kind: How they came in.
        link: The link; None with an account.
        ends_at: When it ends by itself, if it is not used before.
        last_at: When it ends in any case.
        csrf: What every form of it carries.
    """

    coordinator_id: str
    kind: Kind
    link: PersonalLink | None
    ends_at: dt.datetime
    last_at: dt.datetime
    csrf: str

    @property
    def has_account(self) -> bool:
        """Whether it may do what a personal link may not."""
        return self.kind == "account"


def token_hash(token: str) -> str:
    """What is kept of a random text that only its holder knows."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def csrf_of(cookie: str) -> str:
    """What a form carries for a cookie that no other site can read."""
    return token_hash(f"csrf|{cookie}")


def begin(connection: Connection, coordinator_id: str, *, at: dt.datetime, link_token: str | None = None) -> str:
    """Begin a session by a link (by its token) or an account; returns the id for its cookie, which is always a new one."""
    connection.execute(statement("web/forget_sessions"), {"before": at - KEPT})
    session_id = secrets.token_urlsafe(32)
    values = {
        "session_hash": token_hash(session_id),
        "coordinator_id": coordinator_id,
        "kind": "account" if link_token is None else "link",
        "link_hash": None if link_token is None else token_hash(link_token),
        "at": at,
    }
    connection.execute(statement("web/begin_session"), values)
    return session_id


def find(context: Context, session_id: str, now: dt.datetime) -> Session | None:
    """The session of a cookie; None when it is unknown, has ended, or came in by a link that opens nothing any more. It is seen now."""
    if not session_id:
        return None
    known = {"session_hash": token_hash(session_id)}
    with context.engine.begin() as connection:
        row = connection.execute(statement("web/find_session"), known).first()
        if row is None:
            return None
        idle, last = _limits(context.settings, row.begun_at, row.seen_at)
        link = None
        if row.kind == "link":
            link = PersonalLink(row.coordinator_id, row.law, HalfYear.parse(row.round), row.number, row.made_at, row.revoked_at)
        if now >= min(idle, last) or (link and state_of(connection, context.calendar, link, now) != "in use"):
            connection.execute(statement("web/end_session"), {**known, "at": now})
            return None
        if now - row.seen_at >= _SEEN_EVERY:
            connection.execute(statement("web/see_session"), {**known, "at": now})
    idle, last = _limits(context.settings, row.begun_at, now)
    return Session(row.coordinator_id, row.kind, link, min(idle, last), last, csrf_of(session_id))


def end(connection: Connection, session_id: str, at: dt.datetime) -> None:
    """End a session: its cookie opens nothing from now on, wherever it is."""
    connection.execute(statement("web/end_session"), {"session_hash": token_hash(session_id), "at": at})


def _limits(settings: Settings, begun: dt.datetime, seen: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    idle = seen + dt.timedelta(minutes=settings.portal_idle_minutes)
    last = begun + dt.timedelta(hours=settings.portal_session_hours)
    return idle.astimezone(AMSTERDAM), last.astimezone(AMSTERDAM)
