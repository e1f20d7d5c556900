"""What holds between the counts of one municipality because of what they count: inequalities between whole numbers, from set algebra.

Not here: what figures say of counts (`attack`), and relations that hold only nearly: those of arrangements in a year and in its halves.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations, islice, product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gmsd.tables.definition import Content

_RAN = ("begin", "entering")
_FLOWS = ("arrangements", "begin", "entering", "leaving")
Family = tuple["Content", ...]
_MOST_FAMILIES = 64


@dataclass(frozen=True, slots=True)
class Relation:
    """`sum of factor * count <= 0` over contents by name; with `equal` it is equal to 0.

    Attributes:
        terms: (name of the content, factor).
        words: What it says, as an equation.
        equal: Whether both sides are equal.
    """

    terms: tuple[tuple[str, int], ...]
    words: str
    equal: bool = False


def within_a_period(contents: Sequence[Content]) -> tuple[Relation, ...]:
    """Relations between the counts of one period."""
    made: list[Relation] = []
    clients = _by_size([each for each in contents if each.is_of_clients])
    made += _parts_and_wholes(clients, disjoint_adds_up=False)
    for unit in _FLOWS:
        made += _parts_and_wholes(_by_size([each for each in contents if each.unit == unit]), disjoint_adds_up=True)
    made += _parts_and_wholes(_by_size([each for each in contents if each.unit == "remaining"]), disjoint_adds_up=False)
    ran = _ran(contents)
    made += _flows(contents)
    made += _remaining(contents)
    made += _arrangements_of_clients(clients, ran)
    made += _numbers(contents, clients, ran)
    made += _both(contents, clients)
    return tuple(dict.fromkeys(made))


def within_a_year(contents: Sequence[Content]) -> tuple[str, ...]:
    """Names of contents of which a half is at most the year, and the year at most both halves: persons, however often they count.

    Not persons by number of arrangements: who has one in each half has two in the year; nor persons who have two things at once.
    """
    return tuple(each.name for each in contents if each.is_of_clients)


def at_most_the_year(contents: Sequence[Content]) -> tuple[str, ...]:
    """Names of contents of which a half is at most the year, and the year may be more than both halves.

    Who had one thing in the first half and the other in the second has both in the year.
    """
    return tuple(each.name for each in contents if each.also)


def _by_size(contents: Sequence[Content]) -> Family:
    return tuple(sorted(contents, key=lambda each: (len(each.categories), each.name)))


def _is_within(part: Content, whole: Content) -> bool:
    """Whether it counts less; of two contents with the same categories the one that comes first in the alphabet stands within the other."""
    return part.categories < whole.categories or (part.categories == whole.categories and part.name < whole.name)


def _children(whole: Content, among: Family) -> Family:
    """The largest contents that are within it."""
    inside = [each for each in among if _is_within(each, whole)]
    return tuple(each for each in inside if not any(_is_within(each, other) for other in inside))


def _disjoint(family: Family) -> bool:
    return all(not one.categories & other.categories for one, other in combinations(family, 2))


def _covered(family: Family) -> frozenset[int]:
    return frozenset[int]().union(*(each.categories for each in family))


def _sum(family: Family) -> str:
    return " + ".join(each.name for each in family)


def _parts_and_wholes(among: Family, *, disjoint_adds_up: bool) -> Iterator[Relation]:
    """A part is at most its whole, which is at most all its parts together; arrangements of disjoint parts add up."""
    for whole in among:
        parts = _children(whole, among)
        covers = bool(parts) and _covered(parts) == whole.categories
        if disjoint_adds_up and parts and _disjoint(parts):
            terms = (*((part.name, 1) for part in parts), (whole.name, -1))
            yield Relation(terms, f"{_sum(parts)} {'=' if covers else '<='} {whole.name}", equal=covers)
            continue
        for part in parts:
            yield Relation(((part.name, 1), (whole.name, -1)), f"{part.name} <= {whole.name}")
        if covers:
            for cover in _least_covers(whole, parts):
                yield Relation(((whole.name, 1), *((part.name, -1) for part in cover)), f"{whole.name} <= {_sum(cover)}")


def _least_covers(whole: Content, parts: Family) -> Iterator[Family]:
    if _disjoint(parts):
        yield parts
        return
    found: list[set[Content]] = []
    for size in range(1, len(parts) + 1):
        for chosen in combinations(parts, size):
            if _covered(chosen) == whole.categories and not any(each <= set(chosen) for each in found):
                found.append(set(chosen))
                yield chosen


def _ran(contents: Sequence[Content]) -> dict[frozenset[int], tuple[Family, str]]:
    """Categories -> the contents whose sum is the number of arrangements that ran, and its words."""
    by_unit: dict[str, dict[frozenset[int], Content]] = defaultdict(dict)
    for each in contents:
        by_unit[each.unit][each.categories] = each
    both = {
        categories: ((begin, by_unit["entering"][categories]), f"{begin.name} + {by_unit['entering'][categories].name}")
        for categories, begin in by_unit["begin"].items()
        if categories in by_unit["entering"]
    }
    return both | {categories: ((each,), each.name) for categories, each in by_unit["arrangements"].items()}


def _flows(contents: Sequence[Content]) -> Iterator[Relation]:
    by_unit: dict[tuple[str, frozenset[int]], Content] = {(each.unit, each.categories): each for each in contents}
    for (unit, categories), leaving in by_unit.items():
        if unit != "leaving":
            continue
        ran = [by_unit[each, categories] for each in _RAN if (each, categories) in by_unit]
        if len(ran) == len(_RAN):
            yield Relation(((leaving.name, 1), *((each.name, -1) for each in ran)), f"{leaving.name} <= {_sum(tuple(ran))}")
        if ("arrangements", categories) in by_unit:
            whole = by_unit["arrangements", categories]
            yield Relation(((leaving.name, 1), (whole.name, -1)), f"{leaving.name} <= {whole.name}")
            if len(ran) == len(_RAN):
                yield Relation((*((each.name, 1) for each in ran), (whole.name, -1)), f"{_sum(tuple(ran))} = {whole.name}", equal=True)


def _remaining(contents: Sequence[Content]) -> Iterator[Relation]:
    """Who remains is a client, and has an arrangement that began before or in the period and did not end in it."""
    by_unit: dict[tuple[str, frozenset[int]], Content] = {(each.unit, each.categories): each for each in contents if each.number is None}
    for (unit, categories), remaining in by_unit.items():
        if unit != "remaining":
            continue
        if ("clients", categories) in by_unit:
            whole = by_unit["clients", categories]
            yield Relation(((remaining.name, 1), (whole.name, -1)), f"{remaining.name} <= {whole.name}")
        flows = [by_unit.get((each, categories)) for each in ("begin", "entering", "leaving")]
        begin, entering, leaving = flows
        if begin and entering and leaving:
            terms = ((remaining.name, 1), (begin.name, -1), (entering.name, -1), (leaving.name, 1))
            yield Relation(terms, f"{remaining.name} <= {begin.name} + {entering.name} - {leaving.name}")


def _families(categories: frozenset[int], among: Family) -> Iterator[Family]:
    """Disjoint contents within some categories: the largest, then each of these split into its parts or not, and so on."""
    inside = [each for each in among if each.categories <= categories]
    largest = tuple(each for each in inside if not any(_is_within(each, other) for other in inside))
    if not _disjoint(largest):
        return
    for chosen in islice(product(*(tuple(_splits(each, among)) for each in largest)), _MOST_FAMILIES):
        yield tuple(each for part in chosen for each in part)


def _splits(whole: Content, among: Family) -> Iterator[Family]:
    yield (whole,)
    parts = _children(whole, among)
    if parts and _disjoint(parts):
        for chosen in islice(product(*(tuple(_splits(each, among)) for each in parts)), _MOST_FAMILIES):
            yield tuple(each for part in chosen for each in part)


def _says_less(family: Family, among: Family) -> bool:
    """Whether splitting one of it gives a sum that is at least as large, so that a bound on the family follows from one on that."""
    return any(parts and _disjoint(parts) and _covered(parts) == each.categories for each in family for parts in (_children(each, among),))


def _arrangements_of_clients(clients: Family, ran: dict[frozenset[int], tuple[Family, str]]) -> Iterator[Relation]:
    """Every client of disjoint categories has an arrangement in each of them."""
    for categories, (arrangements, words) in ran.items():
        for family in _families(categories, clients):
            if _says_less(family, clients):
                continue
            terms = (*((each.name, 1) for each in family), *((each.name, -1) for each in arrangements))
            yield Relation(terms, f"{_sum(family)} <= {words}")


def _numbers(contents: Sequence[Content], clients: Family, ran: dict[frozenset[int], tuple[Family, str]]) -> Iterator[Relation]:
    """Clients by number of arrangements: they add up to all, have so many arrangements, and stand in no more categories than these."""
    by_categories: dict[frozenset[int], list[Content]] = defaultdict(list)
    for each in contents:
        if each.number is not None:
            by_categories[each.categories].append(each)
    for categories, unsorted in by_categories.items():
        classes = sorted(unsorted, key=_least)
        whole = next((each for each in clients if each.categories == categories), None)
        if whole is not None and _complete(classes):
            yield Relation((*((each.name, 1) for each in classes), (whole.name, -1)), f"{_sum(tuple(classes))} = {whole.name}", equal=True)
        if categories in ran:
            arrangements, words = ran[categories]
            terms = (*((each.name, _least(each)) for each in classes), *((each.name, -1) for each in arrangements))
            yield Relation(terms, f"{' + '.join(f'{_least(each)} {each.name}' for each in classes)} <= {words}")
        if not _complete(classes):
            continue
        for family in _families(categories, tuple(each for each in clients if each.categories < categories)):
            most = len(family)
            if most == 1:
                continue
            caps = [(each.name, min(most, _most(each) or most)) for each in classes]
            capped = " + ".join(f"{cap} {name}" for name, cap in caps)
            yield Relation((*((each.name, 1) for each in family), *((name, -cap) for name, cap in caps)), f"{_sum(family)} <= {capped}")


def _both(contents: Sequence[Content], clients: Family) -> Iterator[Relation]:
    """Who has both stands in each of them; one and the other together, less who has both, stand in what holds both."""
    for both in contents:
        if not both.also:
            continue
        sides = [[each for each in clients if each.categories >= wanted] for wanted in (both.categories, both.also)]
        for side in sides:
            for whole in side:
                yield Relation(((both.name, 1), (whole.name, -1)), f"{both.name} <= {whole.name}")
        exact = [
            [each for each in side if each.categories == wanted] for side, wanted in zip(sides, (both.categories, both.also), strict=True)
        ]
        every = [each for each in clients if each.categories >= both.categories | both.also]
        for one, other, whole in product(*exact, every):
            equal = whole.categories == both.categories | both.also
            terms = ((one.name, 1), (other.name, 1), (both.name, -1), (whole.name, -1))
            yield Relation(terms, f"{one.name} + {other.name} - {both.name} {'=' if equal else '<='} {whole.name}", equal=equal)


def _least(numbered: Content) -> int:
    return 0 if numbered.number is None else numbered.number[0]


def _most(numbered: Content) -> int | None:
    return None if numbered.number is None else numbered.number[1]


def _complete(classes: Sequence[Content]) -> bool:
    """Whether every client is in just one of them."""
    ends = [0, *(_most(each) for each in classes)]
    return ends[-1] is None and all(end is not None and _least(each) == end + 1 for end, each in zip(ends, classes, strict=False))
