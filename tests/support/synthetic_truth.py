"""True counts of made-up municipalities: persons with arrangements, of which every published content is counted, so that all counts agree.

The shapes are those of docs/domain.md: 355 municipalities of real size, about one inhabitant in fifteen a client, three in five with one
arrangement, verblijf en opvang rare outside the large cities, halves delivered each by itself. Nobody in it exists.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

CATEGORIES = tuple(range(1, 19))
PERIODS = ("2019HJ01", "2019HJ02", "2019JJ00")
STAY = (15, 16, 17, 18)
ARRANGEMENT_GROUPS = {
    "T001024": CATEGORIES,
    "A019506": (2, 3, 4, 6, 7, 9, 10),
    "A019507": (1,),
    "A019508": STAY,
    "A019509": (5, 8, 11, 12, 13, 14),
}
CLIENT_GROUPS = {**ARRANGEMENT_GROUPS, "A048188": tuple(range(1, 15))} | {f"{each:02}": (each,) for each in CATEGORIES if each != 1}
NUMBERS = (1, 2, 3, 4, 5, 6)
FLOWS = {"stand": "begin", "in": "entering", "out": "leaving"}
_SHARES = np.array([28, 15, 1, 1, 2, 3, 9, 4, 1, 3, 9, 12, 7, 3, 1.2, 0.25, 0.03, 0.12])
_SELDOM_USED = {3: 0.6, 4: 0.7, 5: 0.6, 9: 0.5, 10: 0.7, 17: 0.4, 18: 0.5}
_RUNNING = 3


def contents() -> tuple[tuple[str, str, tuple[int, ...], int | None], ...]:
    """(name, unit, categories, number of arrangements) of everything that the Wmo tables publish of a municipality and period."""
    clients = [(name, "clients", held, None) for name, held in CLIENT_GROUPS.items()]
    numbers = [(f"number|{number}", "clients", CATEGORIES, number) for number in NUMBERS]
    flows = [(f"{word}|{name}", unit, held, None) for word, unit in FLOWS.items() for name, held in ARRANGEMENT_GROUPS.items()]
    return (*clients, *numbers, *flows)


@dataclass(frozen=True, slots=True)
class Register:
    """Arrangements.

    `place` is the position of the municipality, `person` unique in the country (-1 = unknown), `start` 0 before the year and 1 or 2 in a
    half, `end` 1 or 2 in a half and 3 running; `in_first` and `in_second` say whether the file of a half holds it.
    """

    places: tuple[str, ...]
    inhabitants: np.ndarray
    place: np.ndarray = field(repr=False)
    person: np.ndarray = field(repr=False)
    category: np.ndarray = field(repr=False)
    start: np.ndarray = field(repr=False)
    end: np.ndarray = field(repr=False)
    in_first: np.ndarray = field(repr=False)
    in_second: np.ndarray = field(repr=False)

    def taken(self, rows: np.ndarray) -> Register:
        held = {name: getattr(self, name)[rows] for name in _COLUMNS}
        return replace(self, **held)

    def joined(self, other: Register) -> Register:
        held = {name: np.concatenate([getattr(self, name), getattr(other, name)]) for name in _COLUMNS}
        return replace(self, **held)


_COLUMNS = ("place", "person", "category", "start", "end", "in_first", "in_second")


def sizes(number: int, rng: np.random.Generator) -> np.ndarray:
    """Inhabitants of so many municipalities: half of them below 28,000, a few above 250,000, the smallest about a thousand."""
    drawn = np.exp(rng.normal(np.log(28_000), 0.85, number))
    return np.clip(drawn, 950, 870_000).astype(np.int64)


def register(number: int = 355, seed: int = 1, *, careful: float = 0.5, inhabitants: np.ndarray | None = None) -> Register:
    """Draw persons and their arrangements.

    Args:
        number: How many municipalities.
        seed: Of the draws.
        careful: The share of municipalities whose two files agree with each other; in the others one record in 300 is in one file only.
        inhabitants: Of each municipality; drawn when None.
    """
    rng = np.random.default_rng(seed)
    people = sizes(number, rng) if inhabitants is None else inhabitants
    clients = rng.poisson(people * 0.065 * np.exp(rng.normal(0, 0.2, number)))
    home = np.repeat(np.arange(number), clients)
    size = rng.choice(np.arange(1, 9), clients.sum(), p=[0.56, 0.24, 0.1, 0.05, 0.025, 0.015, 0.006, 0.004])
    place, person = np.repeat(home, size), np.repeat(np.arange(len(home)), size)
    shares = np.tile(_SHARES, (number, 1)) * np.exp(rng.normal(0, 0.3, (number, 18)))
    shares[:, 14:] *= (np.exp(rng.normal(-1.4, 1.0, number)) * np.where(people > 120_000, 3, 1))[:, None]
    for category, used in _SELDOM_USED.items():
        shares[:, category - 1] *= rng.random(number) < used
    edges = np.cumsum(shares / shares.sum(1, keepdims=True), axis=1)
    category = 1 + (rng.random(len(place))[:, None] > edges[place]).sum(1).clip(0, 17)
    start = rng.choice([0, 1, 2], len(place), p=[0.7, 0.16, 0.14])
    end = np.maximum(rng.choice([1, 2, _RUNNING], len(place), p=[0.1, 0.12, 0.78]), np.maximum(start, 1))
    careless = (rng.random(number) >= careful)[place]
    lost = careless & (rng.random(len(place)) < 1 / 300)
    first_lost = rng.random(len(place)) < 0.5
    unknown = careless & (rng.random(len(place)) < 0.002)
    return Register(
        places=tuple(f"{position + 1:04}" for position in range(number)),
        inhabitants=people,
        place=place,
        person=np.where(unknown, -1, person),
        category=category,
        start=start,
        end=end,
        in_first=(start <= 1) & ~(lost & first_lost),
        in_second=(end >= 2) & ~(lost & ~first_lost),
    )


def corrected(before: Register, share: float, seed: int, *, stay: bool = False) -> Register:
    """A redelivery in which such a share of the municipalities has one client more or less; `stay`: a client of verblijf en opvang."""
    rng = np.random.default_rng(seed)
    chosen = np.flatnonzero(rng.random(len(before.places)) < share)
    known = before.person >= 0
    candidates = known & np.isin(before.category, STAY) if stay else known
    gone, came = [], []
    next_person = int(before.person.max()) + 1
    order = np.argsort(before.place, kind="stable")
    bounds = np.searchsorted(before.place[order], np.arange(len(before.places) + 1))
    for position in chosen:
        rows = order[bounds[position] : bounds[position + 1]]
        held = rows[candidates[rows]]
        if len(held) and rng.random() < 0.5:
            gone.append(rows[before.person[rows] == before.person[rng.choice(held)]])
        else:
            source = rng.choice(np.flatnonzero(candidates)) if not len(held) else rng.choice(held)
            copied = before.taken(np.flatnonzero(before.person == before.person[source]))
            came.append(replace(copied, place=np.full(len(copied.place), position), person=np.full(len(copied.place), next_person)))
            next_person += 1
    kept = np.ones(len(before.place), dtype=bool)
    kept[np.concatenate(gone) if gone else []] = False
    after = before.taken(np.flatnonzero(kept))
    for each in came:
        after = after.joined(each)
    return after


def counts(held: Register) -> pl.DataFrame:
    """`period`, `municipality`, `content`, `value`: every content of every municipality and period, zeros included."""
    frames = []
    for period in PERIODS:
        table = np.column_stack([values for _, values in _counted(held, period)])
        names = [name for name, *_ in contents()]
        frame = pl.DataFrame(table, schema=names, orient="row").with_columns(municipality=pl.Series(held.places), period=pl.lit(period))
        frames.append(frame.unpivot(names, index=["period", "municipality"], variable_name="content", value_name="value"))
    return pl.concat(frames).with_columns(pl.col("value").cast(pl.Int64))


def _counted(held: Register, period: str) -> list[tuple[str, np.ndarray]]:
    end_told = np.where(held.in_second, held.end, np.where(held.end == 1, 1, _RUNNING))
    if period.endswith("HJ01"):
        scope, begin, leaving = held.in_first, held.start == 0, held.end == 1
    elif period.endswith("HJ02"):
        scope, begin, leaving = held.in_second, held.start < 2, held.end == 2
    else:
        scope, begin, leaving = held.in_first | held.in_second, held.start == 0, end_told < _RUNNING
    number, rows = len(held.places), np.flatnonzero(scope)
    place, category = held.place[rows], held.category[rows]
    flows = {"stand": begin[rows], "in": ~begin[rows], "out": leaving[rows]}
    known = held.person[rows] >= 0
    persons, person = np.unique(held.person[rows][known], return_inverse=True)
    home = np.zeros(len(persons), dtype=np.int64)
    home[person] = place[known]
    uses = np.zeros((len(persons), 19), dtype=bool)
    uses[person, category[known]] = True
    several = np.minimum(np.bincount(person, minlength=len(persons)), NUMBERS[-1])
    made = []
    for name, unit, categories, how_many in contents():
        if unit == "clients":
            chosen = several == how_many if how_many else uses[:, list(categories)].any(1)
            made.append((name, np.bincount(home[chosen], minlength=number)))
        else:
            chosen = flows[name.split("|")[0]] & np.isin(category, categories)
            made.append((name, np.bincount(place[chosen], minlength=number)))
    return made


def series(
    number: int, releases: int, seed: int = 1, *, share: float = 0.3, stay: bool = False, careful: float = 0.5
) -> list[pl.DataFrame]:
    """True counts of so many releases, each corrected by one client in a share of the municipalities."""
    held = register(number, seed, careful=careful)
    made = [counts(held)]
    for release in range(1, releases):
        held = corrected(held, share, seed * 1000 + release, stay=stay)
        made.append(counts(held))
    return made


def chosen_register(people: Sequence[int], seed: int = 1, *, careful: float = 0.5) -> Register:
    """A register of municipalities with so many inhabitants each."""
    return register(len(people), seed, careful=careful, inhabitants=np.array(people, dtype=np.int64))
