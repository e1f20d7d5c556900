"""Places and inhabitants: what the statistics refer to, as data with validity.

Not here: rules and choices. Everything in `data/` is fact: municipalities, who took over whom and inhabitants are of CBS (gemeentelijke
indeling; herindelingen; bevolking per gemeente on 1 January of 2016 to 2023; regions as StatLine lists them; traits of 2020 and 2021). How
many years of an age class belong to a group of ages follows from the classes. It is read with the standard library only, so that a command
may import it without paying for a data frame library.
"""

from gmsd.reference.ages import EVERYBODY, age_groups, inhabitants_aged
from gmsd.reference.places import (
    Municipality,
    all_municipalities,
    also_called,
    is_municipality,
    municipalities,
    municipalities_on,
    municipality,
    name,
    point,
)
from gmsd.reference.population import (
    SIZE_CLASS_BOUNDS,
    SIZE_CLASSES,
    InhabitantsUnknownError,
    inhabitants,
    inhabitants_date,
    inhabitants_day,
    size_class,
)
from gmsd.reference.statline import statline_regions
from gmsd.reference.succession import Succession, dissolved, existence, predecessors, successions, successors
from gmsd.reference.traits import printed_trait

__all__ = [
    "EVERYBODY",
    "SIZE_CLASSES",
    "SIZE_CLASS_BOUNDS",
    "InhabitantsUnknownError",
    "Municipality",
    "Succession",
    "age_groups",
    "all_municipalities",
    "also_called",
    "dissolved",
    "existence",
    "inhabitants",
    "inhabitants_aged",
    "inhabitants_date",
    "inhabitants_day",
    "is_municipality",
    "municipalities",
    "municipalities_on",
    "municipality",
    "name",
    "point",
    "predecessors",
    "printed_trait",
    "size_class",
    "statline_regions",
    "successions",
    "successors",
]
