"""The words of a release: its templates, filled with the facts of the release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gmsd.dutch import dutch_day
from gmsd.reference import InhabitantsUnknownError, inhabitants_date, inhabitants_day, municipalities, name
from gmsd.rendering import fill, render_text

if TYPE_CHECKING:
    import datetime as dt

    from gmsd.disclosure import Protection
    from gmsd.formats.content import PublishedTable, ReleaseContent
    from gmsd.rounds import HalfYear

_MULTIPLES = {5: "vijftal", 10: "tiental"}
STATUS_WORDS = {"Voorlopig": "voorlopig", "NaderVoorlopig": "nader voorlopig", "Definitief": "definitief"}


def rounding_words(protection: Protection) -> str:
    """How counts are rounded, to follow "het aantal is" or "de aantallen zijn": said the same in every file of a release."""
    if protection.rounding == "keyed":
        how = f"willekeurig naar boven of naar beneden afgerond, met vaste kansen, op een {multiple(protection)}"
    else:
        how = f"afgerond op het dichtstbijzijnde {multiple(protection)}"
    return f"{how}, hoogstens {protection.largest_difference} van het werkelijke aantal"


def threshold_words(protection: Protection) -> str:
    """Which counts are not shown."""
    first, last = protection.first_shown, protection.last_sometimes_secret
    sometimes = f", en soms ook een aantal van {first} tot en met {last}" if last >= first else ""
    smallest = f"Het kleinste getoonde aantal is {protection.smallest_shown}."
    return f"Aantallen van 0 tot en met {protection.last_always_secret} zijn geheim{sometimes}. {smallest}"


def multiple(protection: Protection) -> str:
    """What counts are rounded to, as a noun."""
    return _MULTIPLES.get(protection.base, f"veelvoud van {protection.base}")


def filled(text: str, content: ReleaseContent, published: PublishedTable, **more: str) -> str:
    """A text of a table's definition, filled with how its counts were protected and whose inhabitants were used."""
    days = " en ".join(dutch_day(day) for day in inhabitants_days(content))
    said = {"rounding": rounding_words(published.protection), "threshold": threshold_words(published.protection), "inhabitants_days": days}
    return fill(text, **{**said, **more})


def inhabitants_days(content: ReleaseContent) -> list[dt.date]:
    """The days of the inhabitants that its rates stand on, but for the municipalities of `other_days`."""
    return sorted({inhabitants_date(period.reference) for period in content.periods})


def other_days(half_year: HalfYear) -> dict[str, dt.date]:
    """The municipalities whose inhabitants are of another day than the others' in a half-year: code -> day."""
    usual = inhabitants_date(half_year)
    days = {code: inhabitants_day(code, half_year) for code in municipalities(half_year) if _known(code, half_year)}
    return {code: day for code, day in sorted(days.items()) if day != usual}


def _known(code: str, half_year: HalfYear) -> bool:
    try:
        inhabitants_day(code, half_year)
    except InhabitantsUnknownError:
        return False
    return True


def _other_days(content: ReleaseContent) -> list[tuple[str, list[tuple[str, dt.date]]]]:
    """For each year of the release the municipalities with inhabitants of another day, by name."""
    years = {period.year: period.reference for period in content.periods}
    said = [(str(year), [(name(code), day) for code, day in other_days(half).items()]) for year, half in sorted(years.items())]
    return [(year, found) for year, found in said if found]


def render(name: str, content: ReleaseContent, published: PublishedTable | None = None, **more: object) -> str:
    """Fill a template with the facts of a release, or of one of its tables, and what else it says."""
    about: dict[str, object] = dict(more)
    if published is not None:
        protection = published.protection
        about |= {
            "published": published,
            "table": published.table,
            "protection": protection,
            "rounding": rounding_words(protection),
            "threshold": threshold_words(protection),
            "multiple": multiple(protection),
        }
    return render_text(
        f"formats/{name}",
        content=content,
        status_words=STATUS_WORDS,
        inhabitants_dates=inhabitants_days(content),
        other_days=_other_days(content),
        half_years=[period for period in content.periods if not period.is_year],
        **about,
    )
