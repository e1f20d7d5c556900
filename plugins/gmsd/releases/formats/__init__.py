"""The formats of a release: a module each, found by itself, that says its folder, its kinds of files and how it writes a release."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from gmsd.releases.formats.registry import FormatError, media_type

if TYPE_CHECKING:
    from gmsd.releases.content import ReleaseContent
    from gmsd.releases.formats.registry import Format

__all__ = ["FormatError", "formats", "media_type", "written"]


@cache
def formats() -> tuple[Format, ...]:
    """Every format, in order of folder: what each module of this package calls `FORMAT`.

    Raises:
        FormatError: two write into one folder, or one has a kind of file that nobody knows; so before anything is written.
    """
    modules = [import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    found = sorted((module.FORMAT for module in modules if hasattr(module, "FORMAT")), key=lambda each: each.folder)
    folders = [each.folder for each in found]
    if len(set(folders)) < len(folders):
        raise FormatError(f"two formats write into one folder: {', '.join(folders)}")
    return tuple(found)


def written(content: ReleaseContent) -> dict[str, bytes]:
    """A release in every format: path -> bytes, in order of path.

    Raises:
        FormatError: a format wrote a file of a kind that it did not name.
    """
    made = {f"{each.folder}/{name}": data for each in formats() for name, data in each.files(content).items()}
    return dict(sorted(made.items()))
