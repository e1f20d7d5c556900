"""The few settings that a check needs, read without the model of all settings: importing it takes a fifth of a small file's check."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from gmsd.folders import settings_files

if TYPE_CHECKING:
    from gmsd.settings import Settings

_LINE = re.compile(r"\s*(?:export\s+)?['\"]?(GMSD_\w+)\b(.*)", re.IGNORECASE | re.ASCII)
_PLAIN = re.compile(r"=([!%-&(-\[\]-~]*)\s*")
"""What stands behind the name in a line that can be read in one way only: no blank, quotation mark, comment, reference or escape."""
_NUMBER = re.compile("[1-9][0-9]{0,17}")


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """Those settings, with the values that they have when nobody sets them; what they mean: `Settings`."""

    clock: str = "system"
    max_file_bytes: int = 512 * 2**20
    max_file_lines: int = 5_000_000
    rules_url: str = ""


def check_settings() -> CheckSettings | Settings:
    """The settings of a check: read here where they are written plainly, else by the model.

    Raises:
        SettingsError: One of them has a value of another type than it should.
    """
    given = _given()
    if given is not None:
        numbers = [given[name] for name in ("max_file_bytes", "max_file_lines") if name in given]
        if given.get("clock", "system") == "system" and all(map(_NUMBER.fullmatch, numbers)):
            return CheckSettings(**{name: int(text) if name.startswith("max_") else text for name, text in given.items()})  # type: ignore[arg-type]
    from gmsd.settings import get_settings

    return get_settings()


def _given() -> dict[str, str] | None:
    """What is set, by name; None when a file says it in a way that is not plain. The environment goes before the files."""
    wanted = {f"gmsd_{field.name}": field.name for field in fields(CheckSettings)}
    given: dict[str, str] = {}
    for file in settings_files():
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            found = _LINE.match(line)
            if found is None or found[1].lower() not in wanted:
                continue
            plain = _PLAIN.fullmatch(found[2])
            if plain is None:
                return None
            given[wanted[found[1].lower()]] = plain[1]
    return given | {wanted[name.lower()]: text for name, text in os.environ.items() if name.lower() in wanted}
