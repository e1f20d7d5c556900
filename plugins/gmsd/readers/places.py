"""Municipalities as readers look for them: by name, by code, and by who took over whom."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from gmsd.dutch import dutch_day, dutch_list
from gmsd.reference import (
    SIZE_CLASS_BOUNDS,
    SIZE_CLASSES,
    InhabitantsUnknownError,
    Municipality,
    all_municipalities,
    also_called,
    inhabitants,
    municipalities,
    name,
    point,
    size_class,
    successions,
)

if TYPE_CHECKING:
    from gmsd.rounds import HalfYear

MOST_FOUND = 50


@dataclass(frozen=True, slots=True)
class Found:
    """A municipality that a reader may have meant; `note` says what became of it."""

    region: str
    name: str
    province: str
    note: str


@cache
def municipality_of(region: str) -> Municipality | None:
    """The municipality of a region key, whether it still exists or not."""
    return next((each for each in all_municipalities() if f"GM{each.code}" == region), None)


def successors_of(region: str) -> list[tuple[str, str]]:
    """(region, name) of who stands in the place of a municipality that ended, directly."""
    return [(f"GM{each.code_to}", name(each.code_to)) for each in successions() if f"GM{each.code_from}" == region]


def predecessors_of(region: str) -> list[tuple[str, str]]:
    """(region, name) of whom a municipality took over, wholly or in part, as far as they existed in 2015 or later."""
    known = {each.code for each in all_municipalities()}
    return [
        (f"GM{each.code_from}", name(each.code_from)) for each in successions() if f"GM{each.code_to}" == region and each.code_from in known
    ]


def what_became_of(region: str) -> str:
    """One sentence of a municipality that ended; empty of one that exists."""
    found = municipality_of(region)
    if found is None or found.valid_to is None:
        return ""
    links = [each for each in successions() if each.code_from == found.code]
    others = dutch_list(sorted(name(each.code_to) for each in links))
    if not links:
        return f"{found.name} bestaat niet meer sinds {dutch_day(found.valid_to)}."
    verb = {"renamed": "kreeg een nieuwe code en heet", "split": "is verdeeld over"}.get(links[0].kind, "is opgegaan in")
    return f"{found.name} {verb} {others} per {dutch_day(found.valid_to)}."


def search(words: str) -> list[Found]:
    """Municipalities whose name or code holds the words, those whose name begins with them first; at most `MOST_FOUND`.

    Capitals, accents, apostrophes and hyphens do not matter.
    """
    wanted = _plain(words)
    if not wanted:
        return []
    ranked = []
    for each in all_municipalities():
        plain = _plain(each.name)
        where = max(_plain(called).find(wanted) for called in (each.name, *also_called(each.code)))
        if where >= 0 or wanted in (each.code, f"gm{each.code}"):
            begins = 0 if where == 0 else 1 if where > 0 and plain[where - 1] == " " else 2
            ranked.append((begins, each.valid_to is not None, plain, each))
    ranked.sort(key=lambda found: found[:3])
    return [Found(f"GM{each.code}", each.name, each.province, what_became_of(f"GM{each.code}")) for *_order, each in ranked[:MOST_FOUND]]


def _plain(words: str) -> str:
    letters = unicodedata.normalize("NFKD", words.casefold())
    kept = "".join(" " if sign in "-'\u2019`/" else sign for sign in letters if not unicodedata.combining(sign))
    return " ".join(kept.split())


@cache
def size_class_of(region: str, half_year: HalfYear) -> str | None:
    """The size class of a municipality in a half-year; None where no inhabitants are known."""
    try:
        return size_class(inhabitants(region.removeprefix("GM"), half_year))
    except InhabitantsUnknownError:
        return None


@cache
def of_size_class(wanted: str, half_year: HalfYear) -> tuple[str, ...]:
    """The municipalities of a half-year that are in a size class."""
    return tuple(f"GM{code}" for code in municipalities(half_year) if size_class_of(f"GM{code}", half_year) == wanted)


def size_words(wanted: str) -> str:
    """A size class in words, to follow "gemeenten"."""
    bounds = [f"{bound:,}".replace(",", ".") for bound in SIZE_CLASS_BOUNDS]
    at = SIZE_CLASSES.index(wanted)
    if at == 0:
        return f"met minder dan {bounds[0]} inwoners"
    return f"met {bounds[-1]} inwoners of meer" if at == len(bounds) else f"met {bounds[at - 1]} tot {bounds[at]} inwoners"


def point_of(region: str) -> tuple[float, float] | None:
    """Longitude and latitude of a municipality; of one that ended before points are known those of who took it over."""
    own = point(region.removeprefix("GM"))
    if own is not None:
        return own
    return next((found for other, _ in successors_of(region) if (found := point_of(other)) is not None), None)
