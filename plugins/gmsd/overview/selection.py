"""Which rows of the overview are shown, and in which order: what the query of an address says, and the query that says it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from gmsd.deliveries import STATES
from gmsd.errors import GmsdError
from gmsd.overview.rows import NOT_DELIVERED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from gmsd.overview.rows import MunicipalityRow

VERDICTS = ("accepted", "accepted_without_facultative", "rejected")
_ORDER = {state: number for number, state in enumerate((NOT_DELIVERED, *STATES))}
SORTS: Mapping[str, Callable[[MunicipalityRow], Any]] = {
    "name": lambda row: row.name.removeprefix("'s-").casefold(),
    "code": lambda row: row.place.municipality,
    "state": lambda row: _ORDER[row.state],
    "attempts": lambda row: row.attempts,
    "verdict": lambda row: row.verdict or "",
    "remarks": lambda row: (row.remarks.faults, row.remarks.notices) if row.remarks else (-1, -1),
    "late": lambda row: row.days_late,
    "received": lambda row: row.newest.received_at.timestamp() if row.newest else 0.0,
}
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "state": (NOT_DELIVERED, *STATES),
    "verdict": VERDICTS,
    "op_orde": ("ready", "none"),
    "form": ("withdrawal", "explanation"),
    "late": ("yes",),
    "remarks": ("faults", "notices"),
    "sort": tuple(SORTS),
    "order": ("asc", "desc"),
}


class BadSelectionError(GmsdError):
    """An address asks for something that there is not."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked of the rows; an empty text asks for nothing.

    Attributes:
        round: Id of the round; empty: the one that began last.
        half_year: One that the round takes; empty: the round's own.
        q: Part of a name, a municipality's code, or a delivery's id.
        state: State of the upload that a municipality stands with, or `not_delivered`.
        verdict: Of that upload.
        op_orde: `ready`: its op-orde report was made; `none`: it was not.
        form: `withdrawal` or `explanation`: a form came in.
        late: `yes`: something is overdue.
        remarks: `faults` or `notices`: the check found some.
        sort: One of `SORTS`.
        order: `asc` or `desc`.
    """

    round: str = ""
    half_year: str = ""
    q: str = ""
    state: str = ""
    verdict: str = ""
    op_orde: str = ""
    form: str = ""
    late: str = ""
    remarks: str = ""
    sort: str = "name"
    order: str = "asc"

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Selection:
        """Read a query; names that mean nothing here are passed over.

        Raises:
            BadSelectionError: a value is none of those that its name can have.
        """
        given = {each.name: query[each.name].strip() for each in fields(cls) if query.get(each.name, "").strip()}
        for name, value in given.items():
            if name in _CHOICES and value not in _CHOICES[name]:
                raise BadSelectionError(f"{name} is one of {', '.join(_CHOICES[name])}")
        return cls(**given)

    @staticmethod
    def choices(name: str) -> tuple[str, ...]:
        """What a name can be."""
        return _CHOICES[name]

    def query(self, **changed: str) -> str:
        """The query of an address that shows this, but for what is changed; what is as it is by default is left out."""
        values = asdict(self) | changed
        return urlencode({each.name: values[each.name] for each in fields(self) if values[each.name] != each.default})

    def sorted_by(self, name: str) -> str:
        """The query that sorts by a column; the other way round when it is sorted by it already."""
        other = "desc" if self.sort == name and self.order == "asc" else "asc"
        return self.query(sort=name, order=other)

    @property
    def filters(self) -> bool:
        """Whether it leaves any row out on purpose."""
        return any((self.q, self.state, self.verdict, self.op_orde, self.form, self.late, self.remarks))

    def apply(self, rows: Iterable[MunicipalityRow]) -> tuple[MunicipalityRow, ...]:
        """The rows asked for, in the order asked for; by name where that does not decide."""
        found = sorted((row for row in rows if self._wants(row)), key=SORTS["name"])
        return tuple(sorted(found, key=SORTS[self.sort], reverse=self.order == "desc"))

    def _wants(self, row: MunicipalityRow) -> bool:
        remarks = row.remarks
        return (
            self._found(row)
            and self.state in ("", row.state)
            and self.verdict in ("", row.verdict)
            and self.op_orde in ("", "ready" if remarks and remarks.has_op_orde else "none")
            and (not self.form or (row.withdrawal if self.form == "withdrawal" else row.explanation) is not None)
            and (not self.late or row.days_late > 0)
            and (not self.remarks or (remarks is not None and (remarks.faults if self.remarks == "faults" else remarks.notices) > 0))
        )

    def _found(self, row: MunicipalityRow) -> bool:
        wanted, place = self.q.casefold(), row.place.id.casefold()
        # the id of an upload begins with its place
        return wanted in row.name.casefold() or wanted in (row.place.municipality, place) or wanted.startswith(f"{place}.")
