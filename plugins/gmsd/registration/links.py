"""Personal links: what opens the portal for one coordinator in one round, without an account, for uploading only.

The token of a link is an HMAC under the reference key, of coordinator, round and number. So it stands nowhere: the database holds its
SHA-256, and a mail that waits gets its link when it leaves (`gmsd.journal.personal`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gmsd.clock import AMSTERDAM
from gmsd.database import statement
from gmsd.errors import GmsdError
from gmsd.journal import audit, link_token, lock_coordinators
from gmsd.registration.coordinator import Term
from gmsd.rounds import HalfYear, UnknownRoundError, partition

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy import Connection, RowMapping

    from gmsd.rounds import Calendar, Round
    from gmsd.settings import Settings

LinkState = Literal["in use", "ended", "revoked"]
# Far more than ours have, so that nobody makes us hash a long address.
_LONGEST_TOKEN = 128


class LinkRefusedError(GmsdError):
    """No link can be made: the round's withdrawal window has ended, or the coordinator serves nothing of its law any more."""


@dataclass(frozen=True, slots=True)
class PersonalLink:
    """One link that was made; its token is not here.

    Attributes:
        coordinator_id: Whom it was made for.
        law: Of the round.
        round: Code of the round: with `law` it names it.
        number: 1 for the first of this coordinator and round; a link that is made after one was revoked has the next.
        made_at: When.
        revoked_at: When it was taken back; None when it was not.
    """

    coordinator_id: str
    law: str
    round: HalfYear
    number: int
    made_at: dt.datetime
    revoked_at: dt.datetime | None

    @property
    def round_id(self) -> str:
        """The round's partition, such as `2019-H2`."""
        return partition(self.law, self.round)


def make_link(
    connection: Connection, settings: Settings, coordinator_id: str, of: Round, *, at: dt.datetime, actor: str, after_revoking: bool = True
) -> str | None:
    """The token of the link of a coordinator in a round, which is made when there is none; in the caller's transaction.

    Args:
        connection: With the loader's rights; nothing is committed.
        settings: Name the reference key.
        coordinator_id: Whom it is for.
        of: The round.
        at: The moment of the clock.
        actor: Who makes it, for the trail.
        after_revoking: Whether another is made when one was revoked. A mail makes none: whoever revoked it decides who gets the next.

    Returns:
        The token, as it stands in `/link/{token}`; None when one was revoked and no other may be made.

    Raises:
        LinkRefusedError: the round's withdrawal window has ended, or the coordinator serves nothing of its law from today on.
    """
    lock_coordinators(connection)
    _refuse_ended(connection, coordinator_id, of, at)
    made = [_read(row) for row in connection.execute(statement("registration/links_of_round"), _about(coordinator_id, of)).mappings()]
    if made and made[0].revoked_at is None:
        token = link_token(settings, coordinator_id, of.id, made[0].number)
        if _known(connection, token):
            return token
        # the key is another than the one it was made with: nobody can say that token any more
        revoke_links(connection, coordinator_id, of, at=at, actor=actor)
    elif made and not after_revoking:
        return None
    number = made[0].number + 1 if made else 1
    token = link_token(settings, coordinator_id, of.id, number)
    values = {**_about(coordinator_id, of), "hash": _hash(token), "number": number, "at": at}
    connection.execute(statement("registration/add_link"), values)
    audit(connection, coordinator_id, "link made", at=at, actor=actor, details={"round": of.id, "number": number})
    return token


def find_link(connection: Connection, calendar: Calendar, token: str, now: dt.datetime) -> PersonalLink | None:
    """The link that a token opens; None alike for one that is unknown, ended or revoked.

    Args:
        connection: Of a role that reads the registration.
        calendar: Where the round's withdrawal window stands.
        token: What stands in the address.
        now: The moment of the clock.
    """
    if not token or len(token) > _LONGEST_TOKEN:
        return None
    row = connection.execute(statement("registration/find_link"), {"hash": _hash(token)}).mappings().first()
    if row is None:
        return None
    found = _read(row)
    return found if state_of(connection, calendar, found, now) == "in use" else None


def state_of(connection: Connection, calendar: Calendar, link: PersonalLink, now: dt.datetime) -> LinkState:
    """Whether a link opens anything: it ends with the withdrawal window of its round, and with its coordinator's last term."""
    if link.revoked_at is not None:
        return "revoked"
    try:
        of = calendar.round(link.round, link.law)
    except UnknownRoundError:
        return "ended"
    serves = any(term.holds_on(_day(now)) for term in _terms(connection, link.coordinator_id, link.law))
    return "in use" if serves and now < of.withdrawal_ends_at else "ended"


def revoke_links(connection: Connection, coordinator_id: str, of: Round, *, at: dt.datetime, actor: str) -> int:
    """Take back what a coordinator's links of a round open, in the caller's transaction; how many there were."""
    lock_coordinators(connection)
    numbers = connection.scalars(statement("registration/revoke_links"), {**_about(coordinator_id, of), "at": at}).all()
    for number in numbers:
        audit(connection, coordinator_id, "link revoked", at=at, actor=actor, details={"round": of.id, "number": number})
    return len(numbers)


def links_of(connection: Connection, coordinator_id: str | None = None) -> tuple[PersonalLink, ...]:
    """The links that were made for one coordinator, or for all."""
    return tuple(_read(row) for row in connection.execute(statement("registration/links"), {"coordinator_id": coordinator_id}).mappings())


def _refuse_ended(connection: Connection, coordinator_id: str, of: Round, at: dt.datetime) -> None:
    if at >= of.withdrawal_ends_at:
        raise LinkRefusedError(f"the withdrawal window of round {of.id} has ended, and its links with it")
    if not any(term.valid_to is None or _day(at) < term.valid_to for term in _terms(connection, coordinator_id, of.law)):
        raise LinkRefusedError("this coordinator serves nothing any more that the round takes; `gmsd coordinators add` registers it")


def _terms(connection: Connection, coordinator_id: str, law: str) -> list[Term]:
    rows = connection.execute(statement("registration/terms"), {"coordinator_id": coordinator_id}).mappings()
    return [term for term in (Term(**row) for row in rows) if term.of_law(law)]


def _about(coordinator_id: str, of: Round) -> dict[str, str]:
    return {"coordinator_id": coordinator_id, "law": of.law, "round": str(of.code)}


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _known(connection: Connection, token: str) -> bool:
    return connection.execute(statement("registration/find_link"), {"hash": _hash(token)}).first() is not None


def _read(row: RowMapping) -> PersonalLink:
    return PersonalLink(row["coordinator_id"], row["law"], HalfYear.parse(row["round"]), row["number"], row["made_at"], row["revoked_at"])


def _day(at: dt.datetime) -> dt.date:
    return at.astimezone(AMSTERDAM).date()
