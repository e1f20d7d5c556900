"""The account of a delivery's rows: it adds up, or there is none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gmsd.warehouse.load import Account

RIGHT = Account(
    municipality="0518",
    provider="",
    delivery_id="2019-H2.0518.01",
    rows_in=10,
    rows_used=7,
    rows_out_of_scope=2,
    rows_never_sent=1,
    rows_unknown_person=4,
    rows_merged=3,
    arrangements=4,
    persons=2,
    allocation_filled=True,
)


@pytest.mark.parametrize("name", ["rows_in", "rows_used", "rows_out_of_scope", "rows_never_sent", "rows_merged", "arrangements"])
@pytest.mark.parametrize("change", [-1, 1])
def test_an_account_that_is_one_row_off_is_refused(name: str, change: int):
    with pytest.raises(ValueError, match=r"2019-H2\.0518\.01 do not add up"):
        replace(RIGHT, **{name: getattr(RIGHT, name) + change})


def test_rows_that_moved_from_one_reason_to_another_still_add_up():
    assert replace(RIGHT, rows_out_of_scope=1, rows_never_sent=2).rows_in == 10
    assert replace(RIGHT, rows_merged=0, arrangements=7).rows_used == 7
