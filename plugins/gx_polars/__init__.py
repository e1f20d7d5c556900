"""Great Expectations on polars frames: GX says what to measure and judges, polars measures it in one pass."""

from gx_polars.errors import PandasFallbackWarning
from gx_polars.unexpected import UnexpectedRows
from gx_polars.validation import supported_expectations, validate

__all__ = ["PandasFallbackWarning", "UnexpectedRows", "supported_expectations", "validate"]
