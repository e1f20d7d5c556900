"""What a change of the rules does: old and new rules over the same deliveries, side by side, before the change goes live."""

from gmsd.impact.archive import Archive, Item, NoArchive, from_folders, from_store, shown, synthetic
from gmsd.impact.comparing import Comparison, FileChange, FindingChange, RuleTotal
from gmsd.impact.impact import Impact, compare_rules
from gmsd.impact.rules import NoRules
from gmsd.impact.text import impact_text

__all__ = [
    "Archive",
    "Comparison",
    "FileChange",
    "FindingChange",
    "Impact",
    "Item",
    "NoArchive",
    "NoRules",
    "RuleTotal",
    "compare_rules",
    "from_folders",
    "from_store",
    "impact_text",
    "shown",
    "synthetic",
]
