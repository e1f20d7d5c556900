"""Which code and which rules made a release."""

from __future__ import annotations

import importlib.metadata
import subprocess
from typing import TYPE_CHECKING

from gmsd.protocol import protocol_for
from gmsd.tables import main_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gmsd.rounds import HalfYear

COUNTING = "gmsd-counting/1"
DISCLOSURE = "gmsd-disclosure/1"


def code_version(home: Path) -> str:
    """The commit of the checkout (with `-dirty` when files differ from it); the version of the installed package where there is none."""
    asked = ["git", "-C", str(home), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        answer = subprocess.run(asked, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return importlib.metadata.version("gmsd")
    return answer.stdout.strip() if answer.returncode == 0 else importlib.metadata.version("gmsd")


def versions_used(law: str, half_years: Iterable[HalfYear], home: Path) -> dict[str, str | dict[str, str]]:
    """Code, counting and protection, and per half-year the protocol and the mapping of product categories to groups."""
    held = tuple(half_years)
    return {
        "code": code_version(home),
        "counting": COUNTING,
        "disclosure": DISCLOSURE,
        "mapping": {str(half_year): main_table(law).grouping(half_year).version for half_year in held},
        "protocol": {str(half_year): protocol_for(half_year, law).id for half_year in held},
    }
