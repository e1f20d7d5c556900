"""One Dutch sentence for each card, made from the numbers beside it; every number in it says which it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from gmsd.readers.figures import computed, figure

if TYPE_CHECKING:
    from gmsd.readers.cube import Computed, Figure
    from gmsd.readers.municipality import FigureRow, TableOfPlace

REASONS = {
    "geheim": "Er is een cijfer, maar het gaat over te weinig mensen om het te tonen.",
    "geen_levering": "De gemeente leverde geen gegevens, of trok ze in.",
    "bestond_niet": "De gemeente bestond in deze periode niet.",
}


def card_sentence(section: TableOfPlace) -> Markup:
    """What the card of a table says of a municipality; how it compares only where rounding cannot have made the difference."""
    assert section.card is not None
    assert section.period is not None
    count, rate = section.card
    compared = rate or count
    said = [_first(section, count, rate)]
    if compared.own.value is not None:
        near = section.cube.largest_difference if rate is None else 1
        said += [_beside(compared.own, compared.of_size, "gemeenten van dezelfde grootte", near)]
        said += [_beside(compared.own, compared.of_group, "vergelijkbare gemeenten", near)]
    return Markup(" ").join(each for each in said if each)


def _first(section: TableOfPlace, count: FigureRow, rate: FigureRow | None) -> Markup:
    assert section.period is not None
    table = section.cube
    title = table.measures[table.measure_at[count.own.measure]].title
    if count.own.value is None:
        return Markup("{}, {}: {}. {}").format(
            title, section.period.title, figure(count.own, "data"), REASONS[count.own.reason or "geen_levering"]
        )
    if rate is None or rate.own.value is None:
        return Markup("{}, {}: {}.").format(title, section.period.title, figure(count.own, "data"))
    unit = table.measures[table.measure_at[rate.own.measure]].unit
    return Markup("{}, {}: {}, dat is {} {}.").format(
        title, section.period.title, figure(count.own, "data"), figure(rate.own, "data"), unit
    )


def _beside(own: Figure, mean: Computed, whose: str, near: float) -> Markup:
    if own.value is None or mean.value is None:
        return Markup()
    difference = own.value - mean.value
    word = "ongeveer even veel als" if abs(difference) <= near else "meer dan" if difference > 0 else "minder dan"
    return Markup("Dat is {} het gemiddelde van {} ({}).").format(word, whose, computed(mean, "data"))
