"""The synthetic register of a municipality: persons and their support through the years.

A register is a set of *places*: somebody has support there, and when that ends somebody new takes the place (a renewal process). A place
has a fixed cycle, so who holds it on a given day is arithmetic, not simulation: any half-year can be made on its own, persons keep their
BSN from one half-year to the next, and year figures exceed half-year figures as they do in reality. A *line* is one kind of support
of the holder of a place.

Nothing here is derived from real persons. Rates follow CBS (StatLine 83262NED, 2019); BSNs are numbers 9xxxxxxxx that pass the 11-proef
(not issued), each of which is given to one municipality only; 9999xxxxx is left to hand-made examples.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gmsd import reference
from gmsd.demo.choice import DEFAULT_MUNICIPALITIES, FEW_IN_SHELTER
from gmsd.rounds import HalfYear

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

EPOCH = date(2013, 1, 1)
FIRST_YEAR, LAST_YEAR = 2015, 2027
SIZE_YEAR = HalfYear(2020, 1)
_SIZE_IF_UNKNOWN = 12_000
SHORTEST_CYCLE, LONGEST_CYCLE = 1_200, 3_600  # days
HOLDERS = 6  # the shortest cycle has this many from EPOCH to the end of LAST_YEAR
_BSN_PREFIXES = 9_990_000  # second to eighth digit, 9999xxxxx left out
_BSN_STRIDE = 6_180_341  # has no divisor in common with _BSN_PREFIXES, so that striding visits every prefix once
_PREFIXES_PER_INHABITANT = 0.5
_PREFIXES_SPARE = 250

# Clients as a share of inhabitants: hulp bij het huishouden, ondersteuning thuis, hulpmiddelen en diensten, verblijf en opvang.
_RATE_RANGES = ((0.0257, 0.0289), (0.0162, 0.0238), (0.0312, 0.0385), (0.0013, 0.0037))
_IN_SCOPE_PER_PLACE = 1.04  # places change hands: this many holders of a place per half-year
_MIN_SHELTER_PLACES = 18
_FEW_SHELTER_PLACES = 5

# Product categories of a group with their weights, and the share of holders with a second line in the group.
_CATEGORIES: tuple[tuple[tuple[int, ...], tuple[float, ...], float], ...] = (
    ((1,), (1.0,), 0.02),
    ((2, 3, 4, 6, 7, 9, 10), (0.62, 0.03, 0.02, 0.04, 0.22, 0.04, 0.03), 0.32),
    ((5, 8, 11, 12, 13, 14), (0.03, 0.16, 0.16, 0.39, 0.20, 0.06), 0.24),
    ((15, 16, 17, 18), (0.58, 0.25, 0.06, 0.11), 0.05),
)


@dataclass(frozen=True, slots=True)
class Habits:
    """How a municipality fills its files: the same in every half-year, as its software is."""

    numbers: str  # allocation number: "all", "some" or "none" of the records
    volumes: float  # share of records with volume, unit and frequency
    reasons: bool  # end and change reasons are filled
    unknown_persons: float  # share of lines with BSN 999999999
    duplicates: float  # share of records delivered twice
    out_of_scope: float  # share of records that ended before the half-year
    bom: bool
    crlf: bool


@dataclass(frozen=True, slots=True)
class Register:
    """Lines of support of one municipality; every array has one value per line, days count from EPOCH.

    `u_delivery` and `u_record` are uniform draws that decide, once and for all, what is late, wrong or doubled in a delivery.
    """

    municipality: str
    inhabitants: int
    habits: Habits
    bsns: Ints  # place * generations + generation -> BSN
    place: Ints
    cycle: Ints
    offset: Ints
    category: Ints
    form: Ints
    delay: Ints
    early: Ints
    renewal: Floats
    volume: Ints
    variant: Ints
    u_delivery: Floats
    u_record: Floats
    number_base: int

    def bsn(self, lines: Ints, generations: Ints) -> Ints:
        """BSN of whoever held the place of a line in a generation."""
        numbers: Ints = self.bsns[self.place[lines] * HOLDERS + generations]
        return numbers

    def of_places(self) -> tuple[Ints, Ints]:
        """Cycle and offset of each place; every place has a line."""
        cycle = np.zeros(len(self.bsns) // HOLDERS, dtype=np.int64)
        offset = cycle.copy()
        cycle[self.place], offset[self.place] = self.cycle, self.offset
        return cycle, offset


def random_for(seed: int, municipality: str, *more: int) -> np.random.Generator:
    """A generator that depends on these values only, so that no file depends on which others are made."""
    return np.random.Generator(np.random.PCG64([seed, int(municipality), *more]))


@cache
def size_of(municipality: str) -> int:
    """Inhabitants a register is made for; municipalities without a figure get a plausible size, as the data is synthetic anyway."""
    try:
        return reference.inhabitants(municipality, SIZE_YEAR)
    except reference.InhabitantsUnknownError:
        return _SIZE_IF_UNKNOWN


@cache
def _first_prefix() -> dict[str, int]:
    """Municipality -> where its own range of BSN prefixes begins; ranges follow each other in order of code."""
    first: dict[str, int] = {}
    position = 0
    for municipality in reference.all_municipalities():
        first[municipality.code] = position
        position += int(size_of(municipality.code) * _PREFIXES_PER_INHABITANT) + _PREFIXES_SPARE
    if position > _BSN_PREFIXES:
        raise RuntimeError("the BSN prefixes do not suffice for all municipalities")
    return first


@lru_cache(maxsize=2)
def _all_bsns(municipality: str) -> Ints:
    """Every BSN that belongs to a municipality: nine digits from 9 up, passing the 11-proef, nobody else's."""
    size = int(size_of(municipality) * _PREFIXES_PER_INHABITANT) + _PREFIXES_SPARE
    prefix = (_first_prefix()[municipality] + np.arange(size, dtype=np.int64)) * _BSN_STRIDE % _BSN_PREFIXES
    total = np.full(size, 9 * 9, dtype=np.int64)
    for weight, power in zip((8, 7, 6, 5, 4, 3, 2), (6, 5, 4, 3, 2, 1, 0), strict=True):
        total += weight * (prefix // 10**power % 10)
    check = total % 11
    numbers: Ints = ((9 * 10**7 + prefix) * 10 + check)[check < 10]
    return numbers


def bsns_of(municipality: str, count: int) -> Ints:
    """The first `count` BSNs that belong to a municipality.

    Raises:
        ValueError: when the municipality's range holds fewer.
    """
    numbers = _all_bsns(municipality)
    if count > len(numbers):
        raise ValueError(f"municipality {municipality} has {len(numbers)} BSNs, {count} asked for")
    return numbers[:count]


def spare_bsns(register: Register) -> Ints:
    """The BSNs of a municipality that no file of the Wmo holds: beyond its register, and of holders who would come after the last year."""
    numbers = _all_bsns(register.municipality)
    cycle, offset = register.of_places()
    last = ((date(LAST_YEAR, 12, 31) - EPOCH).days + offset) // cycle
    later = np.arange(HOLDERS) > last[:, np.newaxis]
    return np.concatenate([numbers[len(register.bsns) :], register.bsns.reshape(-1, HOLDERS)[later]])


def _places(random: np.random.Generator, inhabitants: int, municipality: str) -> Ints:
    """One row per place, four columns of 0 or 1: which groups its holder has support of."""
    low, high = np.array(_RATE_RANGES).T
    rates = low + (high - low) * random.random(len(_RATE_RANGES))
    household, home, aids, shelter = rates * inhabitants / _IN_SCOPE_PER_PLACE
    if municipality in FEW_IN_SHELTER:
        shelter = float(_FEW_SHELTER_PLACES)
    elif municipality in DEFAULT_MUNICIPALITIES:
        shelter = max(shelter, float(_MIN_SHELTER_PLACES))
    both, three, at_home = 0.35 * household, 0.07 * household, 0.10 * household
    home_aids, sheltered_home = 0.15 * home, 0.4 * shelter
    profiles = (
        ((1, 0, 0, 0), household - both - three - at_home),
        ((1, 0, 1, 0), both),
        ((1, 1, 0, 0), at_home),
        ((1, 1, 1, 0), three),
        ((0, 1, 1, 0), home_aids),
        ((0, 1, 0, 1), sheltered_home),
        ((0, 1, 0, 0), home - at_home - three - home_aids - sheltered_home),
        ((0, 0, 1, 0), aids - both - three - home_aids),
        ((0, 0, 0, 1), shelter - sheltered_home),
    )
    counts = np.rint([size for _, size in profiles]).astype(np.int64).clip(min=0)
    return random.permutation(np.repeat(np.array([groups for groups, _ in profiles], dtype=np.int64), counts, axis=0))


def _lines(random: np.random.Generator, places: Ints) -> tuple[Ints, Ints, Flags]:
    """Per line its place, product category, and whether it is the second of its group; ordered by place."""
    place, category, second = [], [], []
    for column, (codes, weights, share) in enumerate(_CATEGORIES):
        holders = np.flatnonzero(places[:, column])
        extra = holders[random.random(len(holders)) < share]
        edges = np.cumsum(weights)
        chosen = np.searchsorted(edges, random.random(len(holders) + len(extra)) * edges[-1], side="right")
        place += [holders, extra]
        category.append(np.array(codes, dtype=np.int64)[chosen])
        second += [np.zeros(len(holders), dtype=np.bool_), np.ones(len(extra), dtype=np.bool_)]
    all_places = np.concatenate(place)
    order = np.argsort(all_places, kind="stable")
    return all_places[order], np.concatenate(category)[order], np.concatenate(second)[order]


def _habits(random: np.random.Generator) -> Habits:
    draw = random.random(6)
    return Habits(
        numbers="all" if draw[0] < 0.25 else "some" if draw[0] < 0.65 else "none",
        volumes=(0.0, 0.55, 0.97)[int(draw[1] * 3)],
        reasons=bool(draw[1] > 0.25),
        unknown_persons=0.004 if draw[2] < 0.35 else 0.0,
        duplicates=0.002 if draw[3] < 0.25 else 0.0,
        out_of_scope=0.004 if draw[4] < 0.30 else 0.0,
        bom=bool(draw[5] < 0.2),
        crlf=bool(0.1 < draw[5] < 0.6),
    )


@lru_cache(maxsize=4)
def register_of(seed: int, municipality: str) -> Register:
    """The register of a municipality: a pure function of seed and code."""
    random = random_for(seed, municipality)
    inhabitants = size_of(municipality)
    habits = _habits(random)
    places = _places(random, inhabitants, municipality)
    cycle = random.integers(SHORTEST_CYCLE, LONGEST_CYCLE, size=len(places))
    offset = (random.random(len(places)) * cycle).astype(np.int64)
    place, category, second = _lines(random, places)
    size = len(place)
    delay = (random.random(size) * np.where(second, 700, 60)).astype(np.int64)
    return Register(
        municipality=municipality,
        inhabitants=inhabitants,
        habits=habits,
        bsns=bsns_of(municipality, len(places) * HOLDERS),
        place=place,
        cycle=cycle[place],
        offset=offset[place],
        category=category,
        form=np.where(random.random(size) < 0.08, 2, 1),
        delay=delay,
        early=(random.random(size) * 90).astype(np.int64),
        renewal=np.where(random.random(size) < 0.55, 0.65 + 0.2 * random.random(size), 0.0),
        volume=random.integers(1, 480, size=size),
        variant=random.integers(0, 1 << 20, size=size),
        u_delivery=random.random(size),
        u_record=random.random(size),
        number_base=int(random.integers(10_000_000, 80_000_000)),
    )
