"""What the engineer and the approver see of a release to come."""

from __future__ import annotations

from gmsd.releases.plan import Plan
from gmsd.rounds import HalfYear
from tests.support.releases import content


def test_each_table_says_whose_cells_are_counted() -> None:
    said = content(HalfYear(2019, 1), HalfYear(2019, 2), all_places=True, every_table=True)
    tables = {table["table"]: table for table in Plan(1, HalfYear(2019, 2), said).preview()["tables"]}
    assert tables["83262NED"]["of"] == "municipalities"
    assert tables["GMSDNL01"]["of"] == "the country"
    assert [each["shown"] for each in tables["GMSDNL01"]["periods"]] == [6, 6, 6]
    assert tables["83262NED"]["periods"][0]["shown"] > 1000
