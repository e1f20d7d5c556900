"""The content of a file: strings and derived columns in one lazy frame, the suites in one pass over it, and the findings they give."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from gmsd.checking.damage import LOOKED_AT, explain_cells, explained
from gmsd.checking.derive import ROW, with_derived, with_derived_lazily
from gmsd.checking.municipality import first_municipality
from gmsd.checking.repeated import repeated_rows
from gmsd.checking.result import Finding, NotRun
from gmsd.checking.scope import judge_scope, share
from gmsd.delimited import places

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from gmsd.checking.judging import Judge
    from gmsd.delimited import Body
    from gmsd.protocol import Protocol
    from gmsd.rounds import HalfYear


def scan(body: Body, protocol: Protocol) -> pl.LazyFrame:
    """The readable lines as strings, one column per field (null = empty), with `row`, the place among them from 0 (UInt32)."""
    if not len(body.lines):
        return pl.LazyFrame(schema={ROW: pl.UInt32(), **dict.fromkeys(protocol.header, pl.String())})
    return _cells(body.source, protocol, skip_lines=1, n_rows=len(body.lines), row_index_name=ROW)


def _cells(source: bytes, protocol: Protocol, **settings: Any) -> pl.LazyFrame:
    schema = dict.fromkeys(protocol.header, pl.String())
    return pl.scan_csv(source, has_header=False, separator=protocol.separator, quote_char=None, schema=schema, **settings)


@dataclass(frozen=True, slots=True)
class CheckedContent:
    """What the check of the content gives: the findings in the order of the suites, the rules that could not run, whose file it is."""

    findings: list[Finding]
    not_run: list[NotRun]
    municipality: str | None


def check_content(
    body: Body,
    protocol: Protocol,
    *,
    half_year: HalfYear,
    municipality: str | None,
    provider: str | None,
    received_on: dt.date,
    records: int,
    judge: Judge,
) -> CheckedContent:
    """Run both suites in one pass.

    Args:
        body: The lines after the header.
        protocol: The rules.
        half_year: The half-year the file is about.
        municipality: The delivering municipality; when it is unknown, that of the first record with a code that is one.
        provider: The provider in the file's name; None for a law whose files come from municipalities.
        received_on: The day of receipt.
        records: The number of lines that a share is a share of.
        judge: The way to ask the suites.
    """
    cells = scan(body, protocol)
    frame = None if body.large else cells.collect(engine="in-memory")
    whose = municipality or first_municipality(cells if frame is None else frame, protocol, half_year)
    repeated = repeated_rows(body, protocol, frame)
    derived: pl.DataFrame | pl.LazyFrame
    if frame is None:
        derived = with_derived_lazily(cells, protocol, half_year, repeated)
    else:
        derived = with_derived(frame, protocol, half_year, repeated)
    findings: list[Finding] = []
    not_run: list[NotRun] = []
    parameters = protocol.parameters(half_year, received_on, whose, provider)
    for broken in judge(derived, protocol, parameters, municipality_known=whose is not None):
        rule = protocol.rules[broken.code]
        if not broken.count:
            not_run.append(NotRun(rule.code, rule.level, "De regel kon niet worden uitgevoerd; het CBS zoekt dit uit."))
            continue
        words = {
            "half_year": half_year.dutch,
            "municipality": whose or "onbekend",
            "deliverer": f"{whose}" if municipality is not None else f"{whose}, die van de eerste regel met een bestaande code",
            "share": share(broken.count, records),
        }
        findings.append(Finding.of(rule, count=broken.count, lines=body.lines[broken.rows], **words))
    looked_into = [finding for finding in findings if explained(finding, protocol)]
    if looked_into:
        findings = explain_cells(findings, _faulty_cells(body, protocol, frame, looked_into), protocol, half_year)
    findings = judge_scope(
        findings,
        not_run,
        derived,
        protocol,
        half_year=half_year,
        received_on=received_on,
        records=records,
        faulty=len(body.faulty) + len(body.emptied),
        engine=body.engine,
    )
    return CheckedContent(findings, not_run, whose)


def _faulty_cells(body: Body, protocol: Protocol, frame: pl.DataFrame | None, findings: Sequence[Finding]) -> pl.DataFrame:
    """The cells of the lines where something is wrong, with `line`, the physical line number."""
    looked_at = np.zeros(len(body.lines), dtype=np.bool_)
    for finding in findings:
        looked_at[places(body.lines, finding.all_lines[:LOOKED_AT])] = True
    rows = np.flatnonzero(looked_at)
    lines = pl.Series("line", body.lines[rows], dtype=pl.Int64)
    if frame is not None:
        return frame[rows].with_columns(lines)
    return _cells(codecs.BOM_UTF8 + b"\n".join(body.texts(rows)), protocol).collect(engine="in-memory").with_columns(lines)
