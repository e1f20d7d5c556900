"""Published tables as people define them in `expectations/<law>/tables/`: dimensions, measures, groups, protection, words.

Not here: what is counted (`counting`, `figures`), how counts are protected (`disclosure`), how a table is written (`releases`).
"""

from gmsd.tables.definition import Content, Dimension, Group, Measure, Table
from gmsd.tables.loading import NoTableError, category_titles, contents_of, main_table, table_mistakes, table_of, tables_of

__all__ = [
    "Content",
    "Dimension",
    "Group",
    "Measure",
    "NoTableError",
    "Table",
    "category_titles",
    "contents_of",
    "main_table",
    "table_mistakes",
    "table_of",
    "tables_of",
]
