"""Which municipalities a demo plays with: a fixed choice of real ones, so that every run of every size can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gmsd import reference

if TYPE_CHECKING:
    from gmsd.rounds import HalfYear

Choice = int | Literal["all"]

# Six from each size class (inhabitants on 1 January 2020, CBS), in rows over the classes so that a smaller number keeps the spread.
DEFAULT_MUNICIPALITIES: tuple[str, ...] = (
    *("0339", "0448", "0289", "0513", "0503"),  # Renswoude, Texel, Wageningen, Gouda, Delft
    *("0744", "0221", "0184", "0106", "0150"),  # Baarle-Nassau, Doesburg, Urk, Assen, Deventer
    *("1695", "0072", "0216", "0400", "0983"),  # Noord-Beveland, Harlingen, Culemborg, Den Helder, Venlo
    *("0638", "0180", "0664", "0995", "0361"),  # Zoeterwoude, Staphorst, Goes, Lelystad, Alkmaar
    *("0431", "0473", "0301", "0355", "0935"),  # Oostzaan, Zandvoort, Zutphen, Zeist, Maastricht
    *("0279", "0994", "0687", "0141", "0114"),  # Scherpenzeel, Valkenburg aan de Geul, Middelburg, Almelo, Emmen
)

# Of the default choice these two have fewer than 8 clients in verblijf en opvang, so that a demo shows what protection does.
FEW_IN_SHELTER: frozenset[str] = frozenset({"0339", "0744"})


def municipalities_of(choice: Choice, half_year: HalfYear) -> tuple[str, ...]:
    """The codes of a choice that existed in the half-year, in order of code.

    Args:
        choice: "all", or a number: the default thirty first (a smaller number takes the first of them), then the others by code.
        half_year: the half-year the municipalities must have existed in.

    Raises:
        ValueError: for a number below 1.
    """
    existing = reference.municipalities(half_year)
    if choice == "all":
        return tuple(sorted(existing))
    if choice < 1:
        raise ValueError(f"choose at least one municipality, not {choice}")
    preferred = [code for code in DEFAULT_MUNICIPALITIES if code in existing]
    others = sorted(set(existing) - set(preferred))
    return tuple(sorted((preferred + others)[:choice]))
