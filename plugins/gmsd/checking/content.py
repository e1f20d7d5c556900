"""The content of a file: one frame of strings, the derived columns, the suites in one pass, and the findings they give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from gmsd.checking.damage import explain_cells
from gmsd.checking.derive import with_derived
from gmsd.checking.result import LISTED_LINES, Finding, NotRun

if TYPE_CHECKING:
    import datetime as dt

    from gmsd.checking.structure import Body
    from gmsd.protocol import Protocol
    from gmsd.rounds import HalfYear

_RESULT_FORMAT = {"result_format": "SUMMARY", "partial_unexpected_count": LISTED_LINES, "exclude_unexpected_values": True}


def read_frame(body: Body, protocol: Protocol) -> pl.DataFrame:
    """The readable lines as strings, one column per field (null = empty), with `line`, the physical line number."""
    lines = pl.Series("line", body.lines)
    if not len(lines):
        return pl.DataFrame(schema=dict.fromkeys(protocol.header, pl.String())).with_columns(lines)
    frame = pl.read_csv(
        body.source,
        has_header=False,
        skip_lines=1,
        n_rows=len(lines),
        separator=protocol.separator,
        quote_char=None,
        schema=dict.fromkeys(protocol.header, pl.String()),
        encoding="utf8",
    )
    return frame.with_columns(lines)


def content_findings(
    frame: pl.DataFrame, protocol: Protocol, *, half_year: HalfYear, municipality: str | None, received_on: dt.date, records: int
) -> tuple[list[Finding], list[NotRun]]:
    """Run both suites in one pass.

    Args:
        frame: What `read_frame` gives.
        protocol: The rules.
        half_year: The half-year the file is about.
        municipality: The delivering municipality; its rule is left out when it is unknown.
        received_on: The day of receipt.
        records: The number of lines that a share is a share of.

    Returns:
        The findings in the order of the suites, and the rules that could not run.
    """
    import gx_polars

    suite = protocol.suite(half_year=half_year, received_on=received_on, municipality=municipality)
    derived = with_derived(frame, protocol, half_year)
    validation = gx_polars.validate(derived, suite, result_format=_RESULT_FORMAT, unexpected_index_column_names=["line"])
    findings: list[Finding] = []
    not_run: list[NotRun] = []
    for result in validation.results:
        rule = protocol.rules[result.expectation_config.meta["code"]]
        if result.exception_info.get("raised_exception", True):
            not_run.append(NotRun(rule.code, rule.level, "De regel kon niet worden uitgevoerd; het CBS zoekt dit uit."))
        elif not result.success:
            count: int = result.result["unexpected_count"]
            lines = result.result["partial_unexpected_index_list"][0]["line"]
            words = _words(count=count, records=records, half_year=half_year, municipality=municipality)
            findings.append(Finding.of(rule, count=count, lines=lines, **words))
    return explain_cells(findings, frame, protocol), not_run


def _words(*, count: int, records: int, half_year: HalfYear, municipality: str | None) -> dict[str, str]:
    """What the sentences of a rule leave open. Counts and codes only, never a cell."""
    words: dict[str, Any] = {"half_year": half_year.dutch, "municipality": municipality or "onbekend"}
    words["share"] = f"{100 * count / records:.1f}%".replace(".", ",")
    return words
