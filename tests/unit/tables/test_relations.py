"""What is derived from contents: it holds for every count of made-up persons, and says what can be said of the tables in use."""

from __future__ import annotations

import polars as pl
import pytest

from gmsd.tables import Content
from gmsd.tables.relations import within_a_period, within_a_year
from tests.support import synthetic_release as published
from tests.support import synthetic_truth as made

WORDS = {relation.words for relation in within_a_period(published.contents())}


@pytest.mark.parametrize("seed", range(3))
def test_it_holds_for_persons_who_were_counted(seed: int) -> None:
    counts = made.counts(made.register(60, seed)).pivot("content", index=["period", "municipality"], values="value")
    for relation in within_a_period(published.contents()):
        total = sum(counts[name] * factor for name, factor in relation.terms)
        assert total.max() <= 0, relation.words
        assert not relation.equal or total.min() == 0, relation.words
    halves = [counts.filter(pl.col("period") == period).sort("municipality") for period in made.PERIODS]
    for name in within_a_year(published.contents()):
        first, second, year = (half[name] for half in halves)
        assert ((first <= year) & (second <= year) & (year <= first + second)).all(), name


@pytest.mark.parametrize(
    "words",
    [
        "A019508 <= T001024",
        "T001024 <= A019508 + A048188",
        "A019508 <= 15 + 16 + 17 + 18",
        "stand|A019507 + stand|A019508 + stand|A019509 + stand|A019506 = stand|T001024",
        "out|A019508 <= stand|A019508 + in|A019508",
        "number|1 + number|2 + number|3 + number|4 + number|5 + number|6 = T001024",
        "1 number|1 + 2 number|2 + 3 number|3 + 4 number|4 + 5 number|5 + 6 number|6 <= stand|T001024 + in|T001024",
        "15 + 16 + 17 + 18 <= stand|A019508 + in|A019508",
        "A019508 + A048188 <= 1 number|1 + 2 number|2 + 2 number|3 + 2 number|4 + 2 number|5 + 2 number|6",
    ],
)
def test_what_is_known_of_the_tables_in_use(words: str) -> None:
    assert words in WORDS


def test_only_persons_stand_between_a_half_and_a_year() -> None:
    assert set(within_a_year(published.contents())) == set(made.CLIENT_GROUPS)


def test_groups_that_overlap_are_covered_and_not_added() -> None:
    wide = [
        Content(name, "clients", frozenset(held)) for name, held in (("ab", (1, 2)), ("bc", (2, 3)), ("ca", (1, 3)), ("abc", (1, 2, 3)))
    ]
    words = {relation.words for relation in within_a_period(wide)}
    assert {"abc <= ab + bc", "abc <= ab + ca", "abc <= bc + ca", "ab <= abc"} <= words
    flows = [Content(each.name, "begin", each.categories) for each in wide]
    assert not any(relation.equal for relation in within_a_period(flows))


def test_two_names_of_one_count_are_equal() -> None:
    same = [Content(name, "clients", frozenset({1})) for name in ("one", "other")]
    assert {relation.words for relation in within_a_period(same)} == {"one <= other", "other <= one"}


def test_who_remains_is_a_client_and_did_not_leave() -> None:
    one = frozenset({1})
    units = ("clients", "begin", "entering", "leaving", "remaining")
    contents = [Content(unit, unit, one) for unit in units] + [Content("both", "remaining", one | {2})]
    words = {relation.words for relation in within_a_period(contents)}
    assert {"remaining <= clients", "remaining <= both"} <= words
    assert any(each.endswith("<= begin + entering - leaving") for each in words)
