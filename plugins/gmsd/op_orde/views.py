"""The op-orde report, `op-orde.{html,xlsx,json}`: one comparison, three renderings."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from gmsd import dutch
from gmsd.op_orde.peers import rounded
from gmsd.protocol import law_of
from gmsd.rendering import Cell, Sheet, pretty_json, render_page, workbook
from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    from gmsd.op_orde.comparison import ComparisonRow, ComparisonTable, OpOrdeReport
    from gmsd.op_orde.context import OpOrdeContext
    from gmsd.op_orde.peers import Peers

_SIZES = ("0", "5.000", "10.000", "20.000", "50.000", "100.000", "150.000", "250.000", None)
_CLASS_WORDS = ("<5k", "5-10k", "10-20k", "20-50k", "50-100k", "100-150k", "150-250k", ">=250k")
_UNITS = {"per_1000": "Per 1.000 inwoners", "share": "Aandeel (%)"}
_SHEET_NAMES = {
    "clients_groups": "cliënten groep",
    "clients_types": "cliënten type",
    "arrangements_groups": "arrangementen groep",
    "arrangements_types": "arrangementen type",
    "flow": "stand en stroom",
    "shares": "samenstelling",
    "filled": "facultatief",
}


def op_orde_json(report: OpOrdeReport) -> str:
    """Write the report for programs: own figures and the others' quartiles."""
    return pretty_json(report.to_json())


def peers_words(peers: Peers) -> str:
    """Name the group compared with, or say that there is none yet."""
    if not peers.enough:
        return f"nog geen vergelijking ({peers.delivered} van {peers.expected} geleverd)"
    low = _SIZES[_CLASS_WORDS.index(peers.classes[0])]
    high = _SIZES[_CLASS_WORDS.index(peers.classes[-1]) + 1]
    if high is None:
        size = f"{low} of meer inwoners" if low != "0" else "elk aantal inwoners"
    else:
        size = f"minder dan {high} inwoners" if low == "0" else f"{low} tot {high} inwoners"
    return f"{peers.count} andere gemeenten met {size}"


def change_words(new: float, old: float | None, *, unit: str) -> str:
    """Write a change against an earlier figure: `+12,5 %`, in percentage points for a share, `nieuw` when there was nothing."""
    if old is None:
        return ""
    if unit == "share":
        points = round(new - old, 1)
        return f"{'+' if points > 0 else ''}{dutch.dutch_number(points or 0.0, 1)} pp"
    if old == 0:
        return "gelijk" if new == 0 else "nieuw"
    change = round(100 * (new - old) / old, 1)
    return f"{'+' if change > 0 else ''}{dutch.dutch_number(change or 0.0, 1)} %"


def _scale(table: ComparisonTable) -> float:
    """The right end of the little charts of a table: one scale, so that rows can be compared with each other."""
    ends = [row.quartiles[2] for row in table.rows if row.quartiles is not None] + [row.rate for row in table.rows if row.rate is not None]
    return max(ends, default=0) or 1


def _chart(row: ComparisonRow, scale: float) -> Markup:
    """Draw the others' middle half as a bar with its median, and this municipality as a dot."""
    if row.rate is None or row.quartiles is None:
        return Markup("")
    low, middle, high = (4 + 120 * value / scale for value in row.quartiles)
    said = escape(f"{row.place}: uw gemeente {dutch.dutch_number(row.rate, 1)}")
    return Markup(  # noqa: S704 - numbers, and a text that is escaped
        f'<svg class="range" viewBox="0 0 128 14" role="img" aria-label="{said}">'
        '<line x1="4" y1="7" x2="124" y2="7" stroke="#d5dcdf"/>'
        f'<rect x="{low:.1f}" y="3" width="{max(high - low, 1):.1f}" height="8" fill="#9cc6cf"/>'
        f'<line x1="{middle:.1f}" y1="1" x2="{middle:.1f}" y2="13" stroke="#0b4f6c" stroke-width="2"/>'
        f'<circle cx="{4 + 120 * row.rate / scale:.1f}" cy="7" r="4" fill="#c4572a" stroke="#ffffff"/></svg>'
    )


def _line(row: ComparisonRow, table: ComparisonTable, scale: float) -> dict[str, object]:
    share = table.unit == "share"

    def shown(value: int | None, rate: float | None) -> str:
        if value is None:
            return ""
        return f"{dutch.dutch_number(rate, 1)} %" if share and rate is not None else dutch.dutch_number(value)

    def change(value: int | None, rate: float | None) -> str:
        if share:
            return change_words(row.rate, rate, unit="share") if row.rate is not None else ""
        return change_words(row.value, value, unit="per_1000")

    return {
        "code": row.code,
        "label": row.label,
        "value": dutch.dutch_number(row.value),
        "rate": "-" if row.rate is None else dutch.dutch_number(row.rate, 1),
        "quartiles": [dutch.dutch_number(value) for value in row.quartiles] if row.quartiles is not None else [],
        "place": row.place,
        "chart": _chart(row, scale),
        "previous": shown(row.previous, row.previous_rate),
        "previous_change": change(row.previous, row.previous_rate),
        "earlier": shown(row.earlier, row.earlier_rate),
        "earlier_change": change(row.earlier, row.earlier_rate),
    }


def op_orde_html(report: OpOrdeReport, context: OpOrdeContext) -> str:
    """Render the report as one page that opens offline and prints well."""
    tables = [
        {
            "name": table.name,
            "title": table.title,
            "unit": _UNITS[table.unit],
            "explanation": table.explanation,
            "coded": table.name.endswith("_types"),
            "compared": any(row.quartiles is not None for row in table.rows),
            "lines": [_line(row, table, scale) for row in table.rows],
        }
        for table, scale in ((table, _scale(table)) for table in report.tables)
    ]
    return render_page(
        "op_orde/op-orde",
        context=context,
        report=report,
        summary=report.summary,
        tables=tables,
        peers=peers_words(report.peers),
        previous=dutch.dutch_half_year(HalfYear.parse(report.previous)) if report.previous is not None else None,
        earlier=report.earlier,
        inhabitants_day=date.fromisoformat(report.inhabitants_date),
    )


def op_orde_xlsx(report: OpOrdeReport, context: OpOrdeContext) -> bytes:
    """Render the report as a workbook: a summary, and a sheet for each table."""
    summary = report.summary
    front = Sheet("samenvatting", f"Op-orde-rapport GMSD {law_of(summary.law).title}", widths=(46, 70))
    facts: list[tuple[str, Cell]] = [
        ("Gemeente", f"{context.party.municipality_name} ({context.party.municipality})"),
        ("Halfjaar", dutch.dutch_half_year(context.party.half_year)),
        ("Bestand", context.upload.file_name),
        ("Geüpload op", dutch.dutch_moment(context.upload.received_at)),
        ("Kenmerk", context.upload.delivery_id),
        ("Gemaakt op", dutch.dutch_moment(context.made_at)),
        ("Vergeleken met", peers_words(report.peers)),
        (
            f"Inwoners op {dutch.dutch_day(date.fromisoformat(report.inhabitants_date))}",
            report.inhabitants if report.inhabitants is not None else "onbekend",
        ),
        ("Regels in het bestand", summary.records),
        *([("- alsof ze nooit zijn verstuurd (reden 13)", summary.never_sent)] if summary.never_sent else []),
        ("- buiten het halfjaar", summary.out_of_scope),
        ("- samengevoegd met een andere regel", summary.merged),
        ("- arrangementen", summary.arrangements),
        ("Verschillende personen in het bestand", summary.persons),
        ("Cliënten in het halfjaar", summary.clients),
        ("Regels met BSN 999999999", summary.unknown),
        ("Facultatieve variabelen gebruikt", "ja" if summary.facultative_used else "nee, leeg gemaakt"),
        *[("Kijk hier even naar", sentence) for sentence in report.attention],
    ]
    for label, value in facts:
        front.row(label, value)
    sheets = [front]
    for table in report.tables:
        header = (
            "Code",
            "Omschrijving",
            "Aantal",
            _UNITS[table.unit],
            "Onderste kwart",
            "Midden",
            "Bovenste kwart",
            "Uw plaats",
            "Vorig halfjaar",
            "Vorige levering",
        )
        sheet = Sheet(_SHEET_NAMES[table.name], table.title, widths=(12, 58, 12, 14, 12, 12, 12, 12, 14, 14), header=header)
        for row in table.rows:
            rate = None if row.rate is None else float(rounded(row.rate * 10) / 10)
            sheet.row(
                row.code if table.name.startswith(("clients", "arr")) else "",
                row.label,
                row.value,
                rate,
                *(row.quartiles or (None,) * 3),
                row.place,
                row.previous,
                row.earlier,
            )
        sheets.append(sheet)
    return workbook(sheets, title=f"Op-orde-rapport {context.upload.delivery_id}", created=context.made_at)
