"""The cells of a table in a release: protected, and compared with those of another release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gmsd.disclosure import NATION, estimate, protect, rate_of
from gmsd.errors import GmsdError
from gmsd.figures import every_cell, regions
from gmsd.formats import Changes
from gmsd.reference import EVERYBODY, SIZE_CLASS_BOUNDS, SIZE_CLASSES
from gmsd.tables import contents_of, tables_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gmsd.disclosure import Protection
    from gmsd.figures import Period
    from gmsd.rounds import HalfYear
    from gmsd.tables import Group, Measure, Table

CELL: dict[str, pl.DataType | type[pl.DataType]] = {
    "measure": pl.String, "period": pl.String, "region": pl.String, "group_code": pl.String, "value": pl.Int64, "reason": pl.String,
}  # fmt: skip
"""A cell of a release; `value` is a whole number, `group_code` the keys of the dimensions besides region and period, totals left out."""
SHOWN, SUPPRESSED, NO_BASE = "shown", "suppressed", "no_base"
_CELL_KEY = ["period", "region", "group_code"]


class FiguresMissingError(GmsdError):
    """Some municipality that counts has no figures in the warehouse: compute them first."""


def shown_contents(
    law: str,
    figures: pl.DataFrame,
    participation: pl.DataFrame,
    inhabitants: pl.DataFrame,
    protections: Mapping[str, Protection],
    key: bytes,
    *,
    law_periods: Sequence[Period],
    repaired: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Protect everything that the tables of a law show, each content once.

    Args:
        law: The law.
        figures: `period`, `municipality`, `content`, `value`: true counts.
        participation: `period`, `municipality`, `participation`.
        inhabitants: `period`, `municipality`, `inhabitants`.
        protections: Table id -> how its counts are protected.
        key: The rounding key.
        law_periods: The periods.
        repaired: `period`, `municipality`, `content` of cells that stay missing.

    Returns:
        `period`, `region`, `content`, `shown`, `people`, `reason` (`gmsd.disclosure.protect`).

    Raises:
        FiguresMissingError: a municipality that counts has no figure.
    """
    wanted = {period.key: sorted(contents_of(law, period.reference)) for period in law_periods}
    grids = [every_cell(figures, participation.filter(pl.col("period") == key_), names) for key_, names in wanted.items()]
    grid = pl.concat(grids)
    missing = grid.filter(pl.col("value").is_null() & pl.col("reason").is_null())
    if missing.height:
        first = missing.row(0, named=True)
        raise FiguresMissingError(
            f"{missing.height} figures were not computed, such as {first['content']} of {first['municipality']} in {first['period']}"
        )
    by_content = {
        name: protections[table.table_id] for table in tables_of(law) for period in law_periods for name in table.contents(period.reference)
    }
    return protect(grid, inhabitants, by_content, key, nested=nested_contents(law, law_periods[-1].reference), repaired=repaired)


def nested_contents(law: str, half_year: HalfYear) -> tuple[tuple[str, str], ...]:
    """(part, whole): contents of which the first is shown only beside the second and never above it, in whichever table they stand."""
    found: dict[tuple[str, str], None] = {}
    for table in tables_of(law):
        groups = {group.code: group for group in table.groups(half_year)}
        for each in table.nested:
            for count in table.counts:
                found[table.content(count, groups[each.part]).name, table.content(count, groups[each.whole]).name] = None
    return tuple(found)


def table_cells(
    table: Table, table_periods: Sequence[Period], shown: pl.DataFrame, inhabitants: pl.DataFrame, protection: Protection
) -> pl.DataFrame:
    """The cells of a table, of the contents that a release shows.

    Args:
        table: The table.
        table_periods: Its periods.
        shown: `shown_contents` of its law.
        inhabitants: `period`, `municipality`, `inhabitants`, and a column for each group of ages of the table's rates.
        protection: How its counts are protected.

    Returns:
        `CELL`: a row for each measure and cell. `reason` is `shown`, or why there is no value; a rate whose inhabitants are not known has
        none of its own to hide: `no_base`.
    """
    groups = table.groups(table_periods[-1].reference)
    # a municipality that exists only in periods of other tables is in none of this one's lists
    places = [NATION, *(f"GM{code}" for code in regions(table_periods))]
    here = shown.filter(pl.col("period").is_in([period.key for period in table_periods]) & pl.col("region").is_in(places))
    made = []
    for count in table.counts:
        rows = _of_groups(table, count, groups, here).with_columns(pl.col("reason").fill_null(SHOWN))
        made.append(rows.select(pl.lit(count.key).alias("measure"), *_CELL_KEY, value="shown", reason="reason"))
        for rate in table.rates_of(count):
            rated = _rated(table, rate, groups, rows, here, inhabitants)
            no_base = pl.col("shown").is_not_null() & pl.col("rate").is_null()
            reason = pl.when(no_base).then(pl.lit(NO_BASE)).otherwise(pl.col("reason"))
            made.append(rated.select(pl.lit(rate.key).alias("measure"), *_CELL_KEY, value="rate", reason=reason))
    for measure in table.estimates:
        made += _estimated(table, measure, groups, here, inhabitants, protection)
    order = pl.col("measure").cast(pl.Enum([measure.key for measure in table.measures]))
    return pl.concat([each.select(list(CELL)) for each in made]).sort(order, *_CELL_KEY)


def _rated(
    table: Table, rate: Measure, groups: Sequence[Group], rows: pl.DataFrame, here: pl.DataFrame, people: pl.DataFrame
) -> pl.DataFrame:
    """The rows of a count with `rate`: of inhabitants, or of another shown count, of which it is never more than the whole."""
    made = []
    for group in groups:
        mine, base = rows.filter(pl.col("group_code") == group.code), table.base_of(rate, group)
        if base.content is None:
            made.append(_people(mine, people, base.ages).with_columns(rate=rate_of("shown", "people", rate.per)))
        else:
            whole = here.filter(pl.col("content") == base.content).select("period", "region", people="shown")
            share = mine.drop("people").join(whole, on=["period", "region"], how="left").select(mine.columns)
            of_shown = rate_of("shown", "people", rate.per)
            made.append(share.with_columns(rate=pl.when(of_shown > rate.per).then(rate.per).otherwise(of_shown)))
    return pl.concat(made)


def _people(rows: pl.DataFrame, inhabitants: pl.DataFrame, ages: str) -> pl.DataFrame:
    """The rows with the inhabitants that a rate is over; the nation's are those of the municipalities that show this very count."""
    if ages == EVERYBODY:
        return rows
    aged = inhabitants.select("period", pl.format("GM{}", "municipality").alias("region"), pl.col(ages).alias("people"))
    municipal = rows.filter(pl.col("region") != NATION).drop("people").join(aged, on=["period", "region"], how="left")
    shown = municipal.filter(pl.col("shown").is_not_null())
    every = pl.when(pl.col("people").null_count() == 0).then(pl.col("people").sum())
    covered = shown.group_by("period", "content").agg(every.alias("people"))
    whole = rows.filter(pl.col("region") == NATION).drop("people").join(covered, on=["period", "content"], how="left")
    return pl.concat([municipal, whole], how="diagonal").select(rows.columns)


def _of_groups(table: Table, measure: Measure, groups: Sequence[Group], shown: pl.DataFrame) -> pl.DataFrame:
    rows = [(group.code, table.content(measure, group).name) for group in groups]
    wanted = pl.DataFrame(rows, schema={"group_code": pl.String, "content": pl.String}, orient="row")
    return shown.join(wanted, on="content")


def _estimated(
    table: Table, measure: Measure, groups: Sequence[Group], shown: pl.DataFrame, inhabitants: pl.DataFrame, protection: Protection
) -> list[pl.DataFrame]:
    places = inhabitants.with_columns(size_class=size_classes("inhabitants"))
    codes = {table.content(measure, group).name: group.code for group in groups}
    municipal = shown.filter(pl.col("region") != NATION)
    found = estimate(
        municipal, places, list(codes), coverage=protection.coverage, difference=protection.largest_difference, base=measure.base
    ).filter(pl.col("period").is_in(shown["period"].unique().implode()))
    rows = found.with_columns(
        pl.lit(NATION).alias("region"),
        pl.col("content").replace_strict(codes).alias("group_code"),
        pl.col("reason").fill_null(SHOWN),
    )
    columns = {measure.key: "estimate"}
    columns |= {each.key: each.kind for each in table.measures if each.kind in {"lower", "upper"} and each.of == measure.key}
    return [rows.select(pl.lit(key).alias("measure"), *_CELL_KEY, value=column, reason="reason") for key, column in columns.items()]


def size_classes(inhabitants: str) -> pl.Expr:
    """The size class of each number in a column of inhabitants, as `gmsd.reference.size_class` has it; null where none is known."""
    opened = pl.sum_horizontal(((pl.col(inhabitants) >= bound) for bound in SIZE_CLASS_BOUNDS), ignore_nulls=False)
    return opened.replace_strict(dict(enumerate(SIZE_CLASSES)), return_dtype=pl.String)


def changes_between(before: pl.DataFrame, after: pl.DataFrame) -> tuple[Changes, ...]:
    """Compare two releases of a table cell by cell; a cell is every measure of one period, region and group.

    Args:
        before: `CELL` of the release in force; no rows when there is none.
        after: `CELL` of the release to come.

    Returns:
        For each period of either, in order: cells shown for the first time, shown with another value, and shown no longer.
    """
    key = ["measure", *_CELL_KEY]
    both = before.select(*key, "value").join(after.select(*key, "value"), on=key, how="full", coalesce=True, suffix="_after")
    was, is_shown = pl.col("value").is_not_null(), pl.col("value_after").is_not_null()
    cells = both.group_by(_CELL_KEY).agg(
        was=was.any(), is_shown=is_shown.any(), differs=pl.col("value").ne_missing(pl.col("value_after")).any()
    )
    counted = cells.group_by("period").agg(
        new=(~pl.col("was") & pl.col("is_shown")).sum(),
        changed=(pl.col("was") & pl.col("is_shown") & pl.col("differs")).sum(),
        gone=(pl.col("was") & ~pl.col("is_shown")).sum(),
    )
    return tuple(Changes(*row) for row in counted.sort("period").select("period", "new", "changed", "gone").iter_rows())
