"""Imports without looking for rubbish: what they make stays, and looking through it takes a tenth of a small command's time."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def imports() -> Iterator[None]:
    """Let the garbage collector rest, and leave what was made meanwhile alone afterwards."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
