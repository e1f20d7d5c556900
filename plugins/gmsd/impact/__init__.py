"""What a change of the rules does: old and new rules over the same deliveries, side by side, before the change goes live.

Not here: any change to a delivery; it reads and compares.
"""

from gmsd.impact.archive import Archive, Item, NoArchive, from_folders, from_store, synthetic
from gmsd.impact.impact import Impact, compare_rules
from gmsd.impact.rules import NoRules
from gmsd.impact.text import impact_text

__all__ = [
    "Archive",
    "Impact",
    "Item",
    "NoArchive",
    "NoRules",
    "compare_rules",
    "from_folders",
    "from_store",
    "impact_text",
    "synthetic",
]
