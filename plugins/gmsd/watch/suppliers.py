"""Faults of suppliers: rules that the files of several municipalities break whose software comes from one company."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmsd.database import statement
from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class SupplierFault:
    """A rule in the files of a supplier, about one half-year.

    Attributes:
        supplier: Whose software makes the files, by the day on which each was received.
        law: Of which law.
        half_year: The half-year that they are about.
        rule: The rule that is broken.
        level: `file`, `base` or `facultative`.
        municipalities: How many municipalities sent a file of it in which the rule is broken, corrected since or not.
        of: How many sent a file of it that was checked.
        still: How many of the former have the fault in their newest file.
        others: How many municipalities with other software, or of which it is not known, sent such a file.
        of_others: How many of those were checked.
        codes: The municipalities.
    """

    supplier: str
    law: str
    half_year: HalfYear
    rule: str
    level: str
    municipalities: int
    of: int
    still: int
    others: int
    of_others: int
    codes: tuple[str, ...]

    def is_repeated(self, *, municipalities: int, percent: int, times: int) -> bool:
        """Whether it lies with the software rather than with who works with it.

        So many municipalities have it, that share of all of the supplier, and so many times the share among the others.
        """
        share = self.municipalities / self.of
        elsewhere = self.others / self.of_others if self.of_others else 0.0
        return self.municipalities >= municipalities and 100 * share >= percent and share >= times * elsewhere


def supplier_faults(
    connection: Connection, law: str, *, half_year: HalfYear | None = None, round_code: HalfYear | None = None
) -> list[SupplierFault]:
    """What is wrong in the files of each supplier, the newest half-year first and in it what most municipalities have.

    Args:
        connection: With the loader's rights.
        law: Of which law.
        half_year: Only files about it.
        round_code: Only files of that round.
    """
    of = {"law": law, "half_year": None if half_year is None else str(half_year), "round": None if round_code is None else str(round_code)}
    rows = connection.execute(statement("watch/supplier_faults"), of).mappings()
    return [SupplierFault(**{**row, "half_year": HalfYear.parse(row["half_year"]), "codes": tuple(row["codes"])}) for row in rows]
