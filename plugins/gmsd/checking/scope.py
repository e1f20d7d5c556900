"""Whether anything in a file counts: records in its half-year, about a person who is known; and which half-year the records fit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from gmsd.checking.damage import with_words
from gmsd.checking.result import Finding
from gmsd.protocol import has_protocol
from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence
    from typing import Literal

    from gmsd.checking.result import NotRun
    from gmsd.protocol import Protocol

    Engine = Literal["in-memory", "streaming"]

_MOST = 0.9
"""So many of the records must fall in another half-year before it is named: fewer can be chance."""
_OTHER_FILE = "Controleer of u het juiste bestand hebt en of de code uitvraag in de naam klopt."


def share(part: int, whole: int) -> str:
    """A share in percents as it is written in Dutch; one that is not nothing or all is never shown as that."""
    written = f"{100 * part / whole:.1f}"
    if part and written == "0.0":
        return "minder dan 0,1%"
    if part < whole and written == "100.0":
        return "meer dan 99,9%"
    return f"{written}%".replace(".", ",")


def judge_scope(
    findings: list[Finding],
    not_run: Sequence[NotRun],
    frame: pl.DataFrame | pl.LazyFrame,
    protocol: Protocol,
    *,
    half_year: HalfYear,
    received_on: dt.date,
    records: int,
    faulty: int,
    engine: Engine,
) -> list[Finding]:
    """Say so where more than half of the records fall outside the half-year, and refuse a file of which nothing counts.

    Args:
        findings: Those of the content; the one on records outside the half-year gets more words.
        not_run: The rules that could not run.
        frame: The derived columns.
        protocol: Tells which column says that a record is outside, and which number is no person.
        half_year: That of the file.
        received_on: The day of receipt.
        records: The number of lines.
        faulty: How many of them cannot be read.
        engine: Of polars.
    """
    outside, person = protocol.derived_of("outside"), protocol.derived_of("eleven_test").of[0]
    place = next((at for at, finding in enumerate(findings) if finding.rule == protocol.rule_on(outside.column).code), None)
    outsiders = 0 if place is None else findings[place].count
    other = None
    if place is not None and 2 * outsiders > records:
        other = _fitting_half_year(frame, protocol, half_year=half_year, received_on=received_on, engine=engine)
        fits = f": de regels passen bij het {other.dutch} ({other.upload_code})" if other is not None else ""
        notice = with_words(findings[place], f"dat is meer dan de helft, dus misschien gaat dit bestand over een ander halfjaar{fits}")
        findings = [*findings[:place], replace(notice, repair=_OTHER_FILE), *findings[place + 1 :]]
    if faulty or "base" in {*(finding.level for finding in findings), *(rule.level for rule in not_run)}:
        return findings
    if outsiders == records:
        nothing = Finding.of(protocol.rule_of("none_in_half_year"), half_year=half_year.dutch)
        if other is not None:
            what = f"de regels passen bij het {other.dutch} ({other.upload_code})"
            nothing = with_words(
                nothing,
                what,
                f"gaat het bestand over het {other.dutch}, zet dan {other.upload_code} in de naam en lever het in de map van dat halfjaar",
            )
        return [nothing, *findings]
    unknown = sum(finding.count for finding in findings if finding.field == person)
    if unknown + outsiders >= records and not _somebody_counts(frame, protocol, engine):
        nobody = Finding.of(protocol.rule_of("nobody_known"), half_year=half_year.dutch)
        # that nothing need be done, as their notice has it, would be said of what the file is refused for
        return [nobody, *(replace(each, repair=nobody.repair) if each.field == person else each for each in findings)]
    return findings


def _somebody_counts(frame: pl.DataFrame | pl.LazyFrame, protocol: Protocol, engine: Engine) -> bool:
    outside, person = protocol.derived_of("outside").column, protocol.derived_of("eleven_test")
    counts = ~pl.col(outside) & (pl.col(person.of[0]) != person.settings["exception"])
    return bool(frame.lazy().select(counts.any()).collect(engine=engine).item())


def _fitting_half_year(
    frame: pl.DataFrame | pl.LazyFrame, protocol: Protocol, *, half_year: HalfYear, received_on: dt.date, engine: Engine
) -> HalfYear | None:
    """The half-year that nearly all records fall in, when there is one other than that of the file; of several the nearest.

    One that had not begun on the day of receipt cannot be meant.
    """
    start, end = protocol.derived_of("outside").of[:2]
    days = frame.lazy().select(start, end).collect(engine=engine)
    starts, ends = days[start].drop_nulls().sort(), days[end].drop_nulls().sort()
    inside = {
        candidate: int(starts.search_sorted(candidate.last_day, side="right")) - int(ends.search_sorted(candidate.first_day, side="left"))
        for candidate in _half_years(received_on, protocol.law.id)
        if candidate != half_year
    }
    most = max(inside.values(), default=0)
    if most < _MOST * days.height:
        return None
    return min((each for each, count in inside.items() if count == most), key=lambda each: abs(each.first_day - half_year.first_day))


def _half_years(received_on: dt.date, law_id: str) -> Iterator[HalfYear]:
    """Those that have a protocol and had begun by then, newest first."""
    half_year = HalfYear.of(received_on)
    while has_protocol(half_year, law_id):
        yield half_year
        half_year = half_year.previous
