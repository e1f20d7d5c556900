"""The Markdown of our own `CHANGES.md` as HTML: headings, paragraphs, lists, tables and bold words, and nothing else."""

from __future__ import annotations

import re
from itertools import groupby

from markupsafe import Markup, escape

_BOLD = re.compile(r"\*\*(.+?)\*\*")
_CODE = re.compile(r"`([^`]+)`")


def to_html(text: str) -> Markup:
    """A document, its headings one level lower than they are and its first heading left out."""
    blocks = []
    for kind, lines in groupby(text.splitlines(), _kind):
        found = list(lines)
        if kind == "heading":
            blocks += [f"<h{_depth(line) + 1}>{_inline(line.lstrip('# '))}</h{_depth(line) + 1}>" for line in found if _depth(line) > 1]
        elif kind == "item":
            blocks.append("<ul>" + "".join(f"<li>{_inline(line[2:])}</li>" for line in found) + "</ul>")
        elif kind == "row":
            blocks.append(_table(found))
        elif kind == "words":
            blocks.append(f"<p>{_inline(' '.join(found))}</p>")
    return Markup("\n".join(blocks))  # noqa: S704 - every text was escaped


def _kind(line: str) -> str:
    if not line.strip():
        return ""
    return {"#": "heading", "-": "item", "|": "row"}.get(line[0], "words")


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip("#"))


def _table(lines: list[str]) -> str:
    head, _rule, *rows = [[_inline(cell.strip()) for cell in line.strip().strip("|").split("|")] for line in lines]
    header = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    table = f"<table><thead><tr>{header}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="scroll" tabindex="0" role="region" aria-label="Aantallen gewijzigde cijfers">{table}</div>'


def _inline(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", _BOLD.sub(r"<strong>\1</strong>", str(escape(text))))
