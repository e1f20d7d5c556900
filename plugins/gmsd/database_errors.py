"""Takes what a row held out of database errors, before they reach a log; what an engineer needs to act on stays.

PostgreSQL quotes the failing row, key or cell in an error, psycopg and SQLAlchemy carry that along, and a task's log is read by more people
than the warehouse. Kept are the kind of error (class and SQLSTATE), schema, table, column and constraint, and the line of a COPY.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine
    from sqlalchemy.engine import ExceptionContext

# Classes of SQLSTATE whose first line names things of the database and never what a row held: connections, integrity, transactions, rights
# and names, resources, and what our own triggers say. Class 22 (data exceptions), above all, quotes the cell.
_NAMES_ONLY = frozenset({"08", "0A", "23", "25", "28", "3D", "3F", "40", "42", "53", "54", "55", "57", "58", "P0"})
# A quoted piece or a long number: it may be a value.
_VALUE = re.compile(r"[\"'`\u2018-\u201f\xab\xbb]|\d{4,}")
_COPY_PLACE = re.compile(r"^COPY [^\s,]+, line \d+(?:, column \w+)?")


def keep_values_out(engine: Engine) -> None:
    """Clean every error that a statement of this engine raises."""
    from sqlalchemy import event

    event.listen(engine, "handle_error", _on_error)


def _on_error(context: ExceptionContext) -> None:
    clean(context.original_exception)
    wrapped = context.sqlalchemy_exception
    if wrapped is not None and wrapped.args:
        kind = type(context.original_exception)
        wrapped.args = (f"({kind.__module__}.{kind.__name__}) {context.original_exception}",)
        wrapped.params = None


@contextmanager
def values_kept_out() -> Iterator[None]:
    """The same for psycopg's own cursors, which SQLAlchemy does not watch."""
    try:
        yield
    except Exception as error:
        clean(error)
        raise


def clean(error: BaseException | None) -> None:
    """Clean an exception, in place, and whatever it was caused by or came up beside: printed or pickled, none of them holds a value."""
    from psycopg import Error

    seen: set[int] = set()
    waiting = [error]
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, Error):
            _clean_psycopg(each)
        elif isinstance(each, UnicodeError) and len(each.args) > 1:  # it holds the whole text that could not be encoded
            each.args = (each.args[0], type(each.args[1])(), *each.args[2:])
            each.object = each.args[1]  # type: ignore[attr-defined]
        waiting += [each.__cause__, each.__context__]


def _clean_psycopg(error: Any) -> None:
    if getattr(error, "gmsd_cleaned", False):
        return
    from psycopg.pq import DiagnosticField as Field

    kept = (
        Field.SEVERITY,
        Field.SQLSTATE,
        Field.SCHEMA_NAME,
        Field.TABLE_NAME,
        Field.COLUMN_NAME,
        Field.DATATYPE_NAME,
        Field.CONSTRAINT_NAME,
    )
    diagnostic = error.diag
    told = _told(error, diagnostic)
    if error.sqlstate:
        told += f" [SQLSTATE {error.sqlstate}]"
    # psycopg has no public way to leave the rest out; it knows a dict in this place from errors that were pickled
    error._info = {field: diagnostic._error_message(field) for field in kept}
    error._info = {field: value.encode() for field, value in error._info.items() if value is not None} or None
    error.args = (told,)
    error.gmsd_cleaned = True


def _told(error: Any, diagnostic: Any) -> str:
    """The first line of an error as far as it can hold no value, and what it is about."""
    first = diagnostic.message_primary or str(error).partition("\n")[0]
    quotes = _VALUE.search(first) and (error.sqlstate or "")[:2] not in _NAMES_ONLY
    # without an SQLSTATE it is psycopg's own word: about a connection it names hosts, about data it quotes
    own = not error.sqlstate and type(error).__name__ in ("OperationalError", "InterfaceError", "ConnectionTimeout")
    parts = [first if own or not quotes else f"{type(error).__name__} (what it quotes is left out)"]
    names = {"table": diagnostic.table_name, "column": diagnostic.column_name, "constraint": diagnostic.constraint_name}
    parts += [f"{kind} {name}" for kind, name in names.items() if name and name not in first]
    place = _COPY_PLACE.match(diagnostic.context or "")
    return ", ".join([*parts, *([place.group()] if place else [])])
