"""Where the installation lies: its home, its data, and the files with its settings."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Literal


def home() -> Path:
    """The folder that holds `var/`, `sql/` and `expectations/`: `GMSD_HOME`, else the checkout, else the working directory."""
    return _installation() or Path.cwd()


def data_folder(name: Literal["expectations", "sql"]) -> Path:
    """Where the project's data lies: in the installation's home, else in the copy that the wheel ships.

    The working directory is no place to take rules from: it is whatever folder a person happens to be in.
    """
    installation = _installation()
    if installation is not None and (installation / name).is_dir():
        return installation / name
    return Path(__file__).parent / "_data" / name


def _installation() -> Path | None:
    given = os.environ.get("GMSD_HOME")
    return Path(given) if given else _checkout()


@cache
def _checkout() -> Path | None:
    """The checkout that this file lies in, if it does: asked several times for each file that is checked, and always the same."""
    checkout = Path(__file__).resolve().parents[2]
    return checkout if (checkout / "expectations").is_dir() else None


def settings_files() -> list[Path]:
    """The files with settings that there are and that this account may read; the later goes before the earlier."""
    folder = home()
    files = (folder / "var" / "secrets" / "gmsd.env", folder / ".env")
    return [file for file in files if os.access(file, os.R_OK) and file.is_file()]
