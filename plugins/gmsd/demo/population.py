"""The synthetic population of a municipality: whose support under the three laws it is, in which household, born when, living where.

The register of the Wmo (`register`) is part of it and stays what it was: its places are the first rows here, in order. Beside them stand
rows of persons who have support by the Jeugdwet or the Participatiewet only. Every row is a place with a cycle, as there: somebody holds
it, then somebody new. A row may carry support by several laws, and rows may belong to one household: *led* by another row, with whose
holder they come and go. So persons and households of several laws are the same on every day, in every file.

How many persons and households combine which laws follows CBS, "Gebruik voorzieningen sociaal domein" (`combinations.csv`: Utrecht and
Utrechtse Heuvelrug 2024, 85994NED; Heerlen first half of 2023, 85637NED; Zutphen 2022, 85375NED; Tiel 2019, 86193NED; "." there is 5 here);
other municipalities are a mixture of those of their size [assumed]. The clients of the Wmo are those of its register, whatever the table
says. Durations of measures follow CBS's stocks and flows of 2019 (Kerncijfers over jeugdzorg).
"""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from gmsd import reference
from gmsd.demo.register import EPOCH, HOLDERS, Flags, Floats, Ints, random_for, register_of, size_of, spare_bsns
from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    from gmsd.demo.register import Register

KINDS = ("J", "P", "W", "JP", "JW", "PW", "JPW")
FIRST, LAST = HalfYear(2017, 1), HalfYear(2023, 2)
"""The half-years that files of the Jeugdwet and the Participatiewet exist for: BSNs do not suffice for more holders of a place."""
FORMS = ("31", "32", "33", "34", "35", "36", "37", "38", "OTS", "VOOGDIJ", "JR")
_YEAR = 365.25
_FIRST_DAY, _LAST_DAY = (FIRST.first_day - EPOCH).days, (LAST.last_day - EPOCH).days

# Rows of the Jeugdwet by what they are: supervision order, guardianship, probation, other. Shares of rows, and days between which a cycle
# lies: the harmonic mean of each is CBS's stock of 2019 over its inflow (20,845 / 9,330, 9,900 / 1,345 and 5,980 / 5,730 a year).
_MEASURES = ((0.086, 500, 1250), (0.040, 1800, 3900), (0.026, 250, 580), (0.848, 450, 1700))
_OTHER = 3
# Other forms: 31-34 without stay (district team, ambulatory, day, network), 35-38 with stay (foster, family-like, secure, other) [assumed].
_FORM_WEIGHTS = (0.20, 0.56, 0.05, 0.06, 0.055, 0.02, 0.005, 0.05)
_SECOND_FORM = 0.25
_BENEFIT_CYCLE = (500, 3200)  # a quarter of the benefits begins within a year
_GAP = 30  # on average this many days of a cycle nobody has support
_WMO_GAP = 75
_WMO_CYCLE = (1200, 3600)
# Who has support by the Participatiewet has assistance, and some of them are helped to work, or is only helped to work (CBS, 83747NED,
# 2016: 28 % of those with assistance, and 45,000 of 560,000 without).
_ASSISTANCE, _HELPED = 0.92, 0.28
_SHARED_HOUSEHOLD = 0.10  # of the rows of the Wmo that nothing else is known of: with another of them in one household
_ROLE_CHILD, _ROLE_YOUNG, _ROLE_ADULT, _ROLE_OLD, _ROLE_SMALL_CHILD, _ROLE_WORKING = range(6)
# Years of age when a place is taken over, by role: from, to.
_AGES = np.array([(1.0, 16.5), (18.0, 19.5), (18.2, 54.0), (62.0, 94.0), (2.0, 7.5), (22.0, 55.0)])
_OLD_SHARE = 0.72
_MOVES_AFTER = 60  # days after handing a place on
_MOVERS, _SHELTER_MOVERS = 0.05, 0.35  # who came or went within a year; of who is in shelter [assumed]
_SAME_PROVINCE = 0.8
_SHELTER_FROM = 15  # product categories 15 to 18 of the Wmo
_LONG = 2000  # days: who is not small then grows out of care
_ADULT_FROM, _YOUTH_TO, _PENSION = 18.0, 23.0, 66.5


@dataclass(frozen=True)
class Residences:
    """Where the holders of a municipality's places came from, and where they went to."""

    seed: int
    register: Register
    size: int

    @cached_property
    def drawn(self) -> tuple[Floats, Ints, Ints]:
        """For each row and holder: the years lived here before taking the place over, where before that, and where some months after it."""
        random = random_for(self.seed, self.register.municipality, 2)
        moving = np.full(self.size, _MOVERS)
        moving[self.register.place[self.register.category >= _SHELTER_FROM]] = _SHELTER_MOVERS
        came, went = random.random((2, self.size, HOLDERS)) < moving[:, np.newaxis]
        lived = np.where(came, 0.0, 1.0) + random.random((self.size, HOLDERS)) * np.where(came, 1.0, 30.0)
        origin, destination = _elsewhere(random, self.register.municipality, (2, self.size, HOLDERS))
        return lived, origin, np.where(went, destination, int(self.register.municipality))


@dataclass(frozen=True, slots=True)
class Population:
    """Rows of one municipality; days count from `register.EPOCH`. The first `len(register places)` rows are those of the Wmo's register.

    Attributes:
        lead: The row whose holder the household is called after.
        follows: The row has a cycle of its own, and belongs to whoever leads on the day that is asked about.
        wmo, youth, benefit: Which laws the holders have support by.
        form: Of youth care, as an index in FORMS; `second` another one, or -1.
        assistance, work: General assistance, help to work.
        delay, early: Days after taking over, and before handing on, without support by the Jeugdwet and the Participatiewet.
        age: Years of age of each holder when the place is taken over.
        female: Whether a holder is a woman.
        first_bsn: Where the row's own BSNs begin in `spare`; rows of the Wmo have those of the register.
        first_holder: The first holder that has one.
        variant: A number for whatever else is chosen once for a row.
        residences: Where holders came from and went to; made when it is asked for.
    """

    register: Register
    cycle: Ints
    offset: Ints
    lead: Ints
    follows: Flags
    wmo: Flags
    youth: Flags
    benefit: Flags
    form: Ints
    second: Ints
    assistance: Flags
    work: Flags
    delay: Ints
    early: Ints
    age: Floats
    female: Flags
    spare: Ints
    first_bsn: Ints
    first_holder: Ints
    variant: Ints
    residences: Residences

    def held(self, rows: Ints, first: int, last: int) -> tuple[Ints, Ints]:
        """Rows and the numbers of their holders on at least one day from first to last, one line for each holder."""
        begin = (first + self.offset[rows]) // self.cycle[rows]
        count = (last + self.offset[rows]) // self.cycle[rows] - begin + 1
        every = np.repeat(np.arange(len(rows)), count)
        nth = np.arange(len(every)) - np.repeat(np.cumsum(count) - count, count)
        return rows[every], begin[every] + nth

    def taken_over(self, rows: Ints, holders: Ints) -> Ints:
        """The day on which a holder takes a place over."""
        days: Ints = holders * self.cycle[rows] - self.offset[rows]
        return days

    def bsn(self, rows: Ints, holders: Ints) -> Ints:
        """The BSN of a holder."""
        places = len(self.register.bsns) // HOLDERS
        own = rows < places
        numbers = np.empty(len(rows), dtype=np.int64)
        numbers[own] = self.register.bsns[rows[own] * HOLDERS + holders[own]]
        others = ~own
        numbers[others] = self.spare[self.first_bsn[rows[others]] + holders[others] - self.first_holder[rows[others]]]
        return numbers

    def born(self, rows: Ints, holders: Ints) -> Ints:
        """The day on which a holder was born."""
        days: Ints = self.taken_over(rows, holders) - (self.age[rows, holders % HOLDERS] * _YEAR).astype(np.int64)
        return days

    def household(self, rows: Ints, holders: Ints, day: int) -> Ints:
        """The number of a holder's household as it is called on a day (the last of a period); unique in the municipality."""
        lead = self.lead[rows]
        holder = np.where(self.follows[rows], (day + self.offset[lead]) // self.cycle[lead], holders)
        numbers: Ints = lead * 64 + holder
        return numbers

    def residence(self, rows: Ints, holders: Ints, day: int) -> Ints:
        """The municipality, as a number, that a holder lived in on a day."""
        nth, begin = holders % HOLDERS, self.taken_over(rows, holders)
        lived, origin, destination = self.residences.drawn
        came = begin - (np.minimum(lived[rows, nth], self.age[rows, nth]) * _YEAR).astype(np.int64)
        after = day >= begin + self.cycle[rows] + _MOVES_AFTER
        places: Ints = np.where(day < came, origin[rows, nth], np.where(after, destination[rows, nth], int(self.register.municipality)))
        return places

    def supported(self, law: str, first: int, last: int) -> tuple[Ints, Ints, Ints, Ints]:
        """Rows, holders, first and last day of support by the Jeugdwet (`J`) or Participatiewet (`P`) that touches a period.

        Ends are given as they will be.
        """
        rows, holders = self.held(np.flatnonzero(self.youth if law == "J" else self.benefit), first, last)
        begin, born = self.taken_over(rows, holders), self.born(rows, holders)
        ages = (0.0, _YOUTH_TO) if law == "J" else (_ADULT_FROM, _PENSION)
        start = np.maximum(begin + self.delay[rows], born + math.ceil(ages[0] * _YEAR))
        end = np.minimum(begin + self.cycle[rows] - 1 - self.early[rows], born + math.floor(ages[1] * _YEAR) - 1)
        touches = (start <= last) & (end >= first) & (start <= end)
        return rows[touches], holders[touches], start[touches], end[touches]


@dataclass(frozen=True, slots=True)
class _Combination:
    """Clients and households that used a combination of laws in a period of so many days."""

    days: int
    clients: dict[str, float]
    households: dict[str, float]


@cache
def _published() -> dict[str, _Combination]:
    found: dict[str, _Combination] = {}
    text = files("gmsd.demo").joinpath("combinations.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(io.StringIO(text)):
        of = found.setdefault(row["code"], _Combination(int(row["days"]), {}, {}))
        of.clients[row["law"]], of.households[row["law"]] = float(row["clients"]), float(row["households"])
    return found


# Which published municipalities one of a size is a mixture of, up to so many inhabitants, with their weights [assumed].
_MIXTURES = (
    (25_000, {"1581": 0.80, "0301": 0.15, "0281": 0.05}),
    (60_000, {"1581": 0.60, "0301": 0.25, "0281": 0.15}),
    (120_000, {"1581": 0.40, "0301": 0.20, "0281": 0.10, "0917": 0.15, "0344": 0.15}),
    (math.inf, {"1581": 0.15, "0344": 0.75, "0917": 0.10}),
)
# And how much of it, so that the country has what CBS says of it: 435,760 young people in a year (84134NED, 2020), and 13 % of the
# households that use anything more than one law; the Wmo's register is as large as it is.
_COUNTRY = {"J": 0.82, "P": 0.98, "W": 1.0, "JP": 1.2, "JW": 1.2, "PW": 1.25, "JPW": 1.2}


def combinations_of(municipality: str) -> _Combination:
    """What is published of the municipality itself, else the mixture of its size."""
    published = _published()
    if municipality in published:
        return published[municipality]
    size = size_of(municipality)
    parts = next(parts for upper, parts in _MIXTURES if size < upper)

    def mixed(what: str) -> dict[str, float]:
        return {
            kind: _COUNTRY[kind]
            * sum(weight * getattr(published[code], what)[kind] * size / size_of(code) for code, weight in parts.items())
            for kind in KINDS
        }

    return _Combination(365, mixed("clients"), mixed("households"))


def _holders(days: int, low: int, high: int, gap: int = _GAP) -> float:
    """How many holders of a place have support in a period, on average, where cycles lie evenly between two lengths."""
    return 1 + (days - gap) * math.log(high / low) / (high - low)


def _spread(random: np.random.Generator, number: float) -> int:
    """A whole number that is the given one on average."""
    return int(number + random.random())


class _Rows:
    """Rows that are being made: columns that grow."""

    def __init__(self, cycle: Ints, offset: Ints) -> None:
        self.cycle, self.offset = [cycle], [offset]
        self.size = len(cycle)
        self.lead = [np.arange(self.size)]
        self.youth, self.benefit = [np.zeros(self.size, dtype=np.bool_)], [np.zeros(self.size, dtype=np.bool_)]
        self.role = [np.full(self.size, -1)]
        self.measure = [np.full(self.size, _OTHER)]

    def add(self, cycle: Ints, offset: Ints, lead: Ints | None, law: str, role: int, measure: Ints | int = -1) -> Ints:
        """Add rows; without a lead each leads itself. Gives their numbers."""
        numbers = np.arange(self.size, self.size + len(cycle))
        self.size += len(cycle)
        self.cycle.append(cycle)
        self.offset.append(offset)
        self.lead.append(numbers if lead is None else lead)
        self.youth.append(np.full(len(cycle), "J" in law))
        self.benefit.append(np.full(len(cycle), "P" in law))
        self.role.append(np.full(len(cycle), role))
        self.measure.append(np.broadcast_to(np.asarray(measure), len(cycle)) % len(_MEASURES))
        return numbers


@lru_cache(maxsize=4)
def population_of(seed: int, municipality: str) -> Population:
    """The population of a municipality: a pure function of seed and code.

    Raises:
        ValueError: when the municipality's BSNs do not suffice.
    """
    register = register_of(seed, municipality)
    random = random_for(seed, municipality, 1)
    cycle, offset = register.of_places()
    rows = _Rows(cycle, offset)
    kinds = combinations_of(municipality)
    _with_wmo(random, rows, kinds)
    _without_wmo(random, rows, kinds)
    return _finished(seed, random, register, rows)


def _with_wmo(random: np.random.Generator, rows: _Rows, kinds: _Combination) -> None:
    """Give holders of the Wmo's places support by other laws, or somebody in their household who has it."""
    places = rows.size
    per_place = _holders(kinds.days, *_WMO_CYCLE, gap=_WMO_GAP)
    counts = [_spread(random, kinds.households[kind] / per_place) for kind in ("JW", "PW", "JPW")]
    ends = np.cumsum(counts)
    if ends[-1] > places:
        raise ValueError(f"{ends[-1]} households of several laws are more than {places} places")
    order = random.permutation(places)
    with_youth, with_benefit, with_both = order[: ends[0]], order[ends[0] : ends[1]], order[ends[1] : ends[2]]
    all_three = _spread(random, kinds.clients["JPW"] / per_place)
    youth_too = _spread(random, kinds.clients["JW"] / per_place)
    benefit_too = _spread(random, kinds.clients["PW"] / per_place)
    role = rows.role[0]
    role[:] = np.where(random.random(places) < _OLD_SHARE, _ROLE_OLD, _ROLE_ADULT)
    role[order[: ends[2]]] = _ROLE_WORKING
    # One person with all three; else the holder has a benefit and somebody young of the household has care.
    persons = with_both[:all_three]
    others = with_both[all_three:]
    holders = np.concatenate([others, with_benefit])[:benefit_too]
    rows.youth[0][persons], rows.benefit[0][persons], role[persons] = True, True, _ROLE_YOUNG
    rows.benefit[0][holders] = True
    children = with_youth[:youth_too]
    rows.youth[0][children], role[children] = True, _ROLE_SMALL_CHILD
    _beside(rows, np.concatenate([with_youth[youth_too:], others]), "J", _ROLE_SMALL_CHILD)
    _beside(rows, np.setdiff1d(np.concatenate([others, with_benefit]), holders), "P", _ROLE_WORKING)
    alone = order[ends[2] :]
    shared = alone[: 2 * int(len(alone) * _SHARED_HOUSEHOLD / 2)]
    rows.lead[0][shared[1::2]] = shared[::2]


def _beside(rows: _Rows, lead: Ints, law: str, role: int) -> Ints:
    """Somebody in the household of each of these rows, who comes and goes with its holder."""
    cycle, offset, measure = (np.concatenate(column)[lead] for column in (rows.cycle, rows.offset, rows.measure))
    return rows.add(cycle, offset, lead, law, role, measure)


def _without_wmo(random: np.random.Generator, rows: _Rows, kinds: _Combination) -> None:
    """Add the households that the Wmo is no part of, then who is left over of each law into them."""
    other = _MEASURES[-1][1:]
    clients = {"J": kinds.clients["J"] - _expected(rows, "J", kinds.days), "P": kinds.clients["P"] - _expected(rows, "P", kinds.days)}
    per_other = _holders(kinds.days, *other)
    both = _spread(random, kinds.households["JP"] / per_other)
    one_person = min(both, _spread(random, kinds.clients["JP"] / per_other))
    _units(random, rows, one_person, other, "JP", _ROLE_YOUNG)
    parents = _units(random, rows, both - one_person, other, "P", _ROLE_ADULT)
    _beside(rows, parents, "J", _ROLE_CHILD)
    clients = {law: number - len(parents) * per_other for law, number in clients.items()}

    per_youth = sum(share * _holders(kinds.days, low, high) for share, low, high in _MEASURES)
    units = _spread(random, kinds.households["J"] / per_youth)
    edges = np.cumsum([share for share, _, _ in _MEASURES])
    measure = np.searchsorted(edges, random.random(units) * edges[-1], side="right")
    young = np.concatenate(
        [
            _units(random, rows, int((measure == at).sum()), (low, high), "J", _ROLE_CHILD if high < _LONG else _ROLE_SMALL_CHILD, at)
            for at, (_, low, high) in enumerate(_MEASURES)
        ]
    )
    siblings = _spread(random, max(clients["J"] / per_youth - units, 0))
    _beside(rows, random.choice(young, siblings), "J", _ROLE_CHILD)

    per_benefit = _holders(kinds.days, *_BENEFIT_CYCLE)
    units = _spread(random, kinds.households["P"] / per_benefit)
    adults = _units(random, rows, units, _BENEFIT_CYCLE, "P", _ROLE_ADULT)
    partners = _spread(random, max(clients["P"] / per_benefit - units, 0))
    _beside(rows, random.choice(adults, partners), "P", _ROLE_ADULT)


def _expected(rows: _Rows, law: str, days: int) -> float:
    """How many persons of a law only the rows that were put beside others have in a period."""
    places = len(rows.cycle[0])
    cycle = np.concatenate(rows.cycle)[places:]
    of_law = np.concatenate(rows.youth if law == "J" else rows.benefit)[places:]
    return float((1 + (days - _GAP) / cycle[of_law]).sum())


def _units(
    random: np.random.Generator, rows: _Rows, count: int, between: tuple[int, int], law: str, role: int, measure: int = _OTHER
) -> Ints:
    """Rows that lead a household of their own, with cycles that lie evenly between two lengths."""
    cycle = random.integers(*between, size=count)
    return rows.add(cycle, (random.random(count) * cycle).astype(np.int64), None, law, role, measure)


def _finished(seed: int, random: np.random.Generator, register: Register, rows: _Rows) -> Population:
    """Everything that is drawn for each row and holder, whatever they are."""
    cycle, offset, lead = np.concatenate(rows.cycle), np.concatenate(rows.offset), np.concatenate(rows.lead)
    youth, benefit, role, measure = (np.concatenate(each) for each in (rows.youth, rows.benefit, rows.role, rows.measure))
    size, places = rows.size, len(rows.cycle[0])
    wmo = np.arange(size) < places
    first_holder = (_FIRST_DAY + offset) // cycle
    needed = np.where(wmo, 0, (_LAST_DAY + offset) // cycle - first_holder + 1)
    spare = spare_bsns(register)
    if needed.sum() > len(spare):
        raise ValueError(f"municipality {register.municipality} has {len(spare)} spare BSNs, {needed.sum()} asked for")
    form = np.searchsorted(np.cumsum(_FORM_WEIGHTS), random.random(size) * sum(_FORM_WEIGHTS), side="right")
    second = np.where(random.random(size) < _SECOND_FORM, (form + 1 + random.integers(0, 7, size)) % 8, -1)
    assistance = random.random(size) < _ASSISTANCE
    low, high = _AGES[np.maximum(role, 0)].T[..., np.newaxis]
    age = low + (high - low) * random.random((size, HOLDERS))
    return Population(
        register=register,
        cycle=cycle,
        offset=offset,
        lead=lead,
        follows=wmo & (lead != np.arange(size)),
        wmo=wmo,
        youth=youth,
        benefit=benefit,
        form=np.where(measure == _OTHER, form, len(_FORM_WEIGHTS) + measure),
        second=second,
        assistance=assistance,
        work=~assistance | (random.random(size) < _HELPED),
        delay=random.integers(0, _GAP, size),
        early=random.integers(0, _GAP, size),
        age=age,
        female=random.random((size, HOLDERS)) < np.where(role == _ROLE_OLD, 0.65, 0.5)[:, np.newaxis],
        spare=spare,
        first_bsn=np.cumsum(needed) - needed,
        first_holder=first_holder,
        variant=random.integers(0, 1 << 20, size),
        residences=Residences(seed, register, size),
    )


def _elsewhere(random: np.random.Generator, municipality: str, shape: tuple[int, ...]) -> Ints:
    """Other municipalities, as numbers: mostly of the same province."""
    existing = reference.municipalities(HalfYear(2020, 1))
    others = [code for code in sorted(existing) if code != municipality]
    province = reference.municipality(municipality).province
    near = [code for code in others if reference.municipality(code).province == province] or others
    far = random.integers(0, len(others), shape)
    close = random.integers(0, len(near), shape)
    numbers: Ints = np.where(
        random.random(shape) < _SAME_PROVINCE, np.array(near, dtype=np.int64)[close], np.array(others, dtype=np.int64)[far]
    )
    return numbers
