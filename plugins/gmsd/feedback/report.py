"""The technical feedback report, `terugkoppeling.{html,xlsx,json}`: one result, three renderings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gmsd import dutch
from gmsd.feedback.explanation import explain, missed
from gmsd.feedback.listing import listed
from gmsd.feedback.result import LEVEL_TITLES, LEVEL_WORDS, LEVELS, WHOLE_LINE, Checked
from gmsd.rendering import Sheet, pretty_json, render_page, render_part, workbook
from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gmsd.feedback.context import FeedbackContext
    from gmsd.feedback.explanation import Explanation

_NOT_KNOWN = "onbekend"
_THE_REST = "Herstel wat hierboven staat; vaak heeft de rest dezelfde oorzaak. Een nieuwe controle noemt wat er dan nog over is."
_NO_LINES: Mapping[str, Sequence[int]] = {}


def feedback_json(result: Mapping[str, Any] | Checked) -> str:
    """Write the result as the contract gives it (schema `gmsd-check/1`)."""
    return pretty_json(result.result if isinstance(result, Checked) else result)


def _half_year_words(half_year: str | None) -> str:
    return dutch.dutch_half_year(HalfYear.parse(half_year)) if half_year is not None else _NOT_KNOWN


def _municipality_words(checked: Checked, context: FeedbackContext) -> str:
    if checked.municipality is None:
        return _NOT_KNOWN
    words = f"{context.municipality_name} ({checked.municipality})" if context.municipality_name else checked.municipality
    return words if context.place_compared else f"{words}, volgens het bestand zelf; de plaats van levering is niet vergeleken"


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


def feedback_html(result: Mapping[str, Any] | Checked, context: FeedbackContext) -> str:
    """Render the report as one page that opens offline and prints well."""
    return render_page("feedback/terugkoppeling", **_shown(result, context))


def feedback_part(result: Mapping[str, Any] | Checked, context: FeedbackContext) -> str:
    """Render what stands on that page between its head and its foot, for a page that has its own."""
    return render_part("feedback/uitslag", **_shown(result, context))


def _shown(result: Mapping[str, Any] | Checked, context: FeedbackContext) -> dict[str, object]:
    checked = Checked.of(result)
    faulty = [level for level in LEVELS if level != "notice" and checked.at(level)]
    return {
        "checked": checked,
        "facts": _facts(checked, context),
        "levels": [(level, LEVEL_TITLES[level], checked.variables(level)) for level in faulty],
        "explained": explain(checked, context.rules_url),
        "missed": missed(checked, context.rules_url),
        "delivered": context.delivery_id is not None,
        "municipality": _municipality_words(checked, context),
        "half_year": _half_year_words(checked.half_year),
    }


def feedback_xlsx(
    result: Mapping[str, Any] | Checked, context: FeedbackContext, *, lines: Mapping[str, Sequence[int]] = _NO_LINES
) -> bytes:
    """Render the report as a workbook with the sheets `samenvatting`, `fouten` and `niet uitgevoerd`.

    Args:
        result: The result of the check, or what was read of it.
        context: What the report shows beside it.
        lines: All line numbers by rule, ascending, such as `CheckResult.all_lines()`; a rule that is not in it gets the first ten.
    """
    checked = Checked.of(result)
    explained = explain(checked, context.rules_url)
    sheets = (_summary(checked, context, explained), _faults(checked, lines, explained), _not_run(checked))
    return workbook(sheets, title=f"Terugkoppeling {checked.file}", created=context.checked_at)


def _summary(checked: Checked, context: FeedbackContext, explained: Mapping[str, Explanation]) -> Sheet:
    sheet = Sheet(
        "samenvatting", f"Technische terugkoppeling GMSD {checked.protocol_used.law.title}", widths=(36, 66, 66, 14, 11, 11, 13, 36)
    )
    sheet.row("Uitslag", checked.verdict_words, style="bold")
    first = checked.nothing_counts or checked.mostly_outside
    if first is not None:
        sheet.row("Let op" if checked.nothing_counts is None else "Waarom", first.message, style="bold")
    for label, value in _facts(checked, context):
        sheet.row(label, value)
    sheet.row("Regels met gegevens", checked.records)
    sheet.row("Fouten in de inhoud", checked.content_errors if checked.content_checked else "nog niet gecontroleerd")
    for level in LEVELS:
        sheet.row(LEVEL_TITLES[level], checked.errors(level))
    if checked.not_run:
        sheet.row("Regels die wij niet konden toepassen", len(checked.not_run))
    if checked.findings:
        sheet.row()
        sheet.row("Variabele", "Wat is er mis", "Hoe herstelt u het", "Voorbeeld", "Aantal", "Code", "Soort", "Bron", style="header")
    for finding in checked.findings:
        sheet.row(
            finding.variable,
            finding.message,
            finding.repair,
            explained[finding.rule].example or "",
            finding.count,
            finding.rule,
            LEVEL_WORDS[finding.level],
            finding.source,
        )
    return sheet


def _faults(checked: Checked, lines: Mapping[str, Sequence[int]], explained: Mapping[str, Explanation]) -> Sheet:
    """A row for each line that is wrong, so that a filter on the line, the variable or the code shows what is left to repair."""
    sheet = Sheet(
        "fouten",
        "Fouten en opmerkingen, regel voor regel",
        widths=(9, 11, 12, 27, 78, 88),
        header=("Regel", "Code", "Soort", "Variabele", "Wat is er mis", "Hoe herstelt u het"),
        note="Regel is het regelnummer in uw bestand; regel 1 is de regel met de kolomnamen. Met een filter werkt u fout voor fout.",
    )
    for each in listed(checked, lines):
        finding, example = each.finding, explained[each.finding.rule].example
        repair = f"{finding.repair} Voorbeeld: {example}" if example else finding.repair
        about = (finding.rule, LEVEL_WORDS[finding.level], finding.variable)
        if not len(each.numbers):
            sheet.row(None, *about, finding.message, repair)
        sheet.row_for_each(each.numbers, *about, finding.message, repair)
        if each.missing:
            left = dutch.dutch_count(each.missing, "regel", "regels")
            sheet.row(None, *about, f"Nog {left} met deze fout, hier niet genoemd.", _THE_REST)
    return sheet


def _not_run(checked: Checked) -> Sheet:
    unsure = "Zolang een regel niet is toegepast, weten wij niet of uw bestand eraan voldoet."
    sheet = Sheet(
        "niet uitgevoerd",
        "Regels die wij niet konden toepassen",
        widths=(13, 28, 90),
        header=("Code", "Variabele", "Waarom niet"),
        note=unsure if checked.not_run else "Alle regels zijn toegepast.",
    )
    if not checked.content_checked:
        sheet.row("alle", WHOLE_LINE, "Er is iets mis met het bestand zelf. Wij controleren de inhoud zodra dat is hersteld.")
        sheet.note = "De inhoud van het bestand is nog niet gecontroleerd."
    for each in missed(checked, ""):
        sheet.row(each.rule, each.variable, each.reason)
    return sheet
