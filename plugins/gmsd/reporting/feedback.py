"""The technical feedback report, `terugkoppeling.{html,xlsx,json}`: one result, three renderings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gmsd.reporting import dutch
from gmsd.reporting.mails import notice_sentence
from gmsd.reporting.rendering import render_page
from gmsd.reporting.result import LEVEL_TITLES, LEVEL_WORDS, LEVELS, Checked
from gmsd.reporting.workbook import Sheet, workbook
from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gmsd.reporting.contexts import FeedbackContext

_NOT_KNOWN = "onbekend"


def feedback_json(result: Mapping[str, Any]) -> str:
    """Write the result as the contract gives it (schema `gmsd-check/1`)."""
    return json.dumps(result, ensure_ascii=False, indent=1) + "\n"


def _half_year_words(half_year: str | None) -> str:
    return dutch.dutch_half_year(HalfYear.parse(half_year)) if half_year is not None else _NOT_KNOWN


def _municipality_words(checked: Checked, context: FeedbackContext) -> str:
    if checked.municipality is None:
        return _NOT_KNOWN
    return f"{context.municipality_name} ({checked.municipality})" if context.municipality_name else checked.municipality


def _facts(checked: Checked, context: FeedbackContext) -> list[tuple[str, str]]:
    """What identifies the file; the hash in blocks of eight, so that no part of it can be read as a person's number."""
    rows = [
        ("Bestand", checked.file),
        ("Gemeente", _municipality_words(checked, context)),
        ("Halfjaar", _half_year_words(checked.half_year)),
    ]
    if context.received_at is not None:
        rows.append(("Geüpload op", dutch.dutch_moment(context.received_at)))
    if context.delivery_id is not None:
        rows.append(("Kenmerk", context.delivery_id))
    digest = " ".join(checked.sha256[start : start + 8] for start in range(0, len(checked.sha256), 8))
    rows += [
        ("Gecontroleerd op", dutch.dutch_moment(context.checked_at)),
        ("Protocol", checked.protocol if checked.protocol is not None else _NOT_KNOWN),
        ("Grootte", dutch.dutch_count(checked.bytes, "byte", "bytes")),
        ("Vingerafdruk (SHA-256)", digest),
    ]
    return rows


def feedback_html(result: Mapping[str, Any], context: FeedbackContext) -> str:
    """Render the report as one page that opens offline and prints well."""
    checked = Checked.of(result)
    levels = [(level, LEVEL_TITLES[level], checked.variables(level)) for level in LEVELS if level != "notice" and checked.at(level)]
    return render_page(
        "terugkoppeling",
        checked=checked,
        facts=_facts(checked, context),
        levels=levels,
        level_words=LEVEL_WORDS,
        municipality=_municipality_words(checked, context),
        half_year=_half_year_words(checked.half_year),
        notices=[(notice, notice_sentence(notice)) for notice in checked.at("notice")],
    )


def feedback_xlsx(result: Mapping[str, Any], context: FeedbackContext) -> bytes:
    """Render the report as a workbook with the sheets `samenvatting` and `fouten`."""
    checked = Checked.of(result)
    summary = Sheet("samenvatting", "Technische terugkoppeling GMSD Wmo", widths=(30, 90))
    summary.row("Uitslag", checked.verdict_words, bold=True)
    for label, value in _facts(checked, context):
        summary.row(label, value)
    summary.row("Regels in het bestand", checked.records)
    summary.row("Fouten in de inhoud", checked.content_errors if checked.content_checked else "nog niet gecontroleerd")
    for level in LEVELS:
        summary.row(LEVEL_TITLES[level], checked.errors(level))
    for rule, reason in checked.not_run:
        summary.row(f"Niet gecontroleerd: {rule}", reason)
    faults = Sheet(
        "fouten",
        "Fouten en opmerkingen",
        widths=(11, 13, 28, 10, 26, 62, 62, 38),
        header=(
            "Code",
            "Soort",
            "Variabele",
            "Aantal",
            "Regels (eerste tien)",
            "Wat er mis is",
            "Hoe u het herstelt",
            "Plaats in het protocol",
        ),
    )
    for finding in checked.findings:
        lines = dutch.dutch_lines(finding.lines)
        faults.row(
            finding.rule,
            LEVEL_WORDS[finding.level],
            finding.variable,
            finding.count,
            lines,
            finding.message,
            finding.repair,
            finding.source,
        )
    return workbook((summary, faults), title=f"Terugkoppeling {checked.file}", created=context.checked_at)
