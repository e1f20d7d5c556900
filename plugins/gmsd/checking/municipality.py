"""Which municipality a file is of when nobody says so, and what is said of codes of other municipalities. Such a code is no person's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from gmsd.protocol import protocol_or_newest
from gmsd.reference import existence, is_municipality, municipalities, name, predecessors, successors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gmsd.protocol import Protocol
    from gmsd.rounds import HalfYear, Place

_LOOKED_AT = 1000


def column_of(protocol: Protocol) -> str | None:
    """The column with the municipality; None when the layout has none."""
    return next((field.name for field in protocol.fields if field.type == "municipality"), None)


def first_municipality(cells: pl.DataFrame | pl.LazyFrame, protocol: Protocol, half_year: HalfYear) -> str | None:
    """The code of the first record that is one of a municipality of the half-year; None when none is."""
    column = column_of(protocol)
    if column is None:
        return None
    existing = pl.Series(list(municipalities(half_year)), dtype=pl.String)
    found = cells.lazy().select(column).filter(pl.col(column).is_in(existing.implode())).head(1).collect(engine="streaming")
    return found.item() if found.height else None


def others_at_first(beginning: bytes, place: Place) -> tuple[str, ...]:
    """Which municipalities the first thousand records are of, when none of them is of the place; () when one is, or when nothing tells.

    Such a file is refused for each of these records; `beginning` is its first bytes, of a file whose header has no fault.
    """
    protocol = protocol_or_newest(place.half_year, place.law)
    column = column_of(protocol)
    if column is None:
        return ()
    at, mark = [field.name for field in protocol.fields].index(column), protocol.separator.encode()
    rows = (line.rstrip(b"\r").split(mark) for line in beginning.split(b"\n", _LOOKED_AT + 1)[1:-1])
    codes = {cells[at].decode("ascii", "replace") for cells in rows if len(cells) == len(protocol.fields)}
    known = sorted(code for code in codes if is_municipality(code, place.half_year))
    return () if place.municipality in codes else tuple(known)


@dataclass(frozen=True, slots=True)
class NotThen:
    """A municipality that did not exist in a half-year, as parts of a Dutch sentence.

    Attributes:
        called: Its code and name.
        existed: When it did exist.
        how: Under which codes and in which folders the half-year is delivered; '' when nobody took over anybody.
    """

    called: str
    existed: str
    how: str


def not_then(code: str, half_year: HalfYear) -> NotThen | None:
    """Why a code is of no municipality in a half-year, and how that half-year is delivered; None for one that nobody has or had."""
    try:
        first, last = existence(code)
    except KeyError:
        return None
    called, before, after = f"{code} ({name(code)})", predecessors(code, half_year), successors(code, half_year)
    if half_year < first:
        how = f"lever het {half_year.dutch} per oude gemeente, elk met de eigen code: {_folders(before, half_year)}" if before else ""
        return NotThen(called, f"pas sinds het {first.dutch} een gemeente", how)
    how = f"lever het {half_year.dutch} onder {_folders(after, half_year)}" if after else ""
    return NotThen(called, f"een gemeente tot en met het {last.dutch}" if last is not None else "nog steeds een gemeente", how)


def describe_codes(codes: pl.Series, half_year: HalfYear) -> list[tuple[str, str, int]]:
    """Say of which municipalities codes of four digits are, where their records are delivered, and how often each occurs, most first."""
    found: dict[tuple[str, str], int] = {}
    for code, count in codes.alias("code").value_counts(name="cells").sort("cells", "code", descending=[True, False]).iter_rows():
        if is_municipality(code, half_year):
            about = f"is het {code} ({name(code)})", f"lever de regels van {_folders((code,), half_year)}"
        else:
            known = not_then(code, half_year)
            about = (
                (f"is het {known.called}, {known.existed}", known.how) if known else ("is het een code die geen gemeente heeft of had", "")
            )
        found[about] = found.get(about, 0) + count
    return [(what, how, count) for (what, how), count in sorted(found.items(), key=lambda each: -each[1])]


def _folders(codes: Sequence[str], half_year: HalfYear) -> str:
    *first, last = [f"{code} ({name(code)}) in map {half_year.upload_code}/{code}" for code in codes]
    return f"{', '.join(first)} en {last}" if first else last
