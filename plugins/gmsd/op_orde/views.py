"""The op-orde report, `op-orde.{html,xlsx,json}`: one comparison, three renderings."""

from __future__ import annotations

import json
import math
from datetime import date
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from gmsd import dutch
from gmsd.op_orde.charts import expected_drawn, past_drawn, place_drawn, scale_of, whole
from gmsd.protocol import law_of
from gmsd.rendering import Cell, Sheet, render_page, workbook
from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gmsd.op_orde.comparison import ComparisonRow, ComparisonTable, OpOrdeReport
    from gmsd.op_orde.context import OpOrdeContext
    from gmsd.op_orde.peers import Peers

_SIZES = ("0", "5.000", "10.000", "20.000", "50.000", "100.000", "150.000", "250.000", None)
_CLASS_WORDS = ("<5k", "5-10k", "10-20k", "20-50k", "50-100k", "100-150k", "150-250k", ">=250k")
_UNITS = {"per_1000": "Per 1.000 inwoners", "share": "Aandeel (%)"}
_PASTS = (("previous", "Vorig halfjaar"), ("last_year", "Zelfde halfjaar vorig jaar"), ("earlier", "Vorige levering"))
_NONE = "\N{EN DASH}"
_OUTSIDE = {"near": "net buiten wat te verwachten is", "far": "ver buiten wat te verwachten is", None: ""}

_written = json.JSONEncoder(ensure_ascii=False, separators=(",\n", ": ")).encode
"""A line for each value: Python's encoder is quick only without an indent."""


def op_orde_json(report: OpOrdeReport) -> str:
    """Write the report for programs: own figures, the others' quartiles and limits."""
    return f"{_written(report.to_json())}\n"


def peers_words(peers: Peers) -> str:
    """Name the size class compared with, or say that there is none yet."""
    if not peers.enough:
        return f"nog geen vergelijking ({peers.delivered} van {peers.expected} geleverd)"
    low = _SIZES[_CLASS_WORDS.index(peers.classes[0])]
    high = _SIZES[_CLASS_WORDS.index(peers.classes[-1]) + 1]
    if high is None:
        size = f"{low} of meer inwoners" if low != "0" else "elk aantal inwoners"
    else:
        size = f"minder dan {high} inwoners" if low == "0" else f"{low} tot {high} inwoners"
    return f"{peers.count} andere gemeenten met {size}"


def nearest_words(peers: Peers) -> str:
    """Name the nearest in inhabitants."""
    if not peers.enough or peers.smallest is None or peers.largest is None:
        return ""
    sizes = f"{dutch.dutch_number(peers.smallest)} tot {dutch.dutch_number(peers.largest)}"
    return f"de {peers.nearest} gemeenten die in inwoners het dichtst bij u staan (ongeveer {sizes})"


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


@lru_cache(maxsize=256)
def _heading(code: str, label: str, *, coded: bool) -> str:
    number = f'<span class="quiet">{escape(code)}</span> ' if coded else ""
    return f'<tr><th scope="row">{number}{escape(label)}</th>'


def _three(three: tuple[int, int, int] | None) -> str:
    return _NONE if three is None else f"{whole(three[0])} · {whole(three[1])} · {whole(three[2])}"


def _row(
    row: ComparisonRow,
    table: ComparisonTable,
    scale: float,
    pasts: Callable[[ComparisonRow], Iterable[tuple[int | None, float | None]]],
    *,
    compared: bool,
) -> str:
    """One line of a table as HTML; all in it but code and label are numbers and words of this room."""
    number, share = dutch.dutch_number, table.unit == "share"
    cells = [_heading(row.code, row.label, coded=table.name.endswith("_types")), f'<td class="number">{whole(row.value)}</td>']
    cells.append(f'<td class="number">{"-" if row.rate is None else number(row.rate, 1)}</td>')
    if compared:
        expected = _NONE if row.expected is None else f"{whole(row.expected[0])} tot {whole(row.expected[1])}"
        far = "" if row.distance is None else f'<br><span class="quiet small">afstand {number(row.distance, 1)}</span>'
        place = "" if row.place in (None, "midden") else f'<span class="small quiet">{row.place}</span>'
        cells.append(f'<td class="number">{_three(row.quartiles)}<br><span class="near">{_three(row.nearest)}</span></td>')
        cells.append(f'<td class="place">{place_drawn(row, scale, " %" if share else " per 1.000")}{place}</td>')
        cells.append(f'<td class="number{" outside" if row.outside else ""}">{expected}{far}</td>')
    for value, rate in pasts(row):
        if value is None:
            cells.append('<td class="number"></td>')
            continue
        shown = f"{number(rate, 1)} %" if share and rate is not None else whole(value)
        new, old = (row.rate, rate) if share else (row.value, value)
        change = "" if new is None else change_words(new, old, unit=table.unit)
        cells.append(f'<td class="number">{shown}<br><span class="quiet small">{change}</span></td>')
    return "".join([*cells, "</tr>\n"])


def _moments(report: OpOrdeReport) -> Markup:
    """The number of clients at every moment there is, drawn."""
    row = report.tables[0].rows[0]
    known = [(words, getattr(row, name)) for name, words in reversed(_PASTS)]
    order = [known[1], known[2], known[0]]  # last year, the half-year before, the previous delivery
    moments = [(words, value) for words, value in order if value is not None]
    if not moments:
        return Markup("")
    title = law_of(report.summary.law).say("Cliënten")
    return Markup(past_drawn([*moments, ("Deze levering", row.value)], title))  # noqa: S704 - numbers and own words


def op_orde_html(report: OpOrdeReport, context: OpOrdeContext) -> str:
    """Render the report as one page that opens offline and prints well."""
    there = [name for name, _ in _PASTS if getattr(report, name) is not None]
    counts = [(attrgetter(name), attrgetter(f"{name}_rate")) for name in there]

    def pasts(row: ComparisonRow) -> list[tuple[int | None, float | None]]:
        return [(count(row), rate(row)) for count, rate in counts]

    tables = []
    for table in report.tables:
        scale, compared = scale_of(table), any(row.quartiles is not None for row in table.rows)
        lines = "".join([_row(row, table, scale, pasts, compared=compared) for row in table.rows])
        tables.append(
            {
                "name": table.name,
                "title": table.title,
                "unit": _UNITS[table.unit],
                "explanation": table.explanation,
                "coded": table.name.endswith("_types"),
                "compared": compared,
                "lines": Markup(lines),  # noqa: S704 - codes and labels are escaped, the rest is numbers and words of this room
            }
        )
    clients = report.tables[0].rows[0]
    return render_page(
        "op_orde/op-orde",
        context=context,
        report=report,
        summary=report.summary,
        tables=tables,
        clients=clients,
        moments=_moments(report),
        expected=Markup(expected_drawn(clients)),  # noqa: S704 - the label is of the table, escaped nowhere else: it holds no sign of HTML
        peers=peers_words(report.peers),
        nearest=nearest_words(report.peers),
        pasts=[words for name, words in _PASTS if name in there],
        previous=_half_year(report.previous),
        last_year=_half_year(report.last_year),
        inhabitants_day=date.fromisoformat(report.inhabitants_date),
        say=law_of(report.summary.law).say,
    )


def _half_year(text: str | None) -> str | None:
    return None if text is None else dutch.dutch_half_year(HalfYear.parse(text))


_HEADER = (
    "Tabel", "Code", "Omschrijving", "Aantal", "Per 1.000 of %", "Onderste kwart (grootte)", "Midden (grootte)", "Bovenste kwart (grootte)",
    "Onderste kwart (dichtstbij)", "Midden (dichtstbij)", "Bovenste kwart (dichtstbij)", "Uw plaats", "Afstand tot het midden",
    "Verwacht vanaf", "Verwacht tot", "Buiten verwachting", "Vorig halfjaar", "Zelfde halfjaar vorig jaar", "Vorige levering",
)  # fmt: skip
_WIDTHS = (34, 11, 46, 10, 12, *(12,) * 6, 11, 12, 11, 11, 18, 12, 14, 12)


def op_orde_xlsx(report: OpOrdeReport, context: OpOrdeContext) -> bytes:
    """Render the report as a workbook: what to look at, every figure on one sheet to filter, and what could not be looked at."""
    summary, stock = report.summary, report.stock
    law = law_of(summary.law)
    say = law.say
    front = Sheet("samenvatting", f"Op-orde-rapport GMSD {law.title}", widths=(46, 90))
    facts: list[tuple[str, Cell]] = [
        ("Gemeente", f"{context.party.municipality_name} ({context.party.municipality})"),
        ("Halfjaar", dutch.dutch_half_year(context.party.half_year)),
        ("Bestand", context.upload.file_name),
        ("Geüpload op", dutch.dutch_moment(context.upload.received_at)),
        ("Kenmerk", context.upload.delivery_id),
        ("Gemaakt op", dutch.dutch_moment(context.made_at)),
        ("Vergeleken met", peers_words(report.peers)),
        *([("En met", nearest_words(report.peers))] if report.peers.enough else []),
        (
            f"Inwoners op {dutch.dutch_day(date.fromisoformat(report.inhabitants_date))}",
            report.inhabitants if report.inhabitants is not None else "onbekend",
        ),
    ]
    for number, remark in enumerate(report.remarks, 1):
        facts += [
            (f"Kijk hier naar ({number})", remark.sentence),
            ("- wat het meestal betekent", remark.meaning),
            ("- wat u kunt doen", remark.action),
        ]
    facts += [
        *([] if report.remarks else [("Kijk hier naar", "Er valt ons niets op.")]),
        ("Regels in het bestand", summary.records),
        *([("- alsof ze nooit zijn verstuurd (reden 13)", summary.never_sent)] if summary.never_sent else []),
        ("- buiten het halfjaar", summary.out_of_scope),
        ("- samengevoegd met een andere regel", summary.merged),
        (say("- arrangementen"), summary.arrangements),
        ("Verschillende personen in het bestand", summary.persons),
        (say("Cliënten in het halfjaar"), summary.clients),
        ("Regels met BSN 999999999", summary.unknown),
        *([("Stand na het vorige halfjaar", stock.carried)] if stock.carried is not None else []),
        ("Stand aan het begin", stock.begin),
        *([("- verschil", stock.difference)] if stock.difference is not None else []),
        ("plus instroom", stock.started),
        ("min uitstroom", stock.ended),
        ("Stand na het halfjaar", stock.standing),
        ("Facultatieve variabelen gebruikt", "ja" if summary.facultative_used else "nee, leeg gemaakt"),
        *[(f"Niet gekeken: {each.check}", each.reason) for each in report.not_run],
    ]
    for label, value in facts:
        front.row(label, value)
    figures = Sheet("cijfers", "Alle cijfers", widths=_WIDTHS, header=_HEADER)
    nothing = (None, None, None)
    for table in report.tables:
        title = table.title if table.unit == "per_1000" else f"{table.title} (%)"
        for row in table.rows:
            rate = None if row.rate is None else math.floor(row.rate * 10 + 0.5) / 10
            figures.row(
                title, row.code, row.label, row.value, rate, *(row.quartiles or nothing), *(row.nearest or nothing), row.place,
                row.distance, *(row.expected or nothing[:2]), _OUTSIDE[row.outside] or None, row.previous, row.last_year, row.earlier,
            )  # fmt: skip
    return workbook([front, figures], title=f"Op-orde-rapport {context.upload.delivery_id}", created=context.made_at)
