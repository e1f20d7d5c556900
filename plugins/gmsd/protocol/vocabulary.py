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
RECORD = (
    "bsn",
    "product_category",
    "start_date",
    "end_date",
    "delivery_form",
    "allocation_number",
    "volume",
    "unit",
    "frequency",
    "end_reason",
    "change_reason",
)
MUNICIPALITIES, RECEIVED_ON, LAST_DAY, YEAR_LATER, CODES = "MUNICIPALITIES", "RECEIVED_ON", "LAST_DAY", "YEAR_LATER", "CODES_"

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
    "repeated": Kind(0),
}
