"""Chances of counts beside those of SciPy's own distribution."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from gmsd.attack.likelihood import chance_up_to, log_chance


@pytest.mark.parametrize("spread", [0.05, 0.5, 1.0, 3.0, 80.0])
def test_chances_are_those_of_the_negative_binomial_distribution(spread: float) -> None:
    drawn = np.random.default_rng(1)
    number = np.concatenate([[0, 0, 1, 30_000], drawn.integers(0, 3_000, 2_000)])
    chance = np.concatenate([[1e-6, 1 - 1e-9, 0.5, 1e-3], drawn.uniform(1e-4, 0.9999, 2_000)])
    assert np.allclose(log_chance(number, spread, chance), stats.nbinom.logpmf(number, spread, chance), rtol=1e-12, atol=1e-12)
    assert np.allclose(chance_up_to(number, spread, chance), stats.nbinom.cdf(number, spread, chance), rtol=1e-12, atol=1e-15)
