"""A release read once: its tables, its status, its explanations."""

from __future__ import annotations

import hashlib

from gmsd.readers import read_edition
from tests.support.bundles import Bundles, two_releases


def test_a_release_is_read_whole_with_the_one_before():
    held = two_releases()
    edition = read_edition(held, "r0002")
    assert edition.digest == hashlib.sha256(held.document("r0002")).hexdigest()
    assert list(edition.cubes) == ["83262NED", "83264NED", "86050NED", "83268NED", "GMSDMA01", "GMSDNL01"]
    assert (edition.previous, edition.newest_half_year.key, edition.statuses["2019HJ01"]) == ("r0001", "2019HJ02", "NaderVoorlopig")
    assert {each.release_id for each in edition.before.values()} == {"r0001"}


def test_an_explanation_belongs_to_its_half_year_and_to_the_year():
    edition = read_edition(two_releases(), "r0002")
    texts = {key: [text for _period, text in edition.said("GM0518", edition.period(key))] for key in ("2019HJ01", "2019HJ02", "2019JJ00")}
    assert texts["2019HJ01"] == texts["2019JJ00"] == ['Een "nieuw" systeem; meer cliënten.']
    assert texts["2019HJ02"] == []


def test_a_release_without_the_one_before_or_without_explanations_is_read_too():
    held = two_releases()
    files = {path: data for path, data in held.held["r0002"].items() if not path.startswith("waarstaatjegemeente/")}
    edition = read_edition(Bundles({"r0002": files}, ("r0002",)), "r0002")
    assert (edition.previous, edition.before, edition.explanations) == (None, {}, {})
