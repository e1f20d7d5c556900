"""What a figure leaves of its count, against trying every count and every draw."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gmsd.attack.method import Rounding
from gmsd.attack.windows import NO_LIMIT, Saying, pairs, together, window

roundings = st.builds(
    Rounding,
    base=st.sampled_from([2, 3, 5]),
    smallest_shown=st.sampled_from([5, 10]),
    first_shown=st.integers(2, 9),
    keyed=st.booleans(),
    secret=st.booleans(),
    smallest_up_to=st.sampled_from([None, 12]),
)


def fits(rule: Rounding, saying: Saying, figure: int, count: int, turn: int, late: int) -> bool:
    made = rule.figure(count, turn, late)
    return {
        "nothing": True,
        "missing": made is None,
        "shown": made == figure,
        "at_least": made is not None and made >= figure,
        "rounds_to": rule.rounded(count, turn) == figure,
    }[saying]


@given(roundings, st.sampled_from(["nothing", "missing", "shown", "at_least", "rounds_to"]), st.integers(0, 60))
@settings(max_examples=200, deadline=None)
def test_every_count_and_draw(rule: Rounding, saying: Saying, steps: int) -> None:
    figure = steps * rule.base
    found = window(rule, saying, figure)
    windows, rows = together([found])
    counts = np.arange(figure + 80)
    draws = windows.draws(np.full(len(counts), rows[0]), np.full(len(counts), found.first), counts)
    low, high = windows.limits(rows[0], found.first)
    for count in counts.tolist():
        wanted = [fits(rule, saying, figure, count, turn, late) for turn, late in pairs(rule)]
        assert [bool(draws[count] >> bit & 1) for bit in range(len(wanted))] == wanted
        assert [bool(least <= count <= most) for least, most in zip(low, high, strict=True)] == wanted


def test_the_method_in_use() -> None:
    rule = Rounding()
    assert [(window(rule, "shown", figure).least, window(rule, "shown", figure).most) for figure in (10, 15, 20, 1000)] == [
        (8, 14), (11, 19), (16, 24), (996, 1004),
    ]  # fmt: skip
    assert (window(rule, "missing", 0).least, window(rule, "missing", 0).most) == (0, 11)
    assert window(rule, "at_least", 100).most == NO_LIMIT


def test_a_flat_beginning_keeps_what_can_go_missing_apart() -> None:
    """Shown as 15 means 13 or more, missing 11 or less: more than one client apart."""
    flat = Rounding(smallest_up_to=12)
    assert window(flat, "shown", 15).least - window(flat, "missing", 0).most == 2
    plain = Rounding()
    assert window(plain, "shown", 15).least - window(plain, "missing", 0).most == 0
