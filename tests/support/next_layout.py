"""An installation whose expectations hold a later layout beside the one of 2020: files of YAML are added, no Python is changed."""

from __future__ import annotations

import shutil
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
ADDED = Path(__file__).parent / "protocols"


def make_home(folder: Path) -> Path:
    """A home with the project's expectations and those of `protocols/`; to be given as GMSD_HOME."""
    shutil.copytree(PROJECT / "expectations", folder / "expectations")
    shutil.copytree(ADDED, folder / "expectations" / "wmo", dirs_exist_ok=True)
    return folder
