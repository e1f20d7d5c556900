"""JSON as people and programs read it: one blank of indent, letters as they are."""

from __future__ import annotations

import json
from json.encoder import encode_basestring
from typing import Any


def pretty_json(value: Any) -> str:
    """Write plain values as `json.dumps(value, ensure_ascii=False, indent=1)` and an end of line, in a third of its time.

    Python's encoder is written in C only for JSON without an indent; here each text is, and lines are put together per object.

    Raises:
        TypeError: a key is no text, or a value has no JSON.
    """
    return _written(value, "\n") + "\n"


def _written(value: Any, line: str) -> str:
    """A value whose last line begins with `line`; texts, the most of it, are written where they stand."""
    inner, text = f"{line} ", encode_basestring
    if isinstance(value, dict):
        each = [f"{text(key)}: {text(item) if type(item) is str else _written(item, inner)}" for key, item in value.items()]
        return f"{{{inner}{f',{inner}'.join(each)}{line}}}" if value else "{}"
    if isinstance(value, (list, tuple)):
        each = [text(item) if type(item) is str else _written(item, inner) for item in value]
        return f"[{inner}{f',{inner}'.join(each)}{line}]" if value else "[]"
    return str(value) if type(value) is int else json.dumps(value, ensure_ascii=False)
