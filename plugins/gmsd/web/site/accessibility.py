"""What the statement about accessibility rests on: the kinds of pages and the situations that the tests hold against WCAG."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def accessibility_tried() -> dict[str, Any]:
    """`standard`, `pages` (address -> what it is) and `situations`; the browser test fails when it tries others, or finds anything."""
    found: dict[str, Any] = yaml.safe_load(files("gmsd.web").joinpath("site", "toegankelijkheid.yaml").read_text(encoding="utf-8"))
    return found
