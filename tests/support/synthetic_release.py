"""Releases of made-up counts: the columns of the Wmo tables, and figures made of counts one draw at a time, right or deliberately leaky."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import polars as pl

from gmsd.attack.method import CELLS, Method, PublicRelease, PublishedColumn, Rounding, Truth
from gmsd.disclosure import draw
from gmsd.tables import Content
from tests.support import synthetic_truth as made

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

KEY = bytes(range(32))
YEARS = {"2019JJ00": ("2019HJ01", "2019HJ02")}
EXCLUDING, TOTAL = "A048188", "T001024"
Draws = Literal["content", "row", "table", "one", "flows by year"]


def contents() -> tuple[Content, ...]:
    last = made.NUMBERS[-1]
    return tuple(
        Content(name, unit, frozenset(categories), number and (number, None if number == last else number))
        for name, unit, categories, number in made.contents()
    )


def draw_name(kind: Draws, table_id: str, content: str, group: str) -> str:
    """What a column's draws are named after; `row` is the code of the table's row, whatever is counted in it."""
    row = group
    return {"content": content, "row": row, "table": f"{table_id} {content}", "one": "one"}.get(kind, content)


def columns(rounding: Rounding | None = None, draws: Draws = "content") -> tuple[PublishedColumn, ...]:
    """83262NED, 86050NED, 83264NED, 83268NED and GMSDMA01, counts and rates."""
    rule = rounding or Rounding()
    groups = [name for name in made.CLIENT_GROUPS if len(name) > 2]
    categories = [name for name in made.CLIENT_GROUPS if len(name) == 2]
    numbers = [f"number|{number}" for number in made.NUMBERS]
    wanted: list[tuple[str, str, str, str]] = []
    wanted += [("83262NED", "clients", name, name) for name in groups]
    wanted += [("86050NED", "clients", name, name) for name in groups + categories]
    wanted += [("86050NED", "clients", "P01", "A019507")]
    wanted += [("83264NED", "clients", name, name) for name in (TOTAL, *numbers)]
    wanted += [("83268NED", word, name, f"{word}|{name}") for word in made.FLOWS for name in made.ARRANGEMENT_GROUPS]
    wanted += [("GMSDMA01", "clients", name, name) for name in (EXCLUDING, *(each for each in categories if int(each) < 15))]
    counts = tuple(
        PublishedColumn(
            table,
            measure,
            group,
            content,
            draw_name(draws, table, content, group),
            rule,
            within=TOTAL if content == EXCLUDING else None,
            draw_of_years=f"year|{content}" if draws == "flows by year" and content.startswith(("in|", "out|")) else None,
        )
        for table, measure, group, content in wanted
    )
    rates = tuple(replace(each, measure="rate", within=None, per=1000) for each in counts if each.table_id == "83262NED")
    return (*counts, *rates)


def method(rounding: Rounding | None = None, draws: Draws = "content") -> Method:
    return Method(contents=contents(), columns=columns(rounding, draws), years=YEARS)


def release(
    release_id: str,
    counts: pl.DataFrame,
    how: Method,
    inhabitants: dict[str, int],
    *,
    key: bytes = KEY,
    leak: Callable[[pl.DataFrame], pl.DataFrame] | None = None,
    absent: Sequence[tuple[str, str]] = (),
    repaired: pl.DataFrame | None = None,
) -> PublicRelease:
    """What is published of counts (`period`, `municipality`, `content`, `value`).

    Args:
        release_id: Its id.
        counts: The true counts.
        how: The method.
        inhabitants: Municipality -> inhabitants, in every period.
        key: Of the draws.
        leak: Changes what is published; gets a frame of `CELLS` with `true`, and gives one.
        absent: (municipality, period) that were not delivered or were withdrawn.
        repaired: `period`, `region`, `content` that the gate hid.
    """
    gone = pl.DataFrame(list(absent), schema={"municipality": pl.String, "period": pl.String}, orient="row")
    cells = _shown(counts.join(gone, on=["municipality", "period"], how="anti"), how, key, repaired)
    grid = counts.select("period", "municipality").unique().join(_columns(how), how="cross")
    years_only = (pl.col("table_id") != "GMSDMA01") | pl.col("period").str.ends_with("JJ00")
    cells = (
        grid.filter(years_only)
        .with_columns(region=pl.format("GM{}", "municipality"))
        .join(cells, on=["table_id", "group_code", "content", "period", "region"], how="left")
    )
    people = pl.DataFrame(list(inhabitants.items()), schema={"municipality": pl.String, "inhabitants": pl.Int64}, orient="row")
    people = counts.select("period").unique().join(people, how="cross")
    rated = cells.join(people, on=["period", "municipality"], how="left").with_columns(
        value=pl.when(pl.col("per").is_null())
        .then(pl.col("shown"))
        .otherwise((2 * pl.col("per") * pl.col("shown") + pl.col("inhabitants")) // (2 * pl.col("inhabitants")))
    )
    told = pl.concat([rated, nation(rated)], how="diagonal")
    if leak is not None:
        told = leak(told)
    return PublicRelease(
        release_id,
        told.select(list(CELLS)).sort(list(CELLS)[:-1]),
        people,
        repaired=repaired,
        delivered=counts.join(gone, on=["municipality", "period"], how="anti")
        .select("period", region=pl.format("GM{}", "municipality"))
        .unique(),
    )


def nation(cells: pl.DataFrame) -> pl.DataFrame:
    """The sum of shown municipal figures, where their municipalities hold three quarters of all inhabitants; and its rate."""
    keys = ["table_id", "measure", "group_code", "content", "per", "period"]
    shown = pl.col("inhabitants").filter(pl.col("shown").is_not_null()).sum()
    summed = cells.group_by(keys, maintain_order=True).agg(
        pl.col("shown").sum(), pl.col("true").sum(), covered=shown, everybody=pl.col("inhabitants").sum()
    )
    enough = pl.col("covered") * 100 >= pl.col("everybody") * 75
    value = (
        pl.when(pl.col("per").is_null())
        .then(pl.col("shown"))
        .otherwise((2 * pl.col("per") * pl.col("shown") + pl.col("covered")) // (2 * pl.col("covered")))
    )
    return summed.with_columns(region=pl.lit("NL01"), value=pl.when(enough).then(value)).drop("covered", "everybody")


def _columns(how: Method) -> pl.DataFrame:
    rows = [(each.table_id, each.measure, each.group_code, each.content, each.per) for each in how.columns]
    schema = dict.fromkeys(("table_id", "measure", "group_code", "content"), pl.String) | {"per": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _shown(counts: pl.DataFrame, how: Method, key: bytes, repaired: pl.DataFrame | None) -> pl.DataFrame:
    """`table_id`, `group_code`, `content`, `period`, `region`, `true`, `shown`, over whole columns."""
    frames = []
    municipalities = sorted(counts["municipality"].unique())
    drawn: dict[str, pl.DataFrame] = {}
    for column in [each for each in how.columns if each.per is None]:
        for name in {column.draw, column.draw_in(year=True)} - drawn.keys():
            rows = [
                (code, *(draw(key, purpose, f"GM{code}", name, base=column.rounding.base) for purpose in "ts")) for code in municipalities
            ]
            drawn[name] = pl.DataFrame(rows, schema={"municipality": pl.String, "turn": pl.Int64, "late": pl.Int64}, orient="row")
        of_halves, of_years = drawn[column.draw], drawn[column.draw_in(year=True)]
        both = pl.concat([of_halves.with_columns(year=pl.lit(value=False)), of_years.with_columns(year=pl.lit(value=True))])
        rule, count, rest = column.rounding, pl.col("value"), pl.col("value") % column.rounding.base
        up = rest > pl.col("turn") if rule.keyed else rest * 2 > rule.base
        rounded = pl.max_horizontal(count - rest + pl.when(up).then(rule.base).otherwise(0), pl.lit(rule.smallest_shown))
        if rule.smallest_up_to is not None:
            rounded = pl.when(count <= rule.smallest_up_to).then(rule.smallest_shown).otherwise(rounded)
        first = rule.first_shown + (pl.col("late") if rule.secret else pl.lit(0))
        frames.append(
            counts.filter(pl.col("content") == column.content)
            .with_columns(year=pl.col("period").str.ends_with("JJ00"))
            .join(both, on=["municipality", "year"])
            .select(
                pl.lit(column.table_id).alias("table_id"),
                pl.lit(column.measure).alias("measure"),
                pl.lit(column.group_code).alias("group_code"),
                "content",
                "period",
                region=pl.format("GM{}", "municipality"),
                true="value",
                shown=pl.when(count >= first).then(rounded).cast(pl.Int64),
            )
        )
    made_of = pl.concat(frames)
    if repaired is not None:
        hide = repaired.select("period", "region", "content", hide=pl.lit(value=True))
        made_of = (
            made_of.join(hide, on=["period", "region", "content"], how="left")
            .with_columns(shown=pl.when(pl.col("hide").is_null()).then(pl.col("shown")))
            .drop("hide")
        )
    for column in how.columns:
        if column.within is None:
            continue
        mine = (pl.col("table_id") == column.table_id) & (pl.col("content") == column.content)
        whole = made_of.filter((pl.col("table_id") == column.table_id) & (pl.col("content") == column.within)).select(
            "period", "region", whole="shown"
        )
        made_of = (
            made_of.join(whole, on=["period", "region"], how="left")
            .with_columns(
                shown=pl.when(~mine)
                .then(pl.col("shown"))
                .when(pl.col("whole").is_not_null() & pl.col("shown").is_not_null())
                .then(pl.min_horizontal("shown", "whole"))
            )
            .drop("whole")
        )
    excluding = pl.col("content") == EXCLUDING  # GMSDMA01 shows what the other tables show
    clamped = made_of.filter(excluding & (pl.col("table_id") == "83262NED")).select("content", "period", "region", clamped="shown")
    return (
        made_of.join(clamped, on=["content", "period", "region"], how="left")
        .with_columns(shown=pl.when(excluding & (pl.col("table_id") == "GMSDMA01")).then(pl.col("clamped")).otherwise(pl.col("shown")))
        .select("table_id", "group_code", "content", "period", "region", "true", "shown")
    )


def truth(counts: Sequence[tuple[str, pl.DataFrame]], absent: Sequence[tuple[str, str, str]] = ()) -> Truth:
    """Of (release id, counts); `absent` are (release id, municipality, period)."""
    gone = pl.DataFrame(list(absent), schema=dict.fromkeys(("release_id", "municipality", "period"), pl.String), orient="row")
    told = pl.concat([each.with_columns(release_id=pl.lit(name)) for name, each in counts])
    return Truth(
        told.join(gone, on=["release_id", "municipality", "period"], how="anti").select(
            "release_id", "content", "period", region=pl.format("GM{}", "municipality"), value="value"
        )
    )


def people_of(held: made.Register) -> dict[str, int]:
    return dict(zip(held.places, np.asarray(held.inhabitants).tolist(), strict=True))
