"""A release on disk, and `gmsd serve` over it in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gmsd.releases import bundle
from tests.support.stack import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gmsd.formats import ReleaseContent

TABLE = "83262NED"
MARKS = [
    *(
        "'",
        "''",
        "(",
        ")",
        ",",
        "$",
        "%",
        "%25",
        "%27",
        "%00",
        "%F0%9F%99%82",
        "+",
        "&",
        "=",
        ";",
        "/",
        "..",
        "null",
        "-",
        "RegioS",
        "%20eq%20",
    ),
    *("1e400", "NaN", "datetime'", "x" * 5000),
]
"""Pieces of an address that something may stumble over."""


def release_folder(root: Path, content: ReleaseContent) -> Path:
    """The release's files, as `gmsd releases get` writes them."""
    for path, data in bundle(content, "0" * 64).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return root


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Host and port of the service over a folder, until the block ends."""
    with serving_with("--folder", str(folder), environment=os.environ | {"PYTHONPATH": str(PROJECT / "plugins")}) as found:
        yield found


@contextmanager
def serving_with(*options: str, environment: dict[str, str]) -> Iterator[str]:
    """Host and port of the service with these options, until the block ends."""
    command = [sys.executable, "-m", "gmsd.cli", "serve", *options]
    environment = environment | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = None
        for line in process.stdout:
            found = re.search(r"catalog_url ([\d.]+:\d+)", line)
            if found:
                break
        try:
            assert found, "the service did not say where it listens"
            yield found[1]
        finally:
            process.terminate()
