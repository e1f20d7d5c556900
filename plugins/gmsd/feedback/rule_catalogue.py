"""The catalogue of rules as a page: HTML for coordinators, Markdown for docs/rules.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import escape

from gmsd.protocol import CONSEQUENCES, LEVELS, catalogue_of, expectations_folder, laws, protocols
from gmsd.rendering import render_page
from gmsd.rounds import WMO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gmsd.protocol import Catalogue, CodeTable, Protocol, Section

_CELL = str.maketrans({"|": "\\|", "\n": " "})
_TONES = {LEVELS["file"]: "bad", LEVELS["base"]: "bad", LEVELS["facultative"]: "part", LEVELS["notice"]: ""}


def rules_html(protocol: Protocol) -> str:
    """The page about one protocol: complete in itself, one anchor per rule code.

    Its texts are the protocol's own, with made-up numbers as examples; nothing in them is masked.
    """
    levels = [(LEVELS[level], CONSEQUENCES[level]) for level in LEVELS]
    page = catalogue_of(protocol, protocols(expectations_folder(), protocol.law.id))
    return render_page("feedback/regels", page=page, levels=levels, tones=_TONES, written=escape)


def rules_markdown() -> str:
    """Every protocol by law, the newest first; all anchors but those of the newest for the Wmo begin with the name of the protocol."""
    lines: list[str] = []
    for each in laws():
        lines += ["", f"# Regels voor het {each.title}-bestand", ""]
        every = protocols(expectations_folder(), each.id)
        for protocol in reversed(every):
            short = each.id == WMO and protocol is every[-1]
            lines += _protocol(catalogue_of(protocol, every), "" if short else f"{protocol.id}-")
    return "\n".join(lines[1:]) + "\n"


def _protocol(page: Catalogue, prefix: str) -> Iterator[str]:
    yield f"## {page.title} (`{page.protocol}`)"
    yield ""
    yield f"Geldt voor {page.period}. {page.status}"
    yield ""
    yield from (f"- [{section.title}](#{prefix}{section.anchor}){_codes(section, prefix)}" for section in page.sections)
    yield from (f"- [Codes: {table.title}](#{prefix}{table.anchor})" for table in page.tables)
    for section in page.sections:
        yield from _section(section, prefix)
    for table in page.tables:
        yield from _table(table, prefix)


def _codes(section: Section, prefix: str) -> str:
    links = ", ".join(f"[{entry.code}](#{prefix}{entry.code})" for entry in section.entries)
    return f": {links}" if links else ""


def _section(section: Section, prefix: str) -> Iterator[str]:
    yield ""
    yield f'### <a id="{prefix}{section.anchor}"></a>{section.title}'
    if section.facts:
        yield ""
        yield from (f"- {label}: {text}" for label, text in section.facts)
        if section.code_list is not None:
            yield f"- Codes: [zie de lijst](#{prefix}codes-{section.code_list})"
    for entry in section.entries:
        rows = {
            "Waar": entry.where,
            "Hoe herstelt u het": entry.repair,
            "Voorbeeld van een goede waarde": None if entry.example is None else f"`{entry.example}`",
            "Uitleg": entry.explanation,
            "Gevolg": f"{entry.level}. {entry.consequence}",
            "Bron": f"{entry.source}. {entry.status}",
            "Geldt voor": entry.period,
        }
        yield ""
        yield f'#### <a id="{prefix}{entry.code}"></a>{entry.code}: {entry.message}'
        yield ""
        yield "| | |"
        yield "|---|---|"
        yield from (f"| {label} | {text.translate(_CELL)} |" for label, text in rows.items() if text is not None)


def _table(table: CodeTable, prefix: str) -> Iterator[str]:
    yield ""
    yield f'### <a id="{prefix}{table.anchor}"></a>Codes: {table.title}'
    yield ""
    yield f"Bron: {table.source}. {table.status} Waar geen dag staat, is er geen grens."
    yield ""
    yield "| code | betekenis | geldt vanaf | geldt tot en met | opmerking |"
    yield "|---|---|---|---|---|"
    for row in table.rows:
        yield f"| `{row.code}` | {row.title.translate(_CELL)} | {row.valid_from} | {row.valid_to} | {row.remark.translate(_CELL)} |"
