"""The comparison of a municipality with others alike, or just not: who, how much, why, how firm, and their figures side by side."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from gmsd.charts import Point, Spot, Strip, line, profile, strips, tile_map
from gmsd.comparison import Comparisons, NotOfYearError, Terms, TermsError, comparison_group, comparison_year, load_filters
from gmsd.disclosure import NATION
from gmsd.readers import WORDS, Picture, point_of, short_words
from gmsd.reference import municipalities, name
from gmsd.web.site.choices import VIEWS, UnknownValueError

if TYPE_CHECKING:
    from pathlib import Path

    from gmsd.comparison import ComparisonAnswer
    from gmsd.figures import Period
    from gmsd.readers import Computed, Cube, Edition, Figure
    from gmsd.web.site.choices import Choices

NAMES = ("aantal", "anders", "behalve", "periode", "weergave", "formaat")
FAMILIES = ("filter.", "gewicht.")
ALL = "alle"
_MOST = 10_000
_YES = "ja"


@lru_cache(maxsize=8)
def comparisons_of(year: int, policy: Path | None) -> Comparisons:
    """Every comparison of a year, with the filters of the institute."""
    return Comparisons(year, load_filters(year, policy))


def terms_of(asked: Choices, held: Comparisons) -> Terms:
    """What an address asks for; filters and themes that there are not are names that are not known, and ignored.

    Raises:
        UnknownValueError: a value does not exist, or cannot be a number.
    """
    themes = [theme for theme, _ in held.traits.themes]
    unlike, but = asked.one_of("anders", (_YES,)), asked.one_of("behalve", themes)
    weights = {}
    for theme in themes:
        said = asked.given.get(f"gewicht.{theme}", "")
        if said and not re.fullmatch(r"\d{1,4}([.,]\d{1,6})?", said, re.ASCII):
            raise UnknownValueError(f"gewicht.{theme} is een getal, zoals 1.5")
        if said:
            weights[theme] = float(said.replace(",", "."))
    filters = {
        each: frozenset(part for part in said.split(",") if part)
        for each in held.filters
        if (said := asked.given.get(f"filter.{each}", ""))
    }
    return Terms(
        number=_number(asked.given.get("aantal", "")),
        order="alike_but" if but else "unlike" if unlike else "alike",
        theme=but,
        filters=filters,
        weights=weights,
    )


def _number(said: str) -> int:
    if said == ALL:
        return _MOST
    if said and not re.fullmatch(r"[1-9]\d{0,4}", said, re.ASCII):
        raise UnknownValueError("aantal is een geheel getal vanaf 1, of: alle")
    return int(said) if said else Terms().number


@dataclass(frozen=True, slots=True)
class Beheld:
    """One table's main figure of the municipality, of its group, and of the nation.

    Attributes:
        steps: Each half-year (of a table of years, each year) with the municipality, the mean of the group and the nation.
    """

    cube: Cube
    period: Period
    title: str
    own: Figure
    nation: Figure
    of_group: Computed
    neighbours: dict[str, Figure]
    steps: tuple[tuple[Period, Figure, Computed, Figure], ...]


def compared(edition: Edition, period: Period, region: str, group: tuple[str, ...]) -> list[Beheld]:
    """What every table of a release shows of a municipality and its group, in a period or the year of it."""
    found = []
    for cube in edition.cubes.values():
        own_period = cube.period(period.key) or next((each for each in reversed(cube.periods) if each.year == period.year), None)
        if not cube.has_municipalities or own_period is None:
            continue
        about = (cube.main_measure.key, cube.main_group, own_period.key)
        before = edition.before.get(cube.table.table_id)
        found.append(
            Beheld(
                cube,
                own_period,
                cube.main_measure.title,
                cube.figure(*about, region, before),
                cube.figure(*about, NATION),
                cube.mean(*about, group),
                {each: cube.figure(*about, each) for each in group},
                _steps(cube, [each for each in cube.periods if each.is_year == own_period.is_year], region, group),
            )
        )
    return found


def _steps(cube: Cube, periods: list[Period], region: str, group: tuple[str, ...]) -> tuple[tuple[Period, Figure, Computed, Figure], ...]:
    measure, main = cube.main_measure.key, cube.main_group
    return tuple(
        (
            each,
            cube.figure(measure, main, each.key, region),
            cube.mean(measure, main, each.key, group),
            cube.figure(measure, main, each.key, NATION),
        )
        for each in periods
    )


def group_of(region: str, period: Period) -> tuple[str, ...]:
    """The comparison group that figures of a municipality are set beside; none where it is comparable with nobody."""
    found = comparison_group(region.removeprefix("GM"), period.reference)
    return () if found is None else tuple(f"GM{code}" for code in found.members)


def answer_of(asked: Choices, region: str, period: Period, policy: Path | None) -> tuple[Comparisons, Terms, ComparisonAnswer | None, str]:
    """The comparison that is asked for: all there is, the terms, the answer, and why there is none (Dutch) when there is not.

    Raises:
        UnknownValueError: a value of the address does not exist.
    """
    held = comparisons_of(comparison_year(period.reference), policy)
    terms = terms_of(asked, held)
    try:
        return held, terms, held.compare(region.removeprefix("GM"), terms), ""
    except NotOfYearError as error:
        return held, terms, None, str(error)
    except TermsError as error:
        raise UnknownValueError(str(error)) from None


def pictures_of(asked: Choices, region: str, period: Period, answer: ComparisonAnswer, shown: list[Beheld]) -> dict[str, Picture | None]:
    """Where the group lies, how its traits are, and how its figures lie beside those of the municipality."""
    if asked.view == VIEWS[1]:
        return {"map": None, "profile": None, "dots": None}
    return {"map": _map(region, period, answer), "profile": _profile(region, answer), "dots": _dots(shown)}


def _map(region: str, period: Period, answer: ComparisonAnswer) -> Picture:
    alike = {f"GM{each.municipality}": each for each in answer.neighbours}
    places = []
    for code, title in municipalities(period.reference).items():
        key = f"GM{code}"
        point = point_of(key)
        if point is None:
            continue
        rank = 4 if key == region else _RANKS[alike[key].word] if key in alike else 0
        told = f"{title}: {'de gemeente zelf' if key == region else alike[key].word if key in alike else 'staat niet in de lijst'}"
        places.append(Spot(key, point, rank, told, own=key == region))
    label = f"Kaart: waar de gemeenten liggen waarmee {name(region.removeprefix('GM'))} wordt vergeleken. Zij staan ook in de lijst."
    told_ranks = {"c4": "5: de gemeente zelf", "c3": "4: lijkt sterk", "c2": "3: lijkt", "c1": "2: lijkt weinig"}
    legend = tuple((kind, Markup(words)) for kind, words in told_ranks.items())  # noqa: S704 - words of our own
    said = Markup("Elk vierkant is een gemeente, ongeveer op haar plaats. Licht en 1: staat niet in de lijst.")
    return Picture(Markup(tile_map(places, label=label, name="h-kaart")), said, legend)  # noqa: S704 - texts are escaped


_RANKS = {"lijkt sterk": 3, "lijkt": 2, "lijkt weinig": 1}


def _profile(region: str, answer: ComparisonAnswer) -> Picture:
    rows = [(each.title, answer.z[each.name], tuple(other.z[each.name] for other in answer.neighbours)) for each in answer.traits.traits]
    label = f"Profiel: de kenmerken van {name(region.removeprefix('GM'))} en van de andere gemeenten. Dezelfde getallen staan in de tabel."
    said = Markup(
        "De grote stip is de gemeente zelf, de kleine zijn de andere. Nul is gemiddeld in Nederland; verder van nul is ongewoner."
    )
    return Picture(Markup(profile(rows, label=label)), said)  # noqa: S704 - texts are escaped


def _dots(shown: list[Beheld]) -> Picture | None:
    rates = [each for each in shown if each.cube.main_measure.kind == "rate"]
    rows = [
        Strip(each.cube.table.table_id, tuple(v.value for v in each.neighbours.values() if v.value is not None), None, each.own.value)
        for each in rates
    ]
    if not any(row.values for row in rows):
        return None
    label = "Stippen: de cijfers van de gemeente en van de andere gemeenten, een regel voor elke tabel. Zij staan ook in de tabel."
    said = Markup("{}: de grote stip is de gemeente zelf, de kleine zijn de andere.").format(rates[0].cube.main_measure.unit.capitalize())
    return Picture(Markup(strips(rows, label=label)), said)  # noqa: S704 - texts are escaped


def course_of(beheld: Beheld, place: str) -> Picture | None:
    """How a table's figure of the municipality went, beside the mean of its group; None of fewer than two moments."""
    if len(beheld.steps) < 2:
        return None
    title = beheld.cube.main_measure.title
    points = [Point(short_words(period), own.value, WORDS.get(own.reason, "")) for period, own, _, _ in beheld.steps]
    label = f"Lijn van {title} in {place}, met het gemiddelde van de groep ernaast. Dezelfde cijfers staan in de tabel."
    drawn = line(
        points,
        band=beheld.cube.largest_difference if beheld.cube.main_measure.kind == "count" else 0,
        label=label,
        name=f"h-{beheld.cube.table.table_id}",
        beside=[mean.value for _, _, mean, _ in beheld.steps],
    )
    said = Markup("{}: de lijn met stippen is {}, de streepjeslijn is het gemiddelde van de groep.").format(title, place)
    return Picture(Markup(drawn), said)  # noqa: S704 - texts are escaped
