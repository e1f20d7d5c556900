"""The same counts published in other ways, each attacked: what the naive draw, the letter of the rule and a flat beginning would tell."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from gmsd.attack import audit, repair
from gmsd.attack.hiding import REPAIR
from gmsd.attack.method import Rounding
from gmsd.rounds import WMO
from gmsd.tables import tables_of
from tests.fullsize.country import H2
from tests.support import synthetic_release as published

if TYPE_CHECKING:
    from collections.abc import Collection

    from gmsd.attack import AuditResult, Method, PublicRelease

FLAT = Rounding(smallest_up_to=12)
NEAREST = Rounding(keyed=False, secret=False)


@dataclass(frozen=True, slots=True)
class Made:
    """What a release was made of: its true counts (`period`, `municipality`, `content`, `value`) and what the gate hid in it."""

    release_id: str
    counts: pl.DataFrame
    hidden: pl.DataFrame


@dataclass(frozen=True, slots=True)
class World:
    """What all ways of publishing have in common."""

    inhabitants: dict[str, int]
    key: bytes


def again(world: World, made: Made, how: Method, hidden: pl.DataFrame | None = None) -> PublicRelease:
    """A release of these counts by another program, with these contents hidden."""
    return published.release(made.release_id, made.counts, how, world.inhabitants, key=world.key, repaired=hidden)


def differing(world: World, made: Made, cells: pl.DataFrame) -> tuple[int, int]:
    """Municipal counts of a release, and how many of them another program of the same protection gives otherwise.

    Args:
        world: What is common.
        made: What the release was made of.
        cells: Its cells (`gmsd.attack.CELLS`).
    """
    rows = [
        (table.table_id, measure.key, group.code, table.content(measure, group).name)
        for table in tables_of(WMO)
        for measure in table.counts
        for group in table.groups(H2)
    ]
    columns = pl.DataFrame(rows, schema=["table_id", "measure", "group_code", "content"], orient="row")
    ours = cells.filter(pl.col("region").str.starts_with("GM")).join(columns, on=["table_id", "measure", "group_code"])
    told = again(world, made, published.method(), made.hidden).cells
    theirs = told.filter(pl.col("region").str.starts_with("GM") & (pl.col("measure") != "rate")).join(
        pl.DataFrame(
            [(each.table_id, each.measure, each.group_code, each.content) for each in published.columns() if each.per is None],
            schema=["table_id", "measure", "group_code", "content"],
            orient="row",
        ),
        on=["table_id", "measure", "group_code"],
    )
    key = ["table_id", "content", "period", "region"]
    both = theirs.join(ours.select(*key, ours="value"), on=key, how="left")
    return both.height, both.filter(pl.col("value").ne_missing(pl.col("ours"))).height


@dataclass(frozen=True, slots=True)
class Told:
    """What an attack on a way of publishing found."""

    cells: int
    disclosed: int
    unsettled: int
    seconds: float

    @classmethod
    def of(cls, result: AuditResult, seconds: float) -> Told:
        """The numbers."""
        return cls(result.cells, len(result.disclosed), sum(not each.settled for each in result.disclosed), seconds)


def attacked(world: World, series: list[Made], how: Method, places: Collection[str] | None = None) -> Told:
    """Attack a series published in some way, without a gate."""
    releases = [again(world, each, how) for each in series]
    truth = published.truth([(each.release_id, each.counts) for each in series])
    began = time.perf_counter()
    return Told.of(audit(releases, how, truth, places=places), time.perf_counter() - began)


@dataclass(frozen=True, slots=True)
class Gated:
    """What the gate did to a release: counts disclosed and guessed too surely before, contents hidden, and either after."""

    disclosed: int
    guessed: int
    hidden: int
    after: int


def gated(world: World, series: list[Made], how: Method) -> list[Gated]:
    """Publish a series with the gate."""
    hidden = pl.DataFrame(schema=REPAIR)
    releases: list[PublicRelease] = []
    found = []
    for position, each in enumerate(series, start=1):

        def publish(more: pl.DataFrame, each: Made = each, kept: pl.DataFrame = hidden) -> PublicRelease:
            return again(world, each, how, pl.concat([kept, more]).unique())

        releases.append(again(world, each, how, hidden))
        truth = published.truth([(made.release_id, made.counts) for made in series[:position]])
        repaired = repair(releases, how, publish, truth, guesses="hidden")
        result, guesses, guessed, more = repaired.result, repaired.guesses, repaired.guessed, repaired.hidden
        assert guesses is not None
        hidden = pl.concat([hidden, more]).unique()
        releases[-1] = again(world, each, how, hidden)
        found.append(Gated(result.found, guessed, more.height, len(result.disclosed) + len(guesses.over)))
    return found
