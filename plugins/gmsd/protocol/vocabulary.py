"""The words that the files of a protocol may use: what `checking` can run, make and fill in.

`checking` lies to the right of this room, so that the lists stand here and a test compares them with what it has.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gmsd.protocol.reading import Key

LEVELS = ("file", "base", "facultative", "notice")
STATUSES = ("seed", "public", "assumed")
SETS = ("base", "facultative")
TYPES = ("date", "municipality", "person", "code", "number")
# Whom a file comes from: a municipality sends one about a place; of a provider there are several, and the name of each says which.
SENDERS = ("municipality", "provider")
# What a column of the record can hold, with the types of the fields it can be made of.
COLUMN_TYPES: dict[str, tuple[str, ...]] = {
    "person": ("person",),
    "smallint": ("code", "number"),
    "bigint": ("code", "number"),
    "date": ("date",),
}
# The names that a record has beside those of its law.
RESERVED = ("line", "person", "law", "half_year", "municipality")
# The ways of counting, with the columns that each works on (gmsd.counting and the load).
COUNTINGS: dict[str, tuple[str, ...]] = {
    "arrangements": (
        "bsn",
        "product_category",
        "start_date",
        "end_date",
        "delivery_form",
        "allocation_number",
        "end_reason",
        "change_reason",
    ),
    "trajectories": ("bsn", "birth_date", "product_category", "start_date", "end_date"),
    "benefits": ("bsn", "birth_date", "household", "product_category", "start_date", "end_date", "end_reason"),
}
MUNICIPALITIES, PROVIDERS, RECEIVED_ON = "MUNICIPALITIES", "PROVIDERS", "RECEIVED_ON"
LAST_DAY, YEAR_LATER, CODES = "LAST_DAY", "YEAR_LATER", "CODES_"

# The rules that `checking` runs on name and bytes, with the words it fills in their sentences.
CHECKS: dict[str, frozenset[str]] = {
    "name_form": frozenset(),
    "name_characters": frozenset(),
    "name_extension": frozenset(),
    "upload_code_unknown": frozenset(),
    "upload_code_other": frozenset({"expected"}),
    "empty": frozenset(),
    "no_records": frozenset(),
    "undecodable": frozenset(),
    "nul": frozenset(),
    "over_size": frozenset({"megabytes", "max_lines"}),
    "none_in_half_year": frozenset({"half_year"}),
    "nobody_known": frozenset({"half_year"}),
    "columns_missing": frozenset({"columns"}),
    "columns_doubled": frozenset({"columns"}),
    "columns_unknown": frozenset({"positions"}),
    "columns_order": frozenset(),
    "lines": frozenset(),
    "lines_empty": frozenset({"number"}),
    "lines_empty_at_end": frozenset({"number"}),
}
# Those of the file as a whole that are judged when its content has been checked: they stop nothing.
AFTER_CONTENT = ("none_in_half_year", "nobody_known")
CONTENT_WORDS = frozenset({"half_year", "municipality", "deliverer", "share"})


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to make a column: the number of columns it is made of, and its settings."""

    of: int
    settings: dict[str, Key] = field(default_factory=dict)


KINDS: dict[str, Kind] = {
    "matching": Kind(1, {"regex": Key(str)}),
    "municipality": Kind(1),
    "calendar_date": Kind(1),
    "eleven_test": Kind(1, {"exception": Key(str)}),
    "in_codes": Kind(1, {"codes": Key(str)}),
    "outside": Kind(3),
    "age": Kind(2),
    "repeated": Kind(0),
}
