"""A funnel: limits by size, wider where municipalities differ more than by chance."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gmsd.charts import funnel, limits_of


def test_limits_are_those_of_chance_where_nothing_else_is_at_work():
    draw = np.random.default_rng(1)
    people = draw.integers(10_000, 200_000, 300)
    rates = draw.poisson(0.06 * people) / people * 1000
    found = limits_of(rates.tolist(), people.tolist(), 1000)
    assert found.middle == pytest.approx(60, rel=0.02)
    assert found.widening == pytest.approx(1.0, abs=0.1)
    low, high = found.around(50_000)
    assert high - low == pytest.approx(2 * 1.96 * found.widening * math.sqrt(found.middle * 1000 / 50_000))


def test_limits_widen_with_the_usual_differences_and_narrow_with_size():
    draw = np.random.default_rng(2)
    people = draw.integers(10_000, 200_000, 300)
    rates = np.maximum(draw.normal(60, 15, 300), 5)
    found = limits_of(rates.round().astype(int).tolist(), people.tolist(), 1000)
    assert found.widening > 3
    assert found.around(10_000)[1] > found.around(100_000)[1]


def test_too_few_have_no_limits():
    assert limits_of([10] * 9, [1000] * 9, 1000) is None
    assert limits_of([0] * 20, [1000] * 20, 1000) is None


def test_each_municipality_is_a_dot():
    rates, people = list(range(20, 60)), [1_000 * (at + 5) for at in range(40)]
    drawn = funnel(rates, people, limits_of(rates, people, 1000), unit="per 1 000 inwoners", label="Trechter")
    assert drawn.count("<circle") == 40
