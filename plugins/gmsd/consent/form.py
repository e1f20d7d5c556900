"""A form of a coordinator as the register holds it: received, and later what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gmsd.database import statement
from gmsd.rounds import HalfYear, Place

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy import Connection, Row


ENGINEER = "engineer:"
"""What stands for the bucket of a form that the engineer filed; no store has a bucket of that name."""


@dataclass(frozen=True, slots=True)
class Form:
    """A withdrawal or an explanation.

    Attributes:
        form_id: Such as `form.0007`.
        kind: `withdrawal` or `explanation`; `unknown` of forms that the register has from long ago.
        place: What it is about, by the folder that it lay in; None when that named none.
        round: The code of the round that it counts in, from the moment that it was filed.
        bucket: Where it arrived.
        object_key: Its key there, which its sender chose.
        version_id: Which version of that key.
        received_at: When it came in.
        state: Where it stands.
    """

    form_id: str
    kind: str
    place: Place | None
    round: HalfYear | None
    bucket: str
    object_key: str = field(repr=False)
    version_id: str
    received_at: dt.datetime
    state: str

    @property
    def by_engineer(self) -> bool:
        """Whether the engineer filed it: about a place of which a round has been closed, or about an upload that belongs to none."""
        return self.bucket == ENGINEER

    @property
    def about(self) -> Place:
        """What it is about.

        Raises:
            ValueError: its folder names no place.
        """
        if self.place is None:
            raise ValueError("the folder of the form names no municipality and half-year")
        return self.place

    @property
    def counts_in(self) -> tuple[Place, HalfYear]:
        """What it is about, and the code of the round that it counts in.

        Raises:
            ValueError: it has not been filed.
        """
        if self.round is None:
            raise ValueError(f"form {self.form_id} is {self.state}: it counts in no round")
        return self.about, self.round


def form_of(connection: Connection, form_id: str) -> Form:
    """One form of the register."""
    return _form(connection.execute(statement("consent/get_form"), {"form_id": form_id}).one())


def taken_in_hand(connection: Connection, form_id: str) -> str:
    """The state of a form by now, which nobody else changes before the caller's transaction ends: two tasks may be at it at once."""
    return str(connection.scalar(statement("consent/take_form"), {"form_id": form_id}))


def open_forms(connection: Connection) -> list[Form]:
    """Forms that still have to be dealt with, in order of receipt."""
    return [_form(row) for row in connection.execute(statement("consent/open_forms"))]


def _form(row: Row[tuple[object, ...]]) -> Form:
    return Form(
        form_id=row.form_id,
        kind=row.kind,
        place=None if row.law is None else Place(row.law, HalfYear.parse(row.half_year), row.municipality),
        round=None if row.round is None else HalfYear.parse(row.round),
        bucket=row.bucket,
        object_key=row.object_key,
        version_id=row.version_id,
        received_at=row.received_at,
        state=row.state,
    )
