"""Synthetic files of the Jeugdwet and the Participatiewet: what a provider of youth care and a municipality's administration would send.

Their shape is ours [assumed]: in reality CBS gets these data by other channels. Persons, households and days are those of `population`, so
whoever has support by more laws has one BSN in all files. A file is a pure function of seed, municipality and half-year.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from gmsd import reference
from gmsd.demo.choice import Choice, municipalities_of
from gmsd.demo.deliveries import UNKNOWN_BSN, DemoDelivery, created_on, dates_of, delivery
from gmsd.demo.population import FIRST, FORMS, LAST, population_of
from gmsd.demo.register import EPOCH, FIRST_YEAR, HOLDERS, LAST_YEAR
from gmsd.rounds import WMO, HalfYear

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gmsd.demo.population import Population
    from gmsd.demo.register import Ints

YOUTH, BENEFIT = "jeugd", "participatie"
LAWS = (WMO, YOUTH, BENEFIT)
YOUTH_COLUMNS = (
    "Aanmaakdatum_bestand",
    "Aanbiedercode",
    "Gemeentecode",
    "BSN",
    "Geboortedatum",
    "Geslacht",
    "Hulpvorm",
    "Startdatum",
    "Einddatum",
    "Reden_beeindiging",
    "Verwijzer",
)
BENEFIT_COLUMNS = (
    "Aanmaakdatum_bestand",
    "Gemeentecode",
    "BSN",
    "Geboortedatum",
    "Huishouden",
    "Soort",
    "Startdatum",
    "Einddatum",
    "Reden_beeindiging",
)
UNBORN_BSN = 0
_UNKNOWN, _UNBORN = 0.002, 0.0004  # shares of records of the Jeugdwet
# As in expectations/jeugd/codes: 31 to 38 youth care; 41 supervision order, 43 guardianship, 51 probation.
_FORM_NUMBERS = np.array([*(int(form) for form in FORMS if form.isdecimal()), 41, 43, 51])
_MEASURES = 3
_YOUTH_REASONS = 4  # 01 to 04 of expectations/jeugd/codes
_REFERRERS = 5  # 01 to 05 of expectations/jeugd/codes
_BENEFIT_REASONS = 5  # as in expectations/participatie/codes
_PROVIDERS_FROM = 98_000_000
_ROWS_PER_PROVIDER, _FEWEST, _MOST = 150, 2, 12
_INSTITUTION = 0  # the provider that carries out measures of a court


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of numbers of so many digits, or one number for all records; zero may stand for an empty cell."""

    values: Ints | int
    digits: int
    may_be_empty: bool = False


def first_and_last(laws: Iterable[str]) -> tuple[HalfYear, HalfYear]:
    """The half-years that files of all these laws exist for, from the first to the last."""
    return (FIRST, LAST) if set(laws) - {WMO} else (HalfYear(FIRST_YEAR, 1), HalfYear(LAST_YEAR, 2))


def youth_deliveries(seed: int, municipality: str, half_year: HalfYear) -> Iterator[DemoDelivery]:
    """The files of the providers that gave youth care for which a municipality is responsible, in order of provider.

    Raises:
        ValueError: The municipality did not exist in the half-year, or there are no files of it.
    """
    population = _population(seed, municipality, half_year)
    first, last = _days(half_year)
    rows, holders, start, end = population.supported("J", first, last)
    # Another form of care than the first takes the middle of the time.
    more = np.flatnonzero(population.second[rows] >= 0)
    quarter = (end[more] - start[more]) // 4
    form = np.concatenate([population.form[rows], population.second[rows[more]]])
    every = np.concatenate([np.arange(len(rows)), more])
    begins, ends = np.concatenate([start, start[more] + quarter]), np.concatenate([end, end[more] - quarter])
    order = np.argsort(rows[every], kind="stable")
    order = order[(begins[order] <= last) & (ends[order] >= first)]
    rows, holders, form, begins, ends = rows[every][order], holders[every][order], form[order], begins[order], ends[order]

    variant = population.variant[rows] + holders * 7 + form
    providers = int(np.clip(len(rows) // _ROWS_PER_PROVIDER, _FEWEST, _MOST))
    provider = np.where(form >= len(_FORM_NUMBERS) - _MEASURES, _INSTITUTION, 1 + population.variant[rows] % (providers - 1))
    bsn, born = population.bsn(rows, holders), population.born(rows, holders)
    drawn = population.variant[rows] / (1 << 20)
    bsn[drawn < _UNKNOWN] = UNKNOWN_BSN
    unborn = (drawn > 1 - _UNBORN) & (form < len(_FORM_NUMBERS) - _MEASURES)
    bsn[unborn] = UNBORN_BSN
    # A provider's records follow each other, so that the files are parts of one text.
    order = np.argsort(provider, kind="stable")
    rows, holders, form, begins, ends, variant, provider, bsn, born, unborn = (
        each[order] for each in (rows, holders, form, begins, ends, variant, provider, bsn, born, unborn)
    )
    ended = ends <= last
    columns = (
        _Column(_created(municipality, half_year), 8),
        _Column(_PROVIDERS_FROM + int(municipality) * 100 + provider, 8),
        _Column(int(municipality), 4),
        _Column(bsn, 9),
        _Column(np.where(unborn, 0, dates_of(born)), 8, may_be_empty=True),
        _Column(np.where(unborn, 0, 1 + population.female[rows, holders % HOLDERS]), 1, may_be_empty=True),
        _Column(_FORM_NUMBERS[form], 2),
        _Column(dates_of(begins), 8),
        _Column(np.where(ended, dates_of(ends), 0), 8, may_be_empty=True),
        _Column(np.where(ended, 1 + variant // 8 % _YOUTH_REASONS, 0), 2, may_be_empty=True),
        _Column(1 + variant // 32 % _REFERRERS, 2),
    )
    records = np.bincount(provider)
    header, *parts = _csv(dict(zip(YOUTH_COLUMNS, columns, strict=True)), records)
    for number, text in enumerate(parts):
        if text:
            name = f"JEUGD_{half_year.upload_code}_{_PROVIDERS_FROM + int(municipality) * 100 + number}.csv"
            yield DemoDelivery(municipality, half_year, name, header + text, int(records[number]), YOUTH)


def benefit_delivery(seed: int, municipality: str, half_year: HalfYear) -> DemoDelivery:
    """The file of a municipality's administration of assistance and help to work.

    Raises:
        ValueError: The municipality did not exist in the half-year, or there are no files of it.
    """
    population = _population(seed, municipality, half_year)
    first, last = _days(half_year)
    rows, holders, start, end = population.supported("P", first, last)
    kind = np.concatenate([np.zeros(len(rows), dtype=np.int64), np.ones(len(rows), dtype=np.int64)])
    has = np.concatenate([population.assistance[rows], population.work[rows]])
    every = np.concatenate([np.arange(len(rows)), np.arange(len(rows))])
    order = np.argsort(every, kind="stable")
    order = order[has[order]]
    every, kind = every[order], kind[order]
    rows, holders, start, end = rows[every], holders[every], start[every], end[every]
    ended = end <= last
    variant = population.variant[rows] + holders * 7
    columns = (
        _Column(_created(municipality, half_year), 8),
        _Column(int(municipality), 4),
        _Column(population.bsn(rows, holders), 9),
        _Column(dates_of(population.born(rows, holders)), 8),
        _Column(population.household(rows, holders, last), 8),
        _Column(kind + 1, 1),
        _Column(dates_of(start), 8),
        _Column(np.where(ended, dates_of(end), 0), 8, may_be_empty=True),
        _Column(np.where(ended, 1 + variant // 8 % _BENEFIT_REASONS, 0), 2, may_be_empty=True),
    )
    header, text = _csv(dict(zip(BENEFIT_COLUMNS, columns, strict=True)), np.array([len(rows)]))
    plain = unicodedata.normalize("NFKD", reference.name(municipality)).encode("ascii", "ignore").decode()
    name = f"PW_{half_year.upload_code}_{''.join(character for character in plain if character.isalpha() or character == '-')}.csv"
    return DemoDelivery(municipality, half_year, name, header + text, len(rows), BENEFIT)


def deliveries_of_laws(seed: int, choice: Choice, half_years: tuple[HalfYear, ...], laws: tuple[str, ...]) -> Iterator[DemoDelivery]:
    """The first deliveries of a choice of municipalities by these laws; all of a municipality follow each other, half-year by half-year.

    Raises:
        ValueError: A half-year has no files of one of the laws.
    """
    for code in sorted({code for half_year in half_years for code in municipalities_of(choice, half_year)}):
        for half_year in half_years:
            if code not in municipalities_of(choice, half_year):
                continue
            if WMO in laws:
                yield delivery(seed, code, half_year)
            if YOUTH in laws:
                yield from youth_deliveries(seed, code, half_year)
            if BENEFIT in laws:
                yield benefit_delivery(seed, code, half_year)


def _population(seed: int, municipality: str, half_year: HalfYear) -> Population:
    if not FIRST <= half_year <= LAST:
        raise ValueError(f"files of the Jeugdwet and the Participatiewet exist for {FIRST} up to and including {LAST}, not for {half_year}")
    if not reference.is_municipality(municipality, half_year):
        raise ValueError(f"{municipality} is no municipality in {half_year}")
    return population_of(seed, municipality)


def _days(half_year: HalfYear) -> tuple[int, int]:
    return (half_year.first_day - EPOCH).days, (half_year.last_day - EPOCH).days


def _created(municipality: str, half_year: HalfYear) -> int:
    day = created_on(municipality, half_year)
    return day.year * 10_000 + day.month * 100 + day.day


def _csv(columns: dict[str, _Column], records: Ints) -> list[bytes]:
    """Columns as text, cut into parts: the header, then each part without it.

    Every cell is empty or has as many digits as its column, so the text is a table of signs of which some are left out: for a thousand rows
    that takes less time than a writer of frames needs to begin.

    Args:
        columns: The columns, in order.
        records: How many records each part has.
    """
    size = int(records.sum())
    signs = np.empty((sum(column.digits + 1 for column in columns.values()), size), dtype=np.uint8)
    kept = np.ones(signs.shape, dtype=np.bool_)
    at = 0
    for column in columns.values():
        left = np.broadcast_to(np.asarray(column.values, dtype=np.uint32), size)
        if column.may_be_empty:
            kept[at : at + column.digits] = left != 0
        for place in range(at + column.digits - 1, at - 1, -1):
            left, signs[place] = np.divmod(left, np.uint32(10))
        signs[at : at + column.digits] += ord("0")
        signs[at + column.digits] = ord(";")
        at += column.digits + 1
    signs[-1] = ord("\n")
    text = signs.T[kept.T].tobytes()
    ends = np.cumsum(np.count_nonzero(kept, axis=0))
    cuts = [0, *(int(ends[last - 1]) if last else 0 for last in np.cumsum(records).tolist())]
    return [(";".join(columns) + "\n").encode(), *(text[first:last] for first, last in pairwise(cuts))]
