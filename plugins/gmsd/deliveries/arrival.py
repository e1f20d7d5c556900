"""An arrival: a version of the inbox that is not registered yet, and which of the versions listed are arrivals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmsd.database import statement, storable
from gmsd.deliveries.inbox import REFUSED, InboxKey, in_order_of_receipt, is_known, parse_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from gmsd.store import Version

Name = tuple[str, str]
NOT_READABLE = "uploaded without the right for us to read it"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A version of the inbox that is not registered yet.

    Attributes:
        version: As the store lists it.
        key: What its key means.
        sha256: Of its bytes; None when they could not be had.
        problem: Why they could not be had.
        refused_beside: The version that was current when the store refused this one; empty when it was not refused.
    """

    version: Version
    key: InboxKey
    sha256: str | None = None
    problem: str = NOT_READABLE
    refused_beside: str = ""

    @property
    def name(self) -> Name:
        """What it is known by in the register."""
        return storable(self.version.key), self.version.identity


def arrivals_of(listed: Sequence[Version], refused: Mapping[Name, str], known: set[Name]) -> list[Arrival]:
    """What is not known yet, each upload once, in order of receipt."""
    seen = set(known)
    new = []
    for version in in_order_of_receipt(listed):
        if is_known(version, seen):
            continue
        name = (storable(version.key), version.identity)
        seen.add(name)
        new.append(Arrival(version, parse_key(version.key), refused_beside=refused.get(name, "")))
    return new


def taken_after_all(connection: Connection, bucket: str, listed: Sequence[Version]) -> set[Name]:
    """What once looked refused and is current now, with the version that was current then below it: an upload that took its time.

    Without that version below it the store only brought up what it had refused when the current one was deleted.
    """
    names = {(storable(version.key), version.identity) for version in listed}
    current = {(storable(version.key), version.identity) for version in listed if version.is_latest}
    found = connection.execute(statement("deliveries/refused"), {"bucket": bucket, "what": REFUSED})
    return {
        (row.object_key, row.version_id)
        for row in found
        if (row.object_key, row.version_id) in current and (row.object_key, row.current_version) in names
    }
