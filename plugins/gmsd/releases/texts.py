"""The words of a release: its templates, filled with the facts of the release."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from gmsd.reference import inhabitants_date
from gmsd.rendering import render_text

if TYPE_CHECKING:
    from gmsd.disclosure import Rule
    from gmsd.releases.content import Content

_MULTIPLES = {5: "vijftal", 10: "tiental"}
STATUS_WORDS = {"Voorlopig": "voorlopig", "NaderVoorlopig": "nader voorlopig", "Definitief": "definitief"}


def rounding_words(rule: Rule) -> str:
    """How counts are rounded, to follow "het aantal is" or "de aantallen zijn": said the same in every file of a release."""
    if rule.rounding == "keyed":
        how = f"willekeurig naar boven of naar beneden afgerond, met vaste kansen, op een {_MULTIPLES[rule.BASE]}"
    else:
        how = f"afgerond op het dichtstbijzijnde {_MULTIPLES[rule.BASE]}"
    return f"{how}, hoogstens {rule.largest_difference} van het werkelijke aantal"


def threshold_words(rule: Rule) -> str:
    """Which counts are not shown."""
    first, last = rule.FIRST_SHOWN, rule.last_sometimes_secret
    sometimes = f", en soms ook een aantal van {first} tot en met {last}" if last >= first else ""
    smallest = f"Het kleinste getoonde aantal is {rule.SMALLEST_SHOWN}."
    return f"Aantallen van 0 tot en met {rule.last_always_secret} zijn geheim{sometimes}. {smallest}"


def data_text(name: str) -> str:
    """A file of this room's `data/` folder."""
    return files("gmsd.releases").joinpath("data", name).read_text(encoding="utf-8")


def render(name: str, content: Content) -> str:
    """Fill a template with the facts of a release."""
    inhabitants_dates = sorted({inhabitants_date(period.reference) for period in content.periods})
    return render_text(
        f"releases/{name}",
        content=content,
        rounding=rounding_words(content.rule),
        threshold=threshold_words(content.rule),
        status_words=STATUS_WORDS,
        inhabitants_dates=inhabitants_dates,
        half_years=[period for period in content.periods if not period.is_year],
    )
