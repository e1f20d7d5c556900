"""The words of a release: its templates, filled with the facts of the release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gmsd.dutch import dutch_day
from gmsd.formats.revision import is_new, mergers, method, revisions
from gmsd.formats.wording import STATUS_WORDS, multiple, rounding_words, threshold_words
from gmsd.protocol import law_of
from gmsd.reference import InhabitantsUnknownError, inhabitants_date, inhabitants_day, municipalities, name
from gmsd.rendering import fill, render_text

if TYPE_CHECKING:
    import datetime as dt

    from gmsd.formats.content import PublishedTable, ReleaseContent
    from gmsd.rounds import HalfYear


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
            "revisions": revisions(content, published),
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


def change_list(content: ReleaseContent) -> bytes:
    """`CHANGES.md`: figures added, revised and gone with their statuses, the municipalities they are of, and how they are made."""
    return render(
        "changes.md",
        content,
        law=law_of(content.law),
        revisions=revisions(content),
        per_table=[(each.table, revisions(content, each)) for each in content.tables],
        new_tables=[each.table for each in content.tables if is_new(each, content.before)],
        gone_tables=[table for table, _cells in content.gone],
        mergers=mergers(content),
        method=method(content),
    ).encode()
