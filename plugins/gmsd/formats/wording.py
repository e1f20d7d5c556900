"""Words that every file of a release says alike: of a status, and of how counts are protected."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gmsd.disclosure import Protection

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
