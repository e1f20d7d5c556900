"""What a remark says of the published figure, if it is a mistake."""

from __future__ import annotations

import pytest

from gmsd.op_orde.remarks import _if_wrong


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (62.3, 48.1, "zakt uw cijfer van 62 naar 48 per 1.000"),
        (62.3, 62.1, "zakt uw cijfer van 62,3 naar 62,1 per 1.000"),
        (0.66, 0.33, "zakt uw cijfer van 0,7 naar 0,3 per 1.000"),
        (9.6, 12.1, "stijgt uw cijfer van 10 naar 12 per 1.000"),
        (float("nan"), 12.1, "klopt uw cijfer niet"),
    ],
)
def test_the_figure_is_told_as_finely_as_it_takes(before: float, now: float, said: str) -> None:
    assert said in _if_wrong(before, now)
