"""The words of a release: Jinja templates beside this module, filled with the facts of the release."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from jinja2 import Environment, FunctionLoader, StrictUndefined

from gmsd.reference import inhabitants_date

if TYPE_CHECKING:
    from datetime import date

    from gmsd.releases.content import Content

MONTHS = ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"]
STATUS_WORDS = {"Voorlopig": "voorlopig", "NaderVoorlopig": "nader voorlopig", "Definitief": "definitief"}


def data_text(name: str) -> str:
    """A file of this room's `data/` folder."""
    return files("gmsd.releases").joinpath("data", name).read_text(encoding="utf-8")


def dutch_date(day: date) -> str:
    """`4 mei 2020`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(data_text),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - plain text and Markdown, made of our own words, codes and numbers
    )
    environment.filters["dutch_date"] = dutch_date
    return environment


def render(name: str, content: Content) -> str:
    """Fill a template with the facts of a release."""
    inhabitants_dates = sorted({inhabitants_date(period.reference) for period in content.periods})
    return (
        _environment()
        .get_template(name)
        .render(
            content=content,
            status_words=STATUS_WORDS,
            inhabitants_dates=inhabitants_dates,
            half_years=[period for period in content.periods if not period.is_year],
        )
    )
