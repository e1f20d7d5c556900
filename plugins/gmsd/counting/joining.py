"""Joining the records of one person into arrangements."""

from collections.abc import Sequence

import polars as pl

MEETING_DAYS = 3
"""How many days may lie between the end of one record and the start of the next for them to be one arrangement (docs/domain.md)."""

_COLUMNS = ("person", "product_category", "delivery_form", "start_date", "end_date", "records")


def allocation_filled(records: pl.DataFrame) -> bool:
    """Tell whether every record carries an allocation number, so that records may be joined by it.

    Args:
        records: All records in force of one municipality in one calendar year, with `allocation_number` (already emptied where the
            facultative variables of a delivery were refused).

    Returns:
        True when there are records and none of them lacks the number.
    """
    return records.height > 0 and records["allocation_number"].null_count() == 0


def arrangements(records: pl.DataFrame, *, by_allocation: bool, within: Sequence[str] = ()) -> pl.DataFrame:
    """Join records into arrangements.

    Records of nobody known (`person` null, delivered as 999999999) are never joined: each is an arrangement of its own.

    Args:
        records: Records in scope of one municipality and half-year, or of several told apart by the columns of `within`: `person`
            (Int64), `product_category`, `delivery_form`, `start_date`, `end_date` (null = running), `end_reason` and `allocation_number`.
        by_allocation: True when the municipality filled the allocation number in all its deliveries of the calendar year
            (`allocation_filled`): then person, number and type decide. Otherwise type, delivery form and end reason must be equal,
            and either both dates are equal or the end of one meets the start of the other within three days, before or after (assumed).
        within: Further columns within which records may be joined, such as half-year and municipality.

    Returns:
        One row an arrangement, sorted: the columns of `within`, `person`, `product_category`, `delivery_form` (of the part that started
        last), `start_date` (the earliest), `end_date` (the latest; null as soon as one part is running) and `records` (how many were
        joined). The sum of `records` is the number of rows that came in.

    Source: docs/domain.md, "From records to arrangements to clients", points 1 to 3.
    """
    known = records.filter(pl.col("person").is_not_null())
    unknown = records.filter(pl.col("person").is_null()).with_columns(records=pl.lit(1, dtype=pl.Int64))
    joined = _by_allocation(known, within) if by_allocation else _by_dates(known, within)
    columns = [*within, *_COLUMNS]
    return pl.concat([joined.select(columns), unknown.select(columns)]).sort(columns, nulls_last=True)


def _by_allocation(records: pl.DataFrame, within: Sequence[str]) -> pl.DataFrame:
    keys = [*within, "person", "product_category", "allocation_number"]
    return _joined(records.with_columns(records=pl.lit(1, dtype=pl.Int64)), keys)


def _by_dates(records: pl.DataFrame, within: Sequence[str]) -> pl.DataFrame:
    alike = [*within, "person", "product_category", "delivery_form", "end_reason"]
    spans = (
        records.group_by([*alike, "start_date", "end_date"])
        .agg(pl.len().cast(pl.Int64).alias("records"))
        .sort([*alike, "start_date", "end_date"], nulls_last=True)
        .with_row_index("span")
        .with_columns(pl.col("span").cast(pl.Int64))
        .with_columns(strand=pl.col("span").min().over(alike), spans_in_strand=pl.len().over(alike))
    )
    several = spans.filter(pl.col("spans_in_strand") > 1).select("span", "strand", "start_date", "end_date")
    chains = _components(_meetings(several))
    chained = spans.join(chains, on="span", how="left").with_columns(chain=pl.col("chain").fill_null(pl.col("span")))
    return _joined(chained, [*within, "person", "product_category", "chain"])


def _meetings(spans: pl.DataFrame) -> pl.DataFrame:
    """Pairs of spans of one strand where the end of the first meets the start of the second."""
    offsets = list(range(-MEETING_DAYS, MEETING_DAYS + 1))
    ends = (
        spans.filter(pl.col("end_date").is_not_null())
        .select(pl.col("span").alias("first"), "strand", "end_date", pl.lit(offsets, dtype=pl.List(pl.Int32)).alias("offset"))
        .explode("offset")
        .select("first", "strand", day=pl.col("end_date").cast(pl.Int32) + pl.col("offset"))
    )
    starts = spans.select(pl.col("span").alias("second"), "strand", day=pl.col("start_date").cast(pl.Int32))
    return ends.join(starts, on=["strand", "day"], how="inner").filter(pl.col("first") != pl.col("second")).select("first", "second")


def _components(pairs: pl.DataFrame) -> pl.DataFrame:
    """Give all spans that hang together, directly or through others, the same `chain`: the lowest span among them.

    Labels travel along the pairs and then along themselves (pointer jumping), so that a long chain takes few turns.
    """
    both = pl.concat([pairs, pairs.select(first="second", second="first")])
    labels = both.select(span="first").unique().with_columns(chain=pl.col("span"))
    while True:
        heard = both.join(labels, left_on="second", right_on="span").group_by("first").agg(pl.col("chain").min().alias("heard"))
        lowered = labels.join(heard, left_on="span", right_on="first", how="left").select("span", chain=pl.min_horizontal("chain", "heard"))
        jumped = lowered.join(lowered.rename({"span": "chain", "chain": "farther"}), on="chain", how="left").select(
            "span", chain=pl.min_horizontal("chain", "farther")
        )
        if jumped.sort("span").equals(labels.sort("span")):
            return labels
        labels = jumped


def _joined(parts: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    latest = pl.when(pl.col("end_date").null_count() > 0).then(None).otherwise(pl.col("end_date").max())
    last_form = pl.col("delivery_form").sort_by(["start_date", "delivery_form"]).last()
    return parts.group_by(keys).agg(
        last_form.alias("delivery_form"),
        pl.col("start_date").min(),
        latest.alias("end_date"),
        pl.col("records").sum(),
    )
