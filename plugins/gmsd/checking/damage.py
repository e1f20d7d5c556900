"""What is said of damage that is recognised: words behind a finding, never a finding of their own and never a cell."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from gmsd.checking.structure import places, texts_of
from gmsd.protocol import damage_list

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gmsd.checking.result import Finding
    from gmsd.checking.structure import Lines
    from gmsd.protocol import Damage, Protocol

LOOKED_AT = 2_000
"""So many faulty lines of a rule are looked at for what programs did to them: enough to know, and no work that a person waits for."""

_TOLD = 2
_LONGEST = 1000


def explain_name(finding: Finding, check: str, file_name: str) -> Finding:
    """Say what is the matter with the file's name; `check` is the rule by its name in structuur.yaml."""
    name = pl.Series([file_name], dtype=pl.String)
    for damage in damage_list().names:
        if damage.check == check and name.str.contains(damage.regex).any():
            return with_words(finding, damage.what, damage.how)
    return finding


def explain_characters(finding: Finding, forbidden: Collection[str]) -> Finding:
    """Say which of the characters that may not stand in a name stand in this one."""
    shown = ["een extra punt" if character == "." else character for character in sorted(forbidden)]
    return with_words(finding, f"in deze naam {'is' if len(shown) == 1 else 'zijn'} dat {' '.join(shown)}")


def explain_file(finding: Finding, kind: str) -> Finding:
    """Say which kind of file it is; `kind` as `read_text` gives it."""
    wording = damage_list().files.get(kind)
    return finding if wording is None else replace(finding, message=wording.what, repair=wording.repair)


def explain_unreadable(finding: Finding, line: int) -> Finding:
    """Say where the first byte stands that could not be decoded."""
    return with_words(finding, f"het eerste onleesbare teken staat in regel {number(line)}")


def explain_lines(finding: Finding, lines: Lines, protocol: Protocol) -> Finding:
    """Say what is the matter with lines that cannot be read.

    Args:
        finding: The finding; the first of its `all_lines` are looked at.
        lines: The file.
        protocol: Its separator and number of fields.
    """
    faulty = pl.Series(texts_of(lines, finding.all_lines[:LOOKED_AT].tolist()), dtype=pl.String)
    return _told(finding, _counted(faulty, damage_list().of_lines(len(protocol.fields) - 1)))


def explain_cells(findings: Sequence[Finding], frame: pl.DataFrame, protocol: Protocol) -> list[Finding]:
    """Say what programs did to the cells of each finding.

    Args:
        findings: Findings at a field; the first of their `all_lines` are looked at.
        frame: One string column per field (null = empty) and `line`, ascending.
        protocol: Tells what the cells of a field are.
    """
    lines, damages = frame["line"].to_numpy(), damage_list()
    told = []
    for finding in findings:
        name = None if finding.level == "notice" else finding.field
        kinds = () if name is None else damages.of_field(protocol, name)
        if name is not None and kinds:
            told.append(_told(finding, _counted(frame[name].gather(places(lines, finding.all_lines[:LOOKED_AT])), kinds)))
        else:
            told.append(finding)
    return told


def _counted(cells: pl.Series, kinds: Sequence[Damage]) -> list[tuple[Damage, int]]:
    """How many cells have which damage, most frequent first; of each cell the first kind that fits counts."""
    if not kinds:
        return []
    cells = cells.filter(cells.str.len_bytes() <= _LONGEST)  # what programs do to a cell does not make it a page of text
    distinct = cells.alias("cell").value_counts(name="cells").drop_nulls()
    fits = distinct.select(_fits(tuple(damage.regex for damage in kinds))).to_numpy()
    first = np.where(fits.any(axis=1), fits.argmax(axis=1), len(kinds))
    counts = np.bincount(first, weights=distinct["cells"].to_numpy(), minlength=len(kinds) + 1)
    found = [(damage, int(counts[at])) for at, damage in enumerate(kinds) if counts[at]]
    return sorted(found, key=lambda each: -each[1])


@lru_cache(maxsize=128)
def _fits(patterns: tuple[str, ...]) -> list[pl.Expr]:
    return [pl.col("cell").str.contains(pattern).alias(str(at)) for at, pattern in enumerate(patterns)]


def _told(finding: Finding, damages: list[tuple[Damage, int]]) -> Finding:
    """The finding with the two most frequent kinds of damage in its sentences."""
    if not damages:
        return finding
    first = damages[:_TOLD]
    what = " en ".join(f"{number(count)} keer {damage.what}" for damage, count in first)
    how = "; ".join(dict.fromkeys(damage.how for damage, _ in first))
    looked_at = min(len(finding.all_lines), LOOKED_AT)
    if looked_at < finding.count:
        what = f"bij de eerste {number(looked_at)}: {what}"
    return with_words(finding, what, how)


def with_words(finding: Finding, what: str, how: str = "") -> Finding:
    """The finding with these words before the full stop of its message and of its repair."""
    repair = f"{finding.repair.removesuffix('.')}; {how}." if how else finding.repair
    return replace(finding, message=f"{finding.message.removesuffix('.')}; {what}.", repair=repair)


def number(count: int) -> str:
    """A count as it is written in Dutch."""
    return f"{count:,}".replace(",", ".")
