"""Adds to a finding a sentence on what Excel or another program did to the file; it adds no finding and quotes no cell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from gmsd.checking.municipality import describe_codes
from gmsd.delimited import places, texts_of
from gmsd.dutch import dutch_number
from gmsd.protocol import damage_list

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gmsd.checking.result import Finding
    from gmsd.delimited import Lines
    from gmsd.protocol import Damage, Protocol
    from gmsd.rounds import HalfYear

LOOKED_AT = 2_000
"""So many faulty lines of a rule are looked at for what programs did to them: enough to know, and no work that a person waits for."""

_NAMED = 2
_LONGEST = 1000
_CODE = "^[0-9]{4}$"


@dataclass(frozen=True, slots=True)
class Cause:
    """What is the matter with some lines of a finding, what to do about it, and how many lines they are."""

    what: str
    how: str
    count: int


def explain_name(finding: Finding, check: str, file_name: str, law_id: str) -> Finding:
    """Say what is the matter with the file's name; `check` is the rule by its name in structuur.yaml."""
    name = pl.Series([file_name], dtype=pl.String)
    for damage in damage_list(law_id).names:
        if damage.check == check and name.str.contains(damage.regex).any():
            return with_words(finding, damage.what, damage.how)
    return finding


def explain_characters(finding: Finding, forbidden: Collection[str]) -> Finding:
    """Say which of the characters that may not stand in a name stand in this one."""
    shown = ["een extra punt" if character == "." else character for character in sorted(forbidden)]
    return with_words(finding, f"in deze naam {'is' if len(shown) == 1 else 'zijn'} dat {' '.join(shown)}")


def explain_file(finding: Finding, kind: str, law_id: str) -> Finding:
    """Say which kind of file it is; `kind` as `read_text` gives it."""
    wording = damage_list(law_id).files.get(kind)
    return finding if wording is None else replace(finding, message=wording.what, repair=wording.repair)


def explain_unreadable(finding: Finding, line: int) -> Finding:
    """Say where the first byte stands that could not be decoded."""
    return with_words(finding, f"het eerste onleesbare teken staat in regel {dutch_number(line)}")


def explain_lines(finding: Finding, lines: Lines, protocol: Protocol) -> Finding:
    """Say what is the matter with lines that cannot be read.

    Args:
        finding: The finding; the first of its `all_lines` are looked at.
        lines: The file.
        protocol: Its separator and number of fields.
    """
    faulty = pl.Series(texts_of(lines, finding.all_lines[:LOOKED_AT].tolist()), dtype=pl.String)
    kinds = damage_list(protocol.law.id).of_lines(len(protocol.fields) - 1)
    return with_causes(finding, _most_frequent(_first_kinds(faulty, kinds), kinds), looked_at=len(faulty))


def explained(finding: Finding, protocol: Protocol) -> bool:
    """Whether the cells of a finding are looked at: those of a fault, and the days of a notice."""
    types = {field.name: field.type for field in protocol.fields}
    return finding.field in types and (finding.level != "notice" or types[finding.field] == "date")


def explain_cells(findings: Sequence[Finding], frame: pl.DataFrame, protocol: Protocol, half_year: HalfYear) -> list[Finding]:
    """Say what programs did to the cells of each finding, of which municipalities codes are, and how many records hold hardly anything.

    Args:
        findings: The first of the `all_lines` of those that are `explained` are looked at.
        frame: One string column per field (null = empty) and `line`, ascending.
        protocol: Tells what the cells of a field are.
        half_year: That of the file.
    """
    lines, damages = frame["line"].to_numpy(), damage_list(protocol.law.id)
    types = {field.name: field.type for field in protocol.fields}
    looked_at: dict[int, tuple[str, npt.NDArray[np.int64]]] = {}
    for at, finding in enumerate(findings):
        if finding.field is not None and explained(finding, protocol):
            looked_at[at] = finding.field, places(lines, finding.all_lines[:LOOKED_AT])
    kinds = _Kinds(frame, protocol, list(looked_at.values()))
    thin, words = _hardly_filled(frame, protocol), damages.records["hardly_filled"]
    worded = list(findings)
    for at, (field, rows) in looked_at.items():
        finding = findings[at]
        rest = rows[~thin[rows]] if finding.level != "notice" else rows
        found = _of_codes(frame[field].gather(rest), half_year) if types[field] == "municipality" else None
        causes = kinds.causes(field, rest) if found is None else found
        hardly_filled = Cause(words.what, words.repair, len(rows) - len(rest)) if len(rest) < len(rows) else None
        worded[at] = with_causes(finding, causes, looked_at=len(rows), hardly_filled=hardly_filled)
    return worded


def _of_codes(cells: pl.Series, half_year: HalfYear) -> list[Cause] | None:
    """Of which municipalities the cells are; None when one of them is no code at all."""
    if cells.null_count() or not cells.str.contains(_CODE).all():
        return None
    return [Cause(*each) for each in describe_codes(cells, half_year)]


class _Kinds:
    """What is the matter with each cell that is looked at, worked out once for all findings at a field."""

    def __init__(self, frame: pl.DataFrame, protocol: Protocol, asked: Sequence[tuple[str, npt.NDArray[np.int64]]]) -> None:
        self._first: dict[str, npt.NDArray[np.int64]] = {}
        self._kinds: dict[str, tuple[Damage, ...]] = {}
        wanted: dict[str, npt.NDArray[np.bool_]] = {}
        for field, rows in asked:
            wanted.setdefault(field, np.zeros(frame.height, dtype=np.bool_))[rows] = True
        for field, chosen in wanted.items():
            kinds = self._kinds[field] = damage_list(protocol.law.id).of_field(protocol, field)
            first = self._first[field] = np.zeros(frame.height, dtype=np.int64)
            first[chosen] = _first_kinds(frame[field].filter(pl.Series(chosen)), kinds)

    def causes(self, field: str, rows: npt.NDArray[np.int64]) -> list[Cause]:
        """How many of these rows have which damage in the field, most frequent first; of each cell the first kind that fits counts."""
        return _most_frequent(self._first[field][rows], self._kinds[field])


def _hardly_filled(frame: pl.DataFrame, protocol: Protocol) -> npt.NDArray[np.bool_]:
    """Whether at most one of the fields is filled that no arrangement can do without: what a total or a copied column leaves."""
    needed = [pl.col(field.name) for field in protocol.fields if field.record is not None and not field.may_be_empty]
    plainly = pl.sum_horizontal((cell >= "!") & (cell < "\x7f") for cell in needed)  # begins with a sign that is no white space
    thin = frame.select(plainly).to_series().to_numpy() <= 1
    some = np.flatnonzero(thin)
    filled = pl.sum_horizontal((cell.str.strip_chars().str.len_bytes() > 0).fill_null(value=False) for cell in needed)
    thin[some] = frame[some].select(filled).to_series().to_numpy() <= 1
    return thin


def _first_kinds(cells: pl.Series, kinds: Sequence[Damage]) -> npt.NDArray[np.int64]:
    """The place of the first kind of damage that fits each cell; that behind the last for a cell that none fits, or that is empty."""
    if not kinds:
        return np.zeros(len(cells), dtype=np.int64)
    short = pl.col("cell").str.len_bytes() <= _LONGEST  # what programs do to a cell does not make it a page of text
    distinct = cells.alias("cell").unique().to_frame().filter(short)
    fits = distinct.select(_fits(tuple(damage.regex for damage in kinds))).to_numpy()
    first = pl.Series(np.where(fits.any(axis=1), fits.argmax(axis=1), len(kinds)), dtype=pl.Int64)
    return cells.replace_strict(distinct["cell"], first, default=len(kinds), return_dtype=pl.Int64).to_numpy()


def _most_frequent(first: npt.NDArray[np.int64], kinds: Sequence[Damage]) -> list[Cause]:
    counts = np.bincount(first, minlength=len(kinds) + 1)
    found = [Cause(damage.what, damage.how, int(counts[at])) for at, damage in enumerate(kinds) if counts[at]]
    return sorted(found, key=lambda each: -each.count)


@lru_cache(maxsize=128)
def _fits(patterns: tuple[str, ...]) -> list[pl.Expr]:
    return [pl.col("cell").str.contains(pattern).alias(str(at)) for at, pattern in enumerate(patterns)]


def with_causes(finding: Finding, causes: Sequence[Cause], *, looked_at: int, hardly_filled: Cause | None = None) -> Finding:
    """The finding with its most frequent causes in its sentences, and with how many of the lines have another one.

    Args:
        finding: The finding.
        causes: Most frequent first.
        looked_at: The number of its lines that were looked at.
        hardly_filled: Told when some of those are in records that hold hardly anything: their repair goes before the rule's, which
            would have somebody invent what is not there.
    """
    named = list(causes[:_NAMED])
    if hardly_filled:
        named = [replace(hardly_filled, how=""), *causes[: _NAMED - 1]]
        others = "" if hardly_filled.count == looked_at else f"; voor de andere regels: {finding.repair[:1].lower()}{finding.repair[1:-1]}"
        finding = replace(finding, repair=f"{hardly_filled.how.removesuffix('.')}{others}.")
    if not named:
        return finding
    what = " en ".join(f"{dutch_number(cause.count)} keer {cause.what}" for cause in named)
    rest = looked_at - sum(cause.count for cause in named)
    if rest:
        what = f"{what}; van nog {dutch_number(rest)} is de oorzaak hier niet genoemd"
    if looked_at < finding.count:
        what = f"bij de eerste {dutch_number(looked_at)}: {what}"
    hows = dict.fromkeys(cause.how for cause in named if cause.how)
    return with_words(finding, what, "; ".join(how for how in hows if not any(other != how and other.startswith(how) for other in hows)))


def with_words(finding: Finding, what: str, how: str = "") -> Finding:
    """The finding with these words before the full stop of its message and of its repair."""
    repair = f"{finding.repair.removesuffix('.')}; {how}." if how else finding.repair
    return replace(finding, message=f"{finding.message.removesuffix('.')}; {what}.", repair=repair)
