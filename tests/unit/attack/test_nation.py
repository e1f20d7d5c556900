"""What a national figure that is no sum of shown ones tells of a municipality."""

from __future__ import annotations

import polars as pl
import pytest

from gmsd.attack import CELLS, Method, PublicRelease, Truth
from gmsd.attack.method import TRUTH, PublishedColumn, Rounding
from gmsd.attack.nation import attack_nation
from gmsd.attack.reading import read
from gmsd.tables import Content

HELD = frozenset({1})
H1 = "2019HJ01"
RULE = Rounding(base=5, smallest_shown=10, first_shown=8)
NOBODY = pl.DataFrame(schema={"period": pl.String, "municipality": pl.String, "inhabitants": pl.Int64})
CLIENTS, RAN = Content("A", "clients", HELD), Content("ran", "arrangements", HELD)


@pytest.mark.parametrize(("content", "bound"), [(CLIENTS, 1), (RAN, 4)])
def test_who_enters_is_what_the_national_sum_grew_by_less_what_others_changed_by(content: Content, bound: int) -> None:
    """One client of 0001 was corrected, who has four arrangements: of arrangements the attacker knows no better than that."""
    before = {"GM0001": {"A": 100, "ran": 200}, "GM0002": {"A": 103, "ran": 203}}
    after = {"GM0001": {"A": 101, "ran": 204}, "GM0002": {"A": 103, "ran": 203}, "GM0003": {"A": 57, "ran": 90}}
    columns = (PublishedColumn("T1", "count", "A", "A", "A", RULE), PublishedColumn("T1", "ran", "A", "ran", "ran", RULE))
    measure = next(each.measure for each in columns if each.content == content.name)
    releases, true = [], []
    for release, counts in (("r1", before), ("r2", after)):
        rows = [("T1", each.measure, H1, place, "A", held[each.content] // 5 * 5) for each in columns for place, held in counts.items()]
        rows.append(("T1", measure, H1, "NL01", "A", sum(held[content.name] for held in counts.values())))
        cells = pl.DataFrame(rows, schema=CELLS, orient="row")
        delivered = pl.DataFrame({"period": [H1] * len(counts), "region": list(counts)})
        releases.append(PublicRelease(release, cells, NOBODY, delivered=delivered))
        true += [(release, name, H1, place, value) for place, held in counts.items() for name, value in held.items()]
    series = read(releases, Method((CLIENTS, RAN), columns, {}, continuity=False), Truth(pl.DataFrame(true, schema=TRUTH, orient="row")))
    found = attack_nation(series, releases)
    assert {fault.kind for fault in found.faults} == {"nation"}
    number, state, place = series.content_of[content.name], series.position[H1, "r2"], series.places.index("GM0003")
    grown = sum(held[content.name] for held in after.values()) - sum(held[content.name] for held in before.values())
    assert (series.low[number, state, place], series.high[number, state, place]) == (grown - bound, grown + bound)
