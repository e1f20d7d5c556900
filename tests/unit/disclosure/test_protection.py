"""Protection against an oracle that follows disclosure's points one cell at a time, and against what it promises."""

from __future__ import annotations

import hashlib
import hmac
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gmsd.disclosure import Protection, draw, protect, rate_of

KEY = bytes(range(32))
TOTAL, EXCLUDING, STAY = "T001024", "A048188", "A019508"
NESTED = ((EXCLUDING, TOTAL),)
CELLS = {"period": pl.String, "municipality": pl.String, "content": pl.String, "value": pl.Int64, "reason": pl.String}
PEOPLE = {"period": pl.String, "municipality": pl.String, "inhabitants": pl.Int64}


def cells(*rows: tuple[str, str, str, int | None, str | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=CELLS, orient="row")


def people(*rows: tuple[str, str, int | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=PEOPLE, orient="row")


def protected(
    counts: pl.DataFrame, places: pl.DataFrame, rule: Protection, key: bytes, nested: tuple[tuple[str, str], ...] = ()
) -> pl.DataFrame:
    """Every content under one rule, with its rate."""
    found = protect(counts, places, dict.fromkeys(counts["content"].unique(), rule), key, nested=nested)
    return found.with_columns(rate=rate_of("shown", "people", 1000))


def slow_draw(purpose: str, municipality: str, group: str, key: bytes = KEY) -> int:
    text = hmac.new(key, f"{purpose}|GM{municipality}|{group}".encode("ascii"), hashlib.sha256).hexdigest()
    return int(text, 16) % 5


def slow_shown(count: int, municipality: str, group: str, rule: Protection, key: bytes = KEY) -> int | None:
    first = 8 + (slow_draw("s", municipality, group, key) if rule.threshold == "secret" else 0)
    if count < first:
        return None
    if rule.rounding == "nearest":
        return max(10, 5 * ((count + 2) // 5))
    up = count % 5 > slow_draw("t", municipality, group, key)
    return max(10, 5 * (count // 5) + (5 if up else 0))


rules = st.builds(Protection, rounding=st.sampled_from(["keyed", "nearest"]), threshold=st.sampled_from(["secret", "fixed"]))


def test_a_draw_is_the_digest_as_a_big_number_modulo_five() -> None:
    assert draw(KEY, "t", "GM0518", STAY) == slow_draw("t", "0518", STAY)
    assert {draw(KEY, "s", f"GM{i:04}", STAY) for i in range(60)} == {0, 1, 2, 3, 4}


@given(st.integers(0, 60), st.integers(0, 9999), rules, st.binary(min_size=32, max_size=32))
@settings(max_examples=300, deadline=None)
def test_single_groups_equal_the_slow_way(count: int, number: int, rule: Protection, key: bytes) -> None:
    code = f"{number:04}"
    found = protected(cells(("2019HJ01", code, STAY, count, None)), people(("2019HJ01", code, 1000)), rule, key)
    shown = found.filter(pl.col("region") == f"GM{code}").row(0, named=True)
    expected = slow_shown(count, code, STAY, rule, key)
    assert shown["shown"] == expected
    assert shown["reason"] == ("suppressed" if expected is None else None)
    assert shown["rate"] == (None if expected is None else int(Fraction(expected, 1) + Fraction(1, 2)))
    if expected is not None:
        assert expected % 5 == 0
        assert expected >= 10
        assert abs(expected - count) <= 4


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
@settings(max_examples=200, deadline=None)
def test_the_year_is_never_below_a_half(first: int, second: int, extra: int) -> None:
    year = max(first, second) + extra % (min(first, second) + 1)
    periods = (("2019HJ01", first), ("2019HJ02", second), ("2019JJ00", year))
    found = protected(
        cells(*((period, "0518", STAY, count, None) for period, count in periods)),
        people(*((period, "0518", 1000) for period, _ in periods)),
        Protection(),
        KEY,
    ).filter(pl.col("region") == "GM0518")
    half_one, half_two, whole = found["shown"].fill_null(0)
    assert whole >= max(half_one, half_two)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 400))
@settings(max_examples=200, deadline=None)
def test_the_part_is_missing_with_its_whole_and_never_above_it(part: int, more: int, number: int) -> None:
    code = f"{number:04}"
    found = protected(
        cells(("2019HJ01", code, TOTAL, part + more, None), ("2019HJ01", code, EXCLUDING, part, None)),
        people(("2019HJ01", code, 500)),
        Protection(),
        KEY,
        nested=NESTED,
    ).filter(pl.col("region") == f"GM{code}")
    by_group = {row["content"]: row for row in found.iter_rows(named=True)}
    whole = slow_shown(part + more, code, TOTAL, Protection())
    alone = slow_shown(part, code, EXCLUDING, Protection())
    expected = None if whole is None or alone is None else min(whole, alone)
    assert by_group[TOTAL]["shown"] == whole
    assert by_group[EXCLUDING]["shown"] == expected
    assert by_group[EXCLUDING]["rate"] == (None if expected is None else expected * 2)


def test_a_municipality_without_a_count_keeps_its_reason() -> None:
    found = protected(
        cells(("2019HJ01", "0518", TOTAL, None, "withdrawn"), ("2019HJ01", "0363", TOTAL, 0, None)),
        people(("2019HJ01", "0518", 1000), ("2019HJ01", "0363", 1000)),
        Protection(),
        KEY,
    )
    assert found.select("region", "shown", "rate", "reason").rows() == [
        ("GM0363", None, None, "suppressed"),
        ("GM0518", None, None, "withdrawn"),
        ("NL01", None, None, "coverage"),
    ]


@pytest.mark.parametrize(("small", "national"), [(2500, True), (2501, False)])
def test_the_nation_is_the_sum_of_what_is_shown_from_three_quarters_of_the_inhabitants_on(small: int, national: bool) -> None:
    period = "2019HJ01"
    found = protected(
        cells(
            (period, "0001", TOTAL, 400, None),
            (period, "0002", TOTAL, 200, None),
            (period, "0003", TOTAL, None, "not_delivered"),
            (period, "0001", STAY, 400, None),
            (period, "0002", STAY, 3, None),
            (period, "0003", STAY, None, "not_delivered"),
        ),
        people((period, "0001", 5000), (period, "0002", 2500), (period, "0003", small)),
        Protection(),
        KEY,
    )
    shown = found.filter(pl.col("region") != "NL01").group_by("content").agg(pl.col("shown").sum())
    total = shown.filter(pl.col("content") == TOTAL)["shown"].item()
    nation = {row["content"]: row for row in found.filter(pl.col("region") == "NL01").iter_rows(named=True)}
    assert nation[TOTAL]["shown"] == (total if national else None)
    assert nation[TOTAL]["rate"] == (round(1000 * total / 7500) if national else None)
    assert nation[TOTAL]["reason"] == (None if national else "coverage")
    assert nation[STAY]["shown"] is None, "the rule holds for each cell: here only half of the inhabitants are shown"


def test_unknown_inhabitants_leave_rate_and_nation_missing() -> None:
    found = protected(cells(("2015HJ01", "0788", TOTAL, 400, None)), people(("2015HJ01", "0788", None)), Protection(), KEY)
    assert found.select("region", "rate").rows() == [("GM0788", None), ("NL01", None)]
    assert found.filter(pl.col("region") == "GM0788")["shown"].item() is not None


@pytest.mark.parametrize("rounding", ["keyed", "nearest"])
@pytest.mark.parametrize("threshold", ["secret", "fixed"])
def test_what_a_rule_says_of_itself_is_what_it_does(rounding: str, threshold: str) -> None:
    """The numbers that the published texts give, against what happens to every count up to 40 under many keys."""
    rule = Protection(rounding=rounding, threshold=threshold)  # type: ignore[arg-type]
    difference, hidden, shown_from = 0, set(), set()
    for number in range(40):
        counts = pl.DataFrame({"value": range(41)}).with_columns(
            period=pl.format("p{}", "value"), municipality=pl.lit("0518"), content=pl.lit("T001024"), reason=pl.lit(None, pl.String)
        )
        places = counts.select("period", "municipality", inhabitants=pl.lit(1000))
        shown = protected(counts, places, rule, bytes([number] * 32)).filter(pl.col("region") == "GM0518")
        for count, value in shown.join(counts.select("period", "value"), on="period").select("value", "shown").iter_rows():
            if value is None:
                hidden.add(count)
            else:
                shown_from.add(value)
                difference = max(difference, abs(value - count))
    assert difference == rule.largest_difference == rule.describe()["largest_difference"]
    assert max(hidden) == rule.last_sometimes_secret
    assert set(range(rule.last_always_secret + 1)) <= hidden
    assert min(shown_from) == rule.smallest_shown


def test_keyed_rounding_is_unbiased_over_the_keys() -> None:
    counts = [draw(KEY, "t", f"GM{i:04}", TOTAL) for i in range(5000)]
    for rest in range(5):
        ups = sum(rest > turn for turn in counts) / len(counts)
        assert abs(ups - rest / 5) < 0.03
