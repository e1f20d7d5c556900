"""What came in before a round's close and has not been dealt with: the close waits for it, and says which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmsd.database import statement
from gmsd.deliveries.inbox import is_known, known_versions, nobody_delivered, parse_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from gmsd.journal import Context
    from gmsd.rounds import Round

_NAMED = 10


@dataclass(frozen=True, slots=True)
class Waiting:
    """Deliveries to be checked, forms to be dealt with, and objects of the inbox to be registered (folder and version, no name)."""

    deliveries: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    unregistered: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.deliveries or self.forms or self.unregistered)

    def __str__(self) -> str:
        parts = (
            _told(self.deliveries, "delivery to be checked", "deliveries to be checked"),
            _told(self.forms, "form to be dealt with", "forms to be dealt with"),
            _told(self.unregistered, "object of the inbox to be registered", "objects of the inbox to be registered"),
        )
        return "; ".join(part for part in parts if part)


def waiting_for(context: Context, connection: Connection, known: Round) -> Waiting:
    """Everything about a round's half-years that came in before its close and is not dealt with.

    The inbox itself is listed, as intake may be behind. What nobody can place, what was refused and what came after the close is not
    waited for. Where the clock is movable the store's own times say nothing: there everything that is not registered came before.

    Args:
        context: The doors.
        connection: In a transaction that holds the round alone, when nothing may slip in between.
        known: The round.
    """
    deliveries = connection.scalars(statement("deliveries/unchecked"), {"law": known.law, "round": str(known.code)})
    about = {"law": known.law, "half_years": [str(half) for half in sorted(known.takes)], "closes_at": known.closes_at}
    forms = connection.scalars(statement("deliveries/forms_waiting"), about)
    return Waiting(tuple(deliveries), tuple(forms), _unregistered(context, connection, known))


def _unregistered(context: Context, connection: Connection, known: Round) -> tuple[str, ...]:
    bucket = context.settings.bucket_inbox
    listed = [version for version in context.store.versions(bucket) if not nobody_delivered(version)]
    registered = known_versions(connection, bucket)
    found = []
    for version in listed:
        if is_known(version, registered) or (context.settings.clock == "system" and version.last_modified >= known.closes_at):
            continue
        place = parse_key(version.key).place
        if place is not None and place.law == known.law and place.half_year in known.takes:
            found.append(f"{place.folder} version {version.version_id}")
    return tuple(sorted(found))


def _told(names: Sequence[str], one: str, more: str) -> str:
    if not names:
        return ""
    rest = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{len(names)} {one if len(names) == 1 else more} ({', '.join(names[:_NAMED])}{rest})"
