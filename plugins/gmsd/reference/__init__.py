"""Places, inhabitants and groups: what the statistics refer to, as data with validity.

Everything in `data/` is fact, not rule: municipalities, who took over whom and inhabitants are of CBS (gemeentelijke indeling;
herindelingen; bevolking per gemeente on 1 January 2020 and 2021), product categories and groups are those of iWmo and of StatLine table
83262NED. The room reads its tables with the standard library only, so that a command may import it without paying for a data frame
library.
"""

from gmsd.reference.categories import Group, grouping, groups, product_categories
from gmsd.reference.places import all_municipalities, is_municipality, municipalities, municipalities_on, municipality, name
from gmsd.reference.population import (
    SIZE_CLASSES,
    InhabitantsUnknownError,
    inhabitants,
    inhabitants_date,
    size_class,
)
from gmsd.reference.succession import existence, predecessors, successions, successors

__all__ = [
    "SIZE_CLASSES",
    "Group",
    "InhabitantsUnknownError",
    "all_municipalities",
    "existence",
    "grouping",
    "groups",
    "inhabitants",
    "inhabitants_date",
    "is_municipality",
    "municipalities",
    "municipalities_on",
    "municipality",
    "name",
    "predecessors",
    "product_categories",
    "size_class",
    "successions",
    "successors",
]
