"""The picture of the architecture, drawn of what the code says: layers of `.importlinter`, imports that reach a service or Airflow."""

from __future__ import annotations

import ast
from html import escape

from tests.support.house import LIBRARY, PROJECT, arrows, imported, in_order, layers

WIDTH, ROW, BOX, LEFT = 1000, 34, 26, 150
FONT = 'font-family="system-ui, sans-serif" font-size="13"'
ABOUT = (
    "A row for each layer. A room imports only rooms in rows below it. Letters mark the rooms that Airflow calls (A), and those that open"
    " PostgreSQL (P), the object store (S) or the mail server (M) themselves."
)
OUTSIDE = 'rx="4" fill="#ffffff" stroke="#7a8794" stroke-dasharray="5 4"'
DOORS = {"database": ("P", "#1d5f9c"), "store": ("S", "#2c6e49"), "mail": ("M", "#8a4b08")}
BANDS = {  # the lowest room of each, from the top down
    "web": ("faces", "what people and programs see", "#eef4fb"),
    "disclosure": ("publication", "counts are protected, and attacked", "#f3eefb"),
    "deliveries": ("stages", "a delivery goes up, from room to room", "#eef8f1"),
    "odata": ("tools", "what every stage works with", "#fdf6e8"),
    "errors": ("floor", "time, doors to services, errors", "#f2f2f2"),
}


def _called_by_airflow() -> set[str]:
    """The rooms that DAGs and Airflow's plugin import."""
    files = [*(PROJECT / "dags").glob("*.py"), *(PROJECT / "plugins" / "gmsd_airflow").glob("*.py")]
    names = {name for path in files for name in imported(path) if name.startswith("gmsd.")}
    return {name.split(".")[1] for name in names}


def _first_sentence(name: str) -> str:
    room = LIBRARY / name
    front = room / "__init__.py" if room.is_dir() else room.with_suffix(".py")
    said = ast.get_docstring(ast.parse(front.read_text(encoding="utf-8"))) or ""
    return " ".join(said.split("\n\n")[0].split())


def picture() -> str:
    """The picture as SVG: a row for each layer, the highest on top, and in each room marks of the services it opens and of Airflow."""
    stands_on, from_airflow, rows = arrows(), _called_by_airflow(), layers()
    height = ROW * len(rows) + 130
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="t d" {FONT}>',
        '<title id="t">The rooms of the library</title>',
        f'<desc id="d">{ABOUT}</desc>',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        *_legend(),
    ]
    top, began = 64, 64
    bands = iter(BANDS.items())
    lowest, (title, about, colour) = next(bands)
    body: list[str] = []
    for layer in rows:
        body += _row(in_order(layer, stands_on), top + (ROW - BOX) / 2, stands_on, from_airflow)
        top += ROW
        if lowest in layer:
            out += _band(began, top, title, about, colour)
            began = top
            lowest, (title, about, colour) = next(bands, ("", ("", "", "")))
    out += [*body, *_below(top)]
    return "\n".join([*out, "</svg>"]) + "\n"


def _legend() -> list[str]:
    marks = [("A", "#333333", "Airflow calls it"), *((*DOORS[door], f"opens {what}") for door, what in _services())]
    out = ['<text x="20" y="28" font-size="16" font-weight="600" fill="#111111">A room imports only what is below it</text>']
    for place, (letter, colour, text) in enumerate(marks):
        out += _mark(395 + 150 * place, 23, letter, colour)
        out.append(f'<text x="{409 + 150 * place}" y="28" fill="#111111">{text}</text>')
    return out


def _services() -> list[tuple[str, str]]:
    return [("database", "PostgreSQL"), ("store", "the store"), ("mail", "mail")]


def _band(began: float, ended: float, title: str, about: str, colour: str) -> list[str]:
    words, lines = about.split(), [""]
    for word in words:
        if len(lines[-1]) + len(word) > 18:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return [
        f'<rect x="10" y="{began}" width="{WIDTH - 20}" height="{ended - began}" fill="{colour}" stroke="#ffffff" stroke-width="2"/>',
        f'<text x="20" y="{began + 22}" font-weight="600" fill="#111111">{title}</text>',
        *(
            f'<text x="20" y="{began + 40 + 15 * place}" font-size="11" fill="#333333">{line}</text>'
            for place, line in enumerate(lines)
            if line
        ),
    ]


def _row(names: list[str], y: float, stands_on: dict[str, frozenset[str]], from_airflow: set[str]) -> list[str]:
    gap = 8
    width = (WIDTH - LEFT - 20 - gap * (len(names) - 1)) / len(names)
    out = []
    for place, name in enumerate(names):
        x = LEFT + place * (width + gap)
        marks = [("A", "#333333")] if name in from_airflow else []
        marks += [mark for door, mark in DOORS.items() if door in stands_on[name]]
        out += [
            f"<g><title>{escape(f'{name}: {_first_sentence(name)}')}</title>",
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{BOX}" rx="4" fill="#ffffff" stroke="#7a8794"/>',
            f'<text x="{x + 9:.1f}" y="{y + 17.5:.1f}" fill="#111111">{name}</text>',
        ]
        for at, (letter, colour) in enumerate(reversed(marks)):
            out += _mark(x + width - 14 - 19 * at, y + BOX / 2, letter, colour)
        out.append("</g>")
    return out


def _mark(x: float, y: float, letter: str, colour: str) -> list[str]:
    return [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="8.5" fill="{colour}"/>',
        f'<text x="{x:.1f}" y="{y + 4:.1f}" font-size="11" text-anchor="middle" fill="#ffffff">{letter}</text>',
    ]


def _below(top: float) -> list[str]:
    """What stands beside the library: not part of its order, and not known to it."""
    boxes = [
        ("dags/, gmsd_airflow", "wiring: they call the rooms"),
        ("gx_polars", "Great Expectations on Polars, for checking"),
        ("sql/, expectations/", "statements and rules, as data"),
    ]
    width = (WIDTH - 40) / 3
    out = []
    for place, (name, about) in enumerate(boxes):
        x = 10 + place * (width + 10)
        out += [
            f'<rect x="{x:.1f}" y="{top + 14}" width="{width:.1f}" height="44" {OUTSIDE}/>',
            f'<text x="{x + 10:.1f}" y="{top + 33}" font-weight="600" fill="#111111">{name}</text>',
            f'<text x="{x + 10:.1f}" y="{top + 50}" font-size="11" fill="#333333">{about}</text>',
        ]
    return out
