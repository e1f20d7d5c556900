"""OData itself: entity sets over data frames, what may be asked of their rows, and how rows, models and errors are written.

Not here: published tables and where they come from (`web`). Frames in, answers out; no table, release or address is known by name.
"""

from gmsd.odata.answers import OPEN, NotAcceptableError, RowPage, asked_form, error_answer, row_answer, rows_answer, sets_answer
from gmsd.odata.filters import fields_of
from gmsd.odata.literals import QueryError
from gmsd.odata.model import metadata
from gmsd.odata.options import COUNT, DOCUMENT, ENTITY, LIST, Options, read_options
from gmsd.odata.query import by_key, cut, matching, named, selected
from gmsd.odata.sets import MOMENT, TYPE, EntitySet

__all__ = [
    "COUNT",
    "DOCUMENT",
    "ENTITY",
    "LIST",
    "MOMENT",
    "OPEN",
    "TYPE",
    "EntitySet",
    "NotAcceptableError",
    "Options",
    "QueryError",
    "RowPage",
    "asked_form",
    "by_key",
    "cut",
    "error_answer",
    "fields_of",
    "matching",
    "metadata",
    "named",
    "read_options",
    "row_answer",
    "rows_answer",
    "selected",
    "sets_answer",
]
