"""The chain of the audit trail, worked out here a second time from docs/audit.md: what was changed or taken out is found at its row."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

import pytest

from gmsd.journal.audit_trail import _verified, hidden

NAMES = ("subject", "event", "from_state", "to_state", "reason", "actor", "details")


def chain(length: int) -> list[dict[str, Any]]:
    """Rows as the documentation says that they are hashed."""
    rows: list[dict[str, Any]] = []
    for number in range(1, length + 1):
        values = (f"2019-H2.0518.{number:02d}", "state", None, "received", "Zo gelezen: é", "gmsd", {"b": [number], "a": "x"})
        row = {
            "sequence": number,
            "at": dt.datetime(2020, 2, 3, 12, number, tzinfo=dt.timezone(dt.timedelta(hours=1))),
            **dict(zip(NAMES, values, strict=True)),
            "previous_hash": rows[-1]["hash"] if rows else "0" * 64,
        }
        text = [number, f"2020-02-03T11:{number:02d}:00.000000+00:00", *values, row["previous_hash"]]
        plain = json.dumps(text, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        rows.append({**row, "hash": hashlib.sha256(plain.encode()).hexdigest()})
    return rows


def test_a_whole_chain_is_whole():
    rows = chain(5)
    report = _verified(rows, {3: rows[2]["hash"]}, {rows[0]["hash"]})
    assert (report.whole, report.rows, report.head, report.missing) == (True, 5, rows[-1]["hash"], ())
    assert _verified([], {}, set()).whole


@pytest.mark.parametrize("name", ["at", "details", "reason", "hash", "previous_hash"])
def test_a_row_that_was_changed_is_named(name: str):
    rows = chain(5)
    rows[2][name] = rows[1][name] if name != "reason" else "anders"
    report = _verified(rows, {}, set())
    assert (report.whole, report.rows, report.broken_at) == (False, 2, 3)


def test_rows_that_were_taken_out_are_found_at_either_end():
    rows = chain(5)
    assert _verified(rows[1:], {}, set()).broken_at == 1
    assert _verified([*rows[:2], *rows[3:]], {}, set()).broken_at == 3
    assert _verified(rows[:4], {}, set()).whole, "nothing inside tells that the end is gone"
    assert _verified(rows[:4], {5: rows[4]["hash"]}, set()).broken_at == 5
    assert _verified(rows[:4], {}, {rows[4]["hash"]}).missing == (rows[4]["hash"],)


def test_a_chain_made_anew_is_not_the_one_that_was_anchored():
    assert _verified(chain(5), {4: "f" * 64}, set()).broken_at == 4


def test_what_a_sender_wrote_is_found_again_with_the_key_only():
    assert hidden(b"k" * 32, "a.csv") == hidden(b"k" * 32, "a.csv") != hidden(b"l" * 32, "a.csv")
    assert len({hidden(b"k" * 32, text) for text in ("a.csv", "A.csv", "\udcff", "")}) == 4
