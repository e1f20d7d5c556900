"""What a release says, and how it is written in every format: a module each, found by itself.

A module with a `FORMAT` says its folder, its kinds of files and how it writes a release; those without are what several formats share.

Not here: how cells are protected and compared, and what becomes of the files (`releases`). Values in, bytes out, the same each time.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from gmsd.formats.cell_changes import changed_cells
from gmsd.formats.content import Changes, PublishedTable, Publisher, ReleaseBefore, ReleaseContent
from gmsd.formats.explanations import printed
from gmsd.formats.registry import Format, FormatError, media_type
from gmsd.formats.tabular import to_csv
from gmsd.formats.texts import change_list, other_days
from gmsd.formats.wording import STATUS_WORDS, rounding_words, threshold_words
from gmsd.tables import target_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "STATUS_WORDS",
    "Changes",
    "FormatError",
    "PublishedTable",
    "Publisher",
    "ReleaseBefore",
    "ReleaseContent",
    "change_list",
    "changed_cells",
    "formats",
    "media_type",
    "other_days",
    "printed",
    "rounding_words",
    "threshold_words",
    "to_csv",
    "written",
]


@cache
def formats() -> tuple[Format, ...]:
    """Every format, in order of folder: what each module of this package calls `FORMAT`.

    Raises:
        FormatError: two write files of one kind into one folder, or one has a kind of file that nobody knows; before anything is written.
    """
    modules = [import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    found = sorted((module.FORMAT for module in modules if hasattr(module, "FORMAT")), key=lambda each: (each.folder, each.suffixes))
    kinds = [f"{each.folder}/*.{suffix}" for each in found for suffix in each.suffixes]
    if len(set(kinds)) < len(kinds):
        raise FormatError(f"two formats write files of one kind into one folder: {', '.join(kinds)}")
    return tuple(found)


def format_of(path: str) -> Format | None:
    """The format that a file of a release is of; None of the files that are of no format."""
    folder, suffix = path.partition("/")[0], path.rpartition(".")[2]
    return next((each for each in formats() if each.folder == folder and suffix in each.suffixes), None)


def written(content: ReleaseContent, others: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """A release in every format of its targets: path -> bytes, in order of path.

    Args:
        content: The release.
        others: Files of it that are of no format; they are described with the others.

    Raises:
        FormatError: a format wrote a file of a kind that it did not name.
    """
    made = dict(others or {})
    for each in sorted(formats(), key=lambda each: each.describe is not None):
        target = target_of(f"{each.folder}/")
        if content.targets is not None and target is not None and target not in content.targets:
            continue
        made |= {f"{each.folder}/{name}": data for name, data in each.files(content, made).items()}
    return dict(sorted(made.items()))
