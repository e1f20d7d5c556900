"""Comparison: which municipalities are alike in traits of their population, how alike, why, and how firm that is.

Not here: figures of the monitor, which are never a trait (a group made of them would be held against itself), and pages. Values in, answers
out, by the method of docs/comparison.md; nothing depends on the time or on what is published.
"""

from gmsd.comparison.answer import ComparisonAnswer
from gmsd.comparison.comparisons import Comparisons, comparison_group
from gmsd.comparison.policy import load_filters, policy_folder
from gmsd.comparison.terms import NotOfYearError, Terms, TermsError
from gmsd.comparison.traits import comparison_year, trait_sets

__all__ = [
    "ComparisonAnswer",
    "Comparisons",
    "NotOfYearError",
    "Terms",
    "TermsError",
    "comparison_group",
    "comparison_year",
    "load_filters",
    "policy_folder",
    "trait_sets",
]
