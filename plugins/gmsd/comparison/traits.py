"""The traits that municipalities are compared by in a year, as `expectations/comparison/<year>.yaml` defines them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

from gmsd.protocol import Document, Key, Mistake, ProtocolError, expectations_folder
from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    from gmsd.protocol import Node

Transform = Literal["log", "log1p", "share"]
_TRANSFORMS = ("log", "log1p", "share")
_YEAR = {"year": Key(int), "half_years": Key(dict), "themes": Key(dict), "traits": Key(list)}
_HALF_YEARS = {"from": Key(str), "to": Key(str)}
_TRAIT = {
    "name": Key(str),
    "title": Key(str),
    "theme": Key(str),
    "transform": Key(str, among=_TRANSFORMS),
    "unit": Key(str),
    "columns": Key(list),
    "date": Key(dt.date),
    "source": Key(str),
}
_DIVISOR = "divided_by"


@dataclass(frozen=True, slots=True)
class Trait:
    """One trait: the sum of `columns` of one day, divided by a number or another column, and transformed.

    Attributes:
        name: Its name in answers and in the jitter of the stability.
        transform: `log`, `log1p` (log of the value + 1, where zero occurs) or `share` (as it is, a fraction).
        divided_by: A number, or the name of a column of the same day.
    """

    name: str
    title: str
    theme: str
    transform: Transform
    unit: str
    columns: tuple[str, ...]
    divided_by: int | str
    date: dt.date
    source: str


@dataclass(frozen=True, slots=True)
class TraitSet:
    """The traits of a comparison year, in order; `themes` are name and title. Its groups stand beside figures of `first` to `last`."""

    year: int
    first: HalfYear
    last: HalfYear
    themes: tuple[tuple[str, str], ...]
    traits: tuple[Trait, ...]

    def of_theme(self, theme: str) -> tuple[int, ...]:
        """The positions of a theme's traits."""
        return tuple(position for position, trait in enumerate(self.traits) if trait.theme == theme)


@cache
def trait_sets() -> dict[int, TraitSet]:
    """Comparison year -> its traits, oldest first.

    Raises:
        ProtocolError: A file is not in order; every mistake is told with its line.
    """
    mistakes: list[Mistake] = []
    found = [_read(Document(path, mistakes)) for path in sorted((expectations_folder() / "comparison").glob("[0-9]*.yaml"))]
    if mistakes:
        raise ProtocolError(*mistakes)
    return {each.year: each for each in found if each is not None}


def comparison_year(half_year: HalfYear) -> int:
    """The comparison year whose groups stand beside figures of a half-year: its own, else the last before it, else the first there is."""
    known = trait_sets()
    own = [year for year, each in known.items() if each.first <= half_year <= each.last]
    before = [year for year, each in known.items() if each.last < half_year]
    return own[0] if own else max(before, default=min(known))


def _read(document: Document) -> TraitSet | None:
    root = document.root
    values = None if root is None else root.read(_YEAR)
    if root is None or values is None:
        return None
    if document.path.stem != str(values["year"]):
        root.fault(f"the file is of the year {document.path.stem}", "year")
    span = _span(root.at("half_years"))
    traits = [trait for node in root.at("traits").each() if (trait := _trait(node, values["themes"])) is not None]
    names = [trait.name for trait in traits]
    if len(set(names)) < len(names):
        root.fault("two traits have one name", "traits")
    for theme in values["themes"]:
        if theme not in {trait.theme for trait in traits}:
            root.fault(f'the theme "{theme}" has no trait', "themes", theme)
    if span is None:
        return None
    return TraitSet(values["year"], *span, tuple(values["themes"].items()), tuple(traits))


def _span(node: Node) -> tuple[HalfYear, HalfYear] | None:
    values = node.read(_HALF_YEARS)
    try:
        return None if values is None else (HalfYear.parse(values["from"]), HalfYear.parse(values["to"]))
    except ValueError as error:
        node.fault(str(error))
        return None


def _trait(node: Node, themes: dict[str, Any]) -> Trait | None:
    divisor = node.value.get(_DIVISOR, 1)
    values = node.read(_TRAIT | {_DIVISOR: Key(type(divisor), required=False)})
    if values is None:
        return None
    if values["theme"] not in themes:
        node.fault(f'the theme "{values["theme"]}" is none of {", ".join(themes)}', "theme")
    if not isinstance(divisor, (int, str)) or isinstance(divisor, bool) or divisor in (0, ""):
        node.fault("divided_by is a whole number or a column", _DIVISOR)
    values[_DIVISOR] = divisor
    values["columns"] = tuple(values["columns"])
    return Trait(**values)
