"""How often one address may ask."""

from __future__ import annotations

from gmsd.web.site import limits
from gmsd.web.site.limits import Allowance


async def nothing(*_: object) -> None:
    """An application that is never reached."""


def test_an_address_may_ask_as_often_as_the_limit_and_is_refused_above():
    now = [0.0]
    made = Allowance(nothing, per_second=100, ticks=lambda: now[0])
    assert [made.allows("a") for _ in range(201)] == [True] * 200 + [False]
    assert made.allows("b")
    for _ in range(500):
        now[0] += 0.01
        assert made.allows("a")


def test_addresses_are_forgotten_before_they_fill_the_memory(monkeypatch):
    monkeypatch.setattr(limits, "MOST_ADDRESSES", 3)
    made = Allowance(nothing, per_second=1, ticks=lambda: 0.0)
    for each in "abcde":
        made.allows(each)
    assert list(made._left) == ["c", "d", "e"]


def test_who_asks_too_often_gets_as_much_as_the_limit_and_not_nothing():
    now = [0.0]
    made = Allowance(nothing, per_second=100, ticks=lambda: now[0])
    allowed = 0
    for at in range(3000):
        now[0] = at / 300
        allowed += made.allows("a")
    assert 1150 <= allowed <= 1210
