"""The audit against brute force: every set of counts and draws that explains the figures of one small municipality, tried one by one."""

from __future__ import annotations

from collections import defaultdict
from itertools import product
from typing import TYPE_CHECKING

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from gmsd.attack import CELLS, Method, PublicRelease, Truth, audit
from gmsd.attack.method import TRUTH, PublishedColumn, Rounding
from gmsd.tables import Content

if TYPE_CHECKING:
    from collections.abc import Callable

SMALL = Rounding(base=2, smallest_shown=4, first_shown=3)
FIXED = Rounding(base=3, smallest_shown=3, first_shown=2, keyed=False, secret=False)
BOTH, ONE, OTHER = frozenset({1, 2}), frozenset({1}), frozenset({2})
T, A, B = Content("T", "clients", BOTH), Content("A", "clients", ONE), Content("B", "clients", OTHER)
N1, N2 = Content("N1", "clients", BOTH, (1, 1)), Content("N2", "clients", BOTH, (2, None))
BEGIN, IN, OUT = Content("begin", "begin", BOTH), Content("in", "entering", BOTH), Content("out", "leaving", BOTH)
HALVES = ("2019HJ01", "2019HJ02")
YEARS = {"2019JJ00": HALVES}
Key = tuple[str, str, str]
"""Release, period and content."""
Point = dict[Key, int]


def figure(rule: Rounding, count: int, turn: int, late: int) -> int | None:
    """Written again from the words of the rule."""
    if count < rule.first_shown + (late if rule.secret else 0):
        return None
    below = count // rule.base * rule.base
    rest = count - below
    up = rest > turn if rule.keyed else 2 * rest > rule.base
    return max(rule.smallest_shown, below + (rule.base if up else 0))


class World:
    """What is published of one municipality, and what brute force leaves of it."""

    def __init__(self, contents: tuple[Content, ...], rule: Rounding, draw_of: dict[str, str], within: dict[str, str]) -> None:
        self.contents, self.rule, self.draw_of, self.within = contents, rule, draw_of, within

    def figures(self, truth: Point, draws: dict[str, tuple[int, int]]) -> dict[Key, int | None]:
        shown: dict[Key, int | None] = {}
        for key, count in truth.items():
            shown[key] = figure(self.rule, count, *draws[self.draw_of[key[2]]])
        for key in truth:
            if key[2] in self.within:
                mine, whole = shown[key], shown[key[0], key[1], self.within[key[2]]]
                shown[key] = None if mine is None or whole is None else min(mine, whole)
        return shown

    def left(self, told: dict[Key, int | None], holds: Callable[[Point], bool], most: int) -> dict[Key, set[int]]:
        """For each count the values it takes in some explanation."""
        left: dict[Key, set[int]] = defaultdict(set)
        names = sorted(set(self.draw_of.values()))
        pairs = list(product(range(self.rule.turns), range(self.rule.thresholds)))
        tried = set()
        for chosen in product(pairs, repeat=len(names)):
            draws = dict(zip(names, chosen, strict=True))
            fits = self._fits(told, draws, most)
            # What of other draws allows the same counts, and holds a part down alike, has the same explanations.
            alike = (fits, tuple(draws[self.draw_of[name]] for name in self.within))
            if alike in tried:
                continue
            tried.add(alike)
            for counts in product(*fits):
                point = dict(zip(told, counts, strict=True))
                if holds(point) and self.figures(point, draws) == told:
                    for key, count in point.items():
                        left[key].add(count)
        return left

    def _fits(self, told: dict[Key, int | None], draws: dict[str, tuple[int, int]], most: int) -> tuple[tuple[int, ...], ...]:
        """For each figure the counts that these draws show so; of a part that is held down by the whole, those that may be."""
        fits = []
        for key, shown in told.items():
            would = [(count, figure(self.rule, count, *draws[self.draw_of[key[2]]])) for count in range(most + 1)]
            if key[2] not in self.within:
                fits.append(tuple(count for count, each in would if each == shown))
            else:
                fits.append(tuple(count for count, each in would if shown is None or (each or -1) >= shown))
        return tuple(fits)

    def audited(self, told: dict[Key, int | None], truth: Point | None) -> set[Key]:
        method = Method(
            contents=self.contents,
            columns=tuple(
                PublishedColumn("T1", "count", each.name, each.name, self.draw_of[each.name], self.rule, within=self.within.get(each.name))
                for each in self.contents
            ),
            years=YEARS,
            continuity=False,
        )
        releases = []
        for release in dict.fromkeys(key[0] for key in told):
            rows = [("T1", "count", period, "GM0001", content, told[r, period, content]) for r, period, content in told if r == release]
            cells = pl.DataFrame(rows, schema=CELLS, orient="row")
            people = pl.DataFrame(
                {"period": [], "municipality": [], "inhabitants": []},
                schema=dict.fromkeys(("period", "municipality"), pl.String) | {"inhabitants": pl.Int64},
            )
            delivered = cells.select("period", "region").unique()
            releases.append(PublicRelease(release, cells, people, delivered=delivered))
        known = None
        if truth is not None:
            rows = [(release, content, period, "GM0001", value) for (release, period, content), value in truth.items()]
            known = Truth(pl.DataFrame(rows, schema=TRUTH, orient="row"))
        result = audit(releases, method, known, processes=1)
        assert not result.faults, result.faults
        assert all(each.settled for each in result.disclosed)
        assert result.cells == len(told)
        return {(each.release_id, each.period, each.content) for each in result.disclosed}


def disclosed(told: dict[Key, int | None], left: dict[Key, set[int]]) -> set[Key]:
    return {key for key, shown in told.items() if len(left[key]) < (3 if shown is None else 2)}


draws_of = st.tuples(st.integers(0, 1), st.integers(0, 1))


@given(st.tuples(*[st.integers(0, 5)] * 3), st.lists(draws_of, min_size=5, max_size=5), st.booleans(), st.booleans())
@settings(max_examples=25, deadline=None)
def test_groups_and_numbers_of_arrangements(
    persons: tuple[int, int, int], drawn: list[tuple[int, int]], one_draw: bool, known: bool
) -> None:
    """Persons with one arrangement of A, of B, and with one of each."""
    only_a, only_b, both = persons
    truth = {
        ("r1", "2019HJ01", name): count
        for name, count in {"T": only_a + only_b + both, "A": only_a + both, "B": only_b + both, "N1": only_a + only_b, "N2": both}.items()
    }
    world = World((T, A, B, N1, N2), SMALL, {name: "one" if one_draw else name for name in ("T", "A", "B", "N1", "N2")}, {"A": "T"})
    told = world.figures(
        truth, dict(zip(["one"] * 5 if one_draw else ["T", "A", "B", "N1", "N2"], drawn[:1] * 5 if one_draw else drawn, strict=True))
    )

    def holds(point: Point) -> bool:
        t, a, b, n1, n2 = (point["r1", "2019HJ01", name] for name in ("T", "A", "B", "N1", "N2"))
        return max(a, b) <= t <= a + b and n1 + n2 == t and a + b <= n1 + 2 * n2

    left = world.left(told, holds, 18)
    assert all(count in left[key] for key, count in truth.items())
    assert world.audited(told, truth if known else None) == disclosed(told, left)


@given(
    st.tuples(*[st.integers(0, 6)] * 3),
    st.tuples(st.integers(-1, 1), st.integers(-1, 1)),
    st.lists(draws_of, min_size=2, max_size=2),
    st.booleans(),
)
@settings(max_examples=25, deadline=None)
def test_two_releases_one_client_apart(
    start: tuple[int, int, int], moved: tuple[int, int], drawn: list[tuple[int, int]], nearest: bool
) -> None:
    part, rest, _ = start
    change_part, change_rest = moved
    before = (part + rest, part)
    after_part = max(0, part + change_part)
    after_whole = max(after_part, min(before[0] + 1, max(before[0] - 1, after_part + max(0, rest + change_rest))))
    truth = {
        ("r1", "2019HJ01", "T"): before[0],
        ("r1", "2019HJ01", "A"): before[1],
        ("r2", "2019HJ01", "T"): after_whole,
        ("r2", "2019HJ01", "A"): after_part,
    }
    same = before == (after_whole, after_part)
    apart = abs(after_whole - before[0]) <= 1 and abs(after_part - before[1]) <= 1
    world = World((T, A), FIXED if nearest else SMALL, {"T": "T", "A": "A"}, {})
    told = world.figures(truth, dict(zip("TA", [(0, 0)] * 2 if nearest else drawn, strict=True)))

    def holds(point: Point) -> bool:
        first, second = ([point[release, "2019HJ01", name] for name in "TA"] for release in ("r1", "r2"))
        most = 0 if same else 1 if apart else 99
        return first[1] <= first[0] and second[1] <= second[0] and all(abs(x - y) <= most for x, y in zip(first, second, strict=True))

    left = world.left(told, holds, 14)
    assert world.audited(told, truth) == disclosed(told, left)


@given(st.tuples(*[st.integers(0, 5)] * 3), draws_of)
@settings(max_examples=25, deadline=None)
def test_halves_and_year_share_their_draws(persons: tuple[int, int, int], drawn: tuple[int, int]) -> None:
    first, second, both = persons
    truth = {("r1", HALVES[0], "T"): first + both, ("r1", HALVES[1], "T"): second + both, ("r1", "2019JJ00", "T"): first + second + both}
    world = World((T,), SMALL, {"T": "T"}, {})
    told = world.figures(truth, {"T": drawn})

    def holds(point: Point) -> bool:
        h1, h2, year = (point["r1", period, "T"] for period in (*HALVES, "2019JJ00"))
        return max(h1, h2) <= year <= h1 + h2

    left = world.left(told, holds, 22)
    assert world.audited(told, truth) == disclosed(told, left)
    assert world.audited(told, None) == disclosed(told, left)


@given(st.tuples(*[st.integers(0, 5)] * 4), st.lists(draws_of, min_size=5, max_size=5), st.booleans())
@settings(max_examples=20, deadline=None)
def test_stocks_and_flows(drawn_counts: tuple[int, int, int, int], drawn: list[tuple[int, int]], one_draw: bool) -> None:
    begin, entering, leaving, unknown = drawn_counts
    ran = begin + entering
    clients = max(0, ran - unknown)
    names = ("T", "begin", "in", "out")
    truth = {("r1", "2019HJ01", name): count for name, count in zip(names, (clients, begin, entering, min(leaving, ran)), strict=True)}
    world = World((T, BEGIN, IN, OUT), SMALL, {name: "one" if one_draw else name for name in names}, {})
    told = world.figures(truth, {name: drawn[0] if one_draw else drawn[n] for n, name in enumerate(["one"] if one_draw else names)})

    def holds(point: Point) -> bool:
        t, b, i, o = (point["r1", "2019HJ01", name] for name in names)
        return t <= b + i and o <= b + i

    left = world.left(told, holds, 14)
    assert world.audited(told, truth) == disclosed(told, left)
