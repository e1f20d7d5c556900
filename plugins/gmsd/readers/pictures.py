"""The pictures of a page, each with the sentence beside it: made from the same view as the table that it follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from gmsd.charts import Point, Spot, Strip, boundary_map, funnel, limits_of, line, strips, tile_map
from gmsd.readers.figures import WORDS, computed, figure, number
from gmsd.readers.places import point_of, size_words

if TYPE_CHECKING:
    from gmsd.charts import Boundaries
    from gmsd.figures import Period
    from gmsd.readers.municipality import TableOfPlace
    from gmsd.readers.topic import TopicView


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture and what is said beside it; `legend` are pairs of the style of a patch and words."""

    drawn: Markup
    said: Markup
    legend: tuple[tuple[str, Markup], ...] = ()


def development_of(section: TableOfPlace, place: str) -> Picture | None:
    """The first topic of a table over half-years; None of fewer than two."""
    first = section.developments[0]
    if len(first.halves) < 2:
        return None
    points = [Point(short_words(each.period), each.figure.value, WORDS.get(each.figure.reason, "")) for each in first.halves]
    title = first.measure.title
    label = f"Lijn van {title} in {place} per halfjaar. Dezelfde cijfers staan in de tabel hierna."
    band = section.cube.largest_difference if first.measure.kind == "count" else 0
    drawn = Markup(line(points, band=band, label=label, name=f"h-{section.cube.table.table_id}"))  # noqa: S704 - texts are escaped
    shown = [each for each in first.halves if each.figure.value is not None]
    if not shown:
        return Picture(drawn, Markup("{} in {}: geen enkel halfjaar heeft een cijfer.").format(title, place))
    last = shown[-1]
    said = Markup("{} in {}: {} in het {}.").format(title, place, figure(last.figure, "data"), last.period.title)
    if last.change is not None and last.change.value is not None:
        said += Markup(" Verandering sinds het halfjaar ervoor: {}.").format(computed(last.change, "data"))
    if band:
        said += Markup(" Het streepje en de band laten zien waar het echte aantal ligt: getoonde aantallen zijn afgerond.")
    return Picture(drawn, said)


def spread_of(view: TopicView) -> Picture | None:
    """How what municipalities show is spread, by their size."""
    sizes = {region: value for region, each in view.drawn.items() if (value := each.value) is not None}
    rows = []
    for each in view.spread:
        if each.quartiles[0].value is None:
            continue
        first, median, third = (float(quartile.value or 0) for quartile in each.quartiles)
        values = tuple(sizes[region] for region in each.quartiles[0].made_of)
        rows.append(Strip(_size(each.size), values, (first, median, third)))
    if not rows:
        return None
    title = view.mapped.title
    label = f"Stippen van {title} naar grootte van de gemeente: elke gemeente is een stip. Dezelfde cijfers staan in de tabellen."
    said = Markup("Elke stip is een gemeente. Een vak houdt de helft van de gemeenten van die grootte, met een streep bij de mediaan.")
    return Picture(Markup(strips(rows, label=label)), said)  # noqa: S704 - texts are escaped


def map_of(view: TopicView, boundaries: Boundaries | None) -> Picture | None:
    """A square for each municipality, or its shape; in five classes at most."""
    title = view.mapped.title
    places = []
    unplaced = 0
    for row in view.rows[1:]:
        each = view.drawn[row.region]
        point = point_of(row.region)
        if point is None:
            unplaced += 1
            continue
        rank = None if each.value is None else view.class_of(each.value)
        told = f"{row.name}: {WORDS[each.reason or 'geen_levering'] if each.value is None else number(each.value)}"
        places.append(Spot(row.region, point, rank, told))
    if not places:
        return None
    label = f"Kaart van {title}: de klasse van elke gemeente. Dezelfde cijfers staan in de lijst van alle gemeenten."
    if boundaries is not None:
        drawn = boundary_map(places, boundaries, label=label, name="h-kaart")
        said = Markup("Grenzen: {}.").format(boundaries.source)
    else:
        drawn = tile_map(places, label=label, name="h-kaart")
        said = Markup("Elk vierkant is een gemeente, ongeveer op haar plaats; elke telt even zwaar. Het cijfer erin is de klasse.")
    if unplaced:
        said += Markup(" Van {} opgeheven gemeenten is de plek niet bekend; zij staan alleen in de lijst.").format(unplaced)
    return Picture(Markup(drawn), said, _legend(view, places))  # noqa: S704 - texts are escaped


def _legend(view: TopicView, places: list[Spot]) -> tuple[tuple[str, Markup], ...]:
    ranks = [each.rank for each in places]
    said = []
    for rank in range(len(view.bounds) + 1):
        below = view.bounds[rank - 1] if rank else None
        to = view.bounds[rank] if rank < len(view.bounds) else None
        if to is None:
            words = Markup("meer dan {}").format(computed(below, "data")) if below else Markup("alle cijfers")
        elif below is None:
            words = Markup("tot en met {}").format(computed(to, "data"))
        else:
            words = Markup("meer dan {} tot en met {}").format(computed(below, "data"), computed(to, "data"))
        said.append((f"c{rank}", Markup("Klasse {}: {} ({} gemeenten)").format(rank + 1, words, ranks.count(rank))))
    missing = ranks.count(None)
    if missing:
        said.append(("gap", Markup("Geen cijfer: geheim of geen levering ({} gemeenten)").format(missing)))
    return tuple(said)


def funnel_of(view: TopicView) -> Picture | None:
    """Rates beside the size of municipalities, with what is usual; None of a table without rates or with too few of them."""
    if view.mapped.kind != "rate":
        return None
    shown = [
        (each.value, view.inhabitants[region])
        for region, each in view.drawn.items()
        if each.value is not None and region in view.inhabitants
    ]
    rates, people = [rate for rate, _ in shown], [size for _, size in shown]
    limits = limits_of(rates, people, view.mapped.per)
    if limits is None:
        return None
    title = view.mapped.title
    outside = sum(not low <= rate <= high for rate, size in shown for low, high in [limits.around(size)])
    label = f"Trechter van {title}: elke gemeente is een stip, naar inwoners. Dezelfde cijfers staan in de lijst van alle gemeenten."
    said = Markup(
        "Kleine gemeenten verschillen vanzelf meer dan grote. Binnen de trechter is een verschil gewoon; "
        "{} van de {} gemeenten liggen erbuiten. "
        "Dat is geen oordeel: het zegt alleen dat toeval en de gewone verschillen het niet verklaren."
    ).format(outside, len(shown))
    drawn = funnel(rates, people, limits, unit=view.mapped.unit, label=label)
    return Picture(Markup(drawn), said)  # noqa: S704 - texts are escaped


def short_words(period: Period) -> str:
    """`H1 2019` of a half-year, `2019` of a year."""
    return str(period.year) if period.is_year else f"H{period.key[-1]} {period.year}"


def _size(size: str) -> str:
    words = size_words(size).removeprefix("met ").removesuffix(" inwoners").replace(" inwoners of meer", " of meer")
    return words.replace("minder dan", "onder")
