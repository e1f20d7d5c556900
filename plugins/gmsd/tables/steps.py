"""Small changes of counts, of which the steps of a walk are made: what a client more, an arrangement more or less would do to every count.

Not here: whether a change is possible somewhere (`attack`). A change that never is only costs time.
"""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from gmsd.tables.relations import within_a_period

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gmsd.tables.definition import Content

Change = dict[str, int]
Terms = tuple[tuple[str, int], ...]
_UNITS = ("arrangements", "begin", "entering", "leaving")
_LIVES: tuple[dict[str, tuple[str, ...]], ...] = (
    {"first": ("begin",), "second": ("begin",), "year": ("begin",)},
    {"first": ("begin", "leaving"), "second": (), "year": ("begin", "leaving")},
    {"first": ("begin",), "second": ("begin", "leaving"), "year": ("begin", "leaving")},
    {"first": ("entering", "leaving"), "second": (), "year": ("entering", "leaving")},
    {"first": ("entering",), "second": ("begin", "leaving"), "year": ("entering", "leaving")},
    {"first": ("entering",), "second": ("begin",), "year": ("entering",)},
    {"first": (), "second": ("entering", "leaving"), "year": ("entering", "leaving")},
    {"first": (), "second": ("entering",), "year": ("entering",)},
)
"""As what an arrangement counts in the halves and the year: it began before, in the first or second half, and ended in one or not."""


def lives(contents: Sequence[Content]) -> list[dict[str, Terms]]:
    """One arrangement more through a year, or of another kind or life, as it is counted where both halves tell the same.

    Returns:
        For `first`, `second` and `year` (content, by how much).
    """
    of_kinds = [each for each in contents if each.unit == "begin"]
    made: list[dict[str, Terms]] = []
    for life in _LIVES:
        one = [{role: _counted(contents, leaf, units) for role, units in life.items()} for leaf in of_kinds]
        made += [{role: tuple(terms.items()) for role, terms in each.items()} for each in one]
        made += [{role: _less(first[role], second[role]) for role in life} for first, second in combinations(one, 2)]
    for before, after in combinations(_LIVES, 2):
        for leaf in of_kinds:
            made.append({role: _less(_counted(contents, leaf, before[role]), _counted(contents, leaf, after[role])) for role in before})
    return [each for each in made if any(each.values())]


def _counted(contents: Sequence[Content], leaf: Content, units: Sequence[str]) -> Change:
    return {each.name: 1 for each in contents if each.unit in units and each.categories >= leaf.categories}


def _less(one: Change, other: Change) -> Terms:
    both = {name: one.get(name, 0) - other.get(name, 0) for name in one | other}
    return tuple((name, by) for name, by in both.items() if by)


def small_changes(contents: Sequence[Content]) -> list[Terms]:
    """Small changes of the counts of one period that tend to leave what holds between them as it is; each once, not its opposite too."""
    made: dict[Terms, None] = {}
    for change in (*_single(contents), *_swapped(contents), *_clients(contents)):
        kept = tuple(sorted((name, by) for name, by in change.items() if by))
        if kept and tuple((name, -by) for name, by in kept) not in made:
            made[kept] = None
    return list(made)


def _single(contents: Sequence[Content]) -> Iterator[Change]:
    for each in contents:
        yield {each.name: 1}


def _swapped(contents: Sequence[Content]) -> Iterator[Change]:
    """From one term of a sum to another."""
    for relation in within_a_period(contents):
        if not relation.equal:
            continue
        for (one, first), (other, second) in combinations(relation.terms, 2):
            if abs(first) == abs(second) == 1:
                yield {one: second, other: -first}


def _clients(contents: Sequence[Content]) -> Iterator[Change]:
    """A client more, in some of the groups above a category; with an arrangement more, or as one who has one more."""
    clients = [each for each in contents if each.is_of_clients]
    for leaf in clients:
        above = sorted((each for each in clients if each.categories >= leaf.categories), key=lambda each: len(each.categories))
        whole = {each.name: 1 for each in above}
        below_all = {each.name: 1 for each in above if each.categories != above[-1].categories}
        for end in range(1, len(above) + 1):
            yield {each.name: 1 for each in above[:end]}
        for other in clients:
            if other.name < leaf.name and not other.categories & leaf.categories:
                yield {leaf.name: 1, other.name: -1}
        for extra in _arrangement(contents, leaf):
            yield extra | whole
            for lower, higher in _numbers(contents):
                shift = {lower: -1, higher: 1} if lower else {higher: 1}
                yield extra | shift | (whole if not lower else {leaf.name: 1})
                yield extra | shift | (whole if not lower else below_all)
                yield extra | shift


def _arrangement(contents: Sequence[Content], leaf: Content) -> list[Change]:
    """One arrangement more of the leaf's categories: it began before or in the period, and ended in it or not; and none."""
    held = {unit: _counted(contents, leaf, (unit,)) for unit in _UNITS}
    ran = [held["arrangements"] | held[unit] for unit in ("begin", "entering")]
    return [each for each in (*ran, *(one | held["leaving"] for one in ran)) if each] + [{}]


def _numbers(contents: Sequence[Content]) -> list[tuple[str, str]]:
    """A client who joins, and one who has an arrangement more."""
    numbered = sorted((each for each in contents if each.number is not None), key=lambda each: each.number or (0, None))
    return [("", each.name) for each in numbered[:2]] + [(one.name, other.name) for one, other in pairwise(numbered)]
