"""Row accounting: at each step the rows that came in, those that were used, and those that were left out and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gmsd.feedback import Checked
    from gmsd.op_orde import OpOrdeSummary


@dataclass(frozen=True, slots=True)
class AccountedStep:
    """Where the rows of a delivery went at one step.

    Attributes:
        name: `check`, `op-orde` or `load`.
        rows_in: Rows that came in.
        used: Rows that were used.
        left_out: Reason -> rows that were left out for it; a reason without rows stands there too.
        note: What became of the rows used, in a few words.
    """

    name: str
    rows_in: int
    used: int
    left_out: Mapping[str, int]
    note: str = ""

    @property
    def missing(self) -> int:
        """Rows that nothing accounts for; 0 when it adds up."""
        return self.rows_in - self.used - sum(self.left_out.values())


def of_check(checked: Checked) -> AccountedStep:
    """A check takes a file whole or not at all: every row is used, or every row is left out for the verdict."""
    refused = 0 if checked.accepted else checked.records
    note = ""
    if checked.accepted and checked.verdict != "accepted":
        note = "facultative variables emptied"
    return AccountedStep("check", checked.records, checked.records - refused, {"file rejected": refused}, note)


def of_op_orde(summary: OpOrdeSummary) -> AccountedStep:
    """What the op-orde report counts: rows that were removed or lie outside the half-year are left out."""
    note = f"{summary.arrangements:,} arrangements, {summary.merged:,} rows joined to another"
    left_out = {"never sent (reason 13)": summary.never_sent, "outside the half-year": summary.out_of_scope}
    return AccountedStep("op-orde", summary.records, summary.arrangements + summary.merged, left_out, note)


def of_load(row: Mapping[str, Any]) -> AccountedStep:
    """What the warehouse says of its last load of the place."""
    note = f"{row['arrangements']:,} arrangements, {row['rows_merged']:,} rows joined to another"
    left_out = {"never sent (reason 13)": row["rows_never_sent"], "outside the half-year": row["rows_out_of_scope"]}
    return AccountedStep("load", row["rows_in"], row["rows_used"], left_out, note)
