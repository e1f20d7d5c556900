"""How others spread: against plain Python, and what the limits do with chance, with differences, and with few."""

import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmsd.op_orde.spread import FEWEST_FOR_LIMITS, FEWEST_OTHERS, limits_of, spread_of

RATES = st.lists(st.one_of(st.none(), st.floats(0, 500, allow_nan=False)), min_size=0, max_size=40)


@given(RATES)
def test_quartiles_and_distance_are_those_of_the_standard_library(rates: list[float | None]) -> None:
    column = np.array([[math.nan if rate is None else rate, 1.0] for rate in rates], dtype=float).reshape(len(rates), 2)
    found = spread_of(column)
    known = [rate for rate in rates if rate is not None]
    if len(known) < FEWEST_OTHERS:
        assert np.isnan(found.quartiles[:, 0]).all()
    else:
        assert found.quartiles[:, 0] == pytest.approx(statistics.quantiles(known, n=4, method="inclusive"))
    if len(known) < FEWEST_FOR_LIMITS:
        assert math.isnan(found.distance[0])
    else:
        middle = statistics.median(known)
        assert found.distance[0] == pytest.approx(statistics.median(abs(rate - middle) for rate in known))


def rates_of(values: list[int], bases: list[int], own: float):
    base = np.array([bases], dtype=float).T
    return limits_of(np.sqrt(np.array([values], dtype=float).T / base), 4 * base, np.array([float(own)]), np.array([False]))


def shares_of(values: list[int], bases: list[int], own: float):
    base = np.array([bases], dtype=float).T
    return limits_of(np.arcsin(np.sqrt(np.array([values], dtype=float).T / base)), 4 * base, np.array([float(own)]), np.array([True]))


def test_where_others_differ_by_chance_only_the_limits_are_those_of_poisson() -> None:
    found = rates_of([100] * 20, [10_000] * 20, 10_000)
    assert found.expected[0] == pytest.approx(100)
    assert found.near[:, 0] == pytest.approx([(10 - 0.98) ** 2, (10 + 0.98) ** 2], abs=0.01)  # exact Poisson: 81 to 121
    assert found.far[0, 0] < found.near[0, 0]
    assert found.far[1, 0] > found.near[1, 0]


def test_of_shares_they_are_those_of_a_binomial() -> None:
    found = shares_of([500] * 20, [1000] * 20, 100)
    assert found.expected[0] == pytest.approx(50)
    assert found.near[:, 0] == pytest.approx([40.2, 59.8], abs=0.2)  # binomial, n = 100
    assert (
        shares_of([990] * 20, [1000] * 20, 100).expected[0] != shares_of([990] * 20, [1000] * 20, 100).expected[0]
    )  # 1 is expected without


def test_what_municipalities_differ_widens_them() -> None:
    narrow = rates_of([600, 610, 590, 605, 595] * 4, [10_000] * 20, 10_000)
    wide = rates_of([300, 900, 600, 450, 750] * 4, [10_000] * 20, 10_000)
    assert wide.near[1, 0] - wide.near[0, 0] > 3 * (narrow.near[1, 0] - narrow.near[0, 0])


def test_one_mistake_of_another_widens_them_little() -> None:
    good = [600, 640, 560, 620, 580, 650, 550, 610, 590, 600] * 2
    before, after = (rates_of(values, [10_000] * 20, 10_000) for values in (good, [*good[:-1], 10]))
    plain = statistics.stdev(math.sqrt(value) for value in [*good[:-1], 10])  # without drawing in the ends
    assert after.near[1, 0] - after.near[0, 0] < 2.5 * (before.near[1, 0] - before.near[0, 0])
    assert after.near[1, 0] - after.near[0, 0] < 0.5 * (2 * 1.96 * plain * 2 * math.sqrt(600))


@pytest.mark.parametrize(
    ("others", "own", "there"), [(20, 10_000, True), (9, 10_000, False), (10, 10_000, True), (20, 90, False), (20, 110, True)]
)
def test_there_are_none_over_few_others_and_where_few_are_expected(others: int, own: int, there: bool) -> None:
    found = rates_of([500] * others, [10_000] * others, own)
    assert math.isnan(found.near[0, 0]) != there


def test_they_narrow_with_size_as_a_funnel_does() -> None:
    widths = []
    for own in (1_000, 10_000, 100_000):
        found = rates_of([600, 640, 560, 620, 580] * 4, [10_000] * 20, own)
        widths.append((found.near[1, 0] - found.near[0, 0]) / own)
    assert widths == sorted(widths, reverse=True)
