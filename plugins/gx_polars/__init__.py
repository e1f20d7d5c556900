"""Great Expectations on polars frames: GX says what to measure and judges, polars measures it in one pass.

Great Expectations is imported when `validate` is first asked for, not before: what only measures does without.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gx_polars.errors import PandasFallbackWarning, Unsupported
from gx_polars.unexpected import UnexpectedRows
from gx_polars.written import Unexpected, find_unexpected

if TYPE_CHECKING:
    from gx_polars.validation import supported_expectations, validate

__all__ = [
    "PandasFallbackWarning",
    "Unexpected",
    "UnexpectedRows",
    "Unsupported",
    "find_unexpected",
    "supported_expectations",
    "validate",
]


def __getattr__(name: str) -> Any:
    if name not in ("supported_expectations", "validate"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module("gx_polars.validation"), name)
    return found
