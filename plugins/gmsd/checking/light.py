"""Great Expectations imported without the parts that a check does not need, which halves its start-up (decision 11)."""

from __future__ import annotations

import gc
import sys
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

# Each is imported for one expectation (KL divergence and its chart, JSON schemas): put off until somebody asks anything of it.
_LATER = frozenset({"altair", "jsonschema", "scipy.stats"})
# What Great Expectations can do without and a plain installation of the check does not have: its SQL engine and S3.
_LEFT_OUT = frozenset({"boto3", "botocore", "psycopg2", "sqlalchemy"})


class _Sparing:
    """Finds modules while Great Expectations is imported."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name in _LEFT_OUT:
            raise ModuleNotFoundError(f"{name} is left out of a check", name=name)
        if name not in _LATER:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec


def load_engine() -> None:
    """Import Great Expectations and the Polars engine without the libraries that a check never uses.

    For the command only: where SQL, S3 or threads are used in the same process, a plain import is right. Does nothing when Great
    Expectations has been imported already. No module is replaced by another: what is put off loads itself at the first use, and what
    is left out can be imported as ever once this is done.
    """
    if "great_expectations" in sys.modules:
        return
    collecting = gc.isenabled()
    gc.disable()  # an import makes objects that stay: looking through them for rubbish is in vain
    sys.meta_path.insert(0, _Sparing)
    try:
        import gx_polars  # noqa: F401
    finally:
        sys.meta_path.remove(_Sparing)
        if collecting:
            gc.enable()
    gc.freeze()
