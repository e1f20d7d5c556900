"""OData itself: entity sets over data frames, what may be asked of their rows, and how rows, models and errors are written.

Not here: published tables and where they come from (`web`). Frames in, answers out; no table, release or address is known by name.
"""

from gmsd.odata.answers import OPEN, Json, NotAcceptableError, RowPage
from gmsd.odata.filters import fields_of
from gmsd.odata.json_v3 import JsonV3
from gmsd.odata.json_v4 import JsonV4
from gmsd.odata.literals import QueryError
from gmsd.odata.model import metadata
from gmsd.odata.options import Answer, Options, read_options
from gmsd.odata.query import by_key, cut, matching, named, selected
from gmsd.odata.sets import MOMENT, TYPE, EntitySet
from gmsd.odata.version import ODataVersion

__all__ = [
    "MOMENT",
    "OPEN",
    "TYPE",
    "Answer",
    "EntitySet",
    "Json",
    "JsonV3",
    "JsonV4",
    "NotAcceptableError",
    "ODataVersion",
    "Options",
    "QueryError",
    "RowPage",
    "by_key",
    "cut",
    "fields_of",
    "matching",
    "metadata",
    "named",
    "read_options",
    "selected",
]
