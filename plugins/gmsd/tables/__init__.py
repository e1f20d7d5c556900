"""Published tables as people define them in `expectations/<law>/tables/`: dimensions, measures, groups, protection, words.

Not here: what is counted (`counting`, `figures`), how counts are protected (`disclosure`), how a table is written (`releases`).
"""

from gmsd.tables.definition import Base, Content, Dimension, Group, Measure, Table
from gmsd.tables.loading import NoTableError, ages_of, category_titles, contents_of, main_table, table_mistakes, table_of, tables_of
from gmsd.tables.relations import at_most_the_year, within_a_period, within_a_year
from gmsd.tables.steps import Terms, lives, small_changes
from gmsd.tables.targets import TargetError, all_targets, chosen_targets, target_of

__all__ = [
    "Base",
    "Content",
    "Dimension",
    "Group",
    "Measure",
    "NoTableError",
    "Table",
    "TargetError",
    "Terms",
    "ages_of",
    "all_targets",
    "at_most_the_year",
    "category_titles",
    "chosen_targets",
    "contents_of",
    "lives",
    "main_table",
    "small_changes",
    "table_mistakes",
    "table_of",
    "tables_of",
    "target_of",
    "within_a_period",
    "within_a_year",
]
