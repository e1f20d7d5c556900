"""A home whose Wmo has fewer tables, and a release of it as many files less: for what is about deliveries, runs and releases as a whole.

What stands in which table, and what all of them tell together, is tested with all of them.
"""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.stack import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAIN = "83262NED"


def make_home(folder: Path, *tables: str) -> Path:
    """A home with the project's statements and expectations, of the Wmo with these tables; to be given as GMSD_HOME."""
    shutil.copytree(PROJECT / "expectations", folder / "expectations")
    (folder / "sql").symlink_to(PROJECT / "sql")
    law = folder / "expectations" / "wmo" / "law.yaml"
    named = f"tables: [{', '.join(tables)}]"
    text, changed = re.subn(r"^tables: \[.*\]$", named, law.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert changed == 1
    law.write_text(text, encoding="utf-8")
    for path in law.parent.glob("tables/*.yaml"):
        if path.stem not in tables:
            path.unlink()
    assert len(list(law.parent.glob("tables/*.yaml"))) == len(tables)
    return folder


def home_with(*tables: str) -> Any:
    """The fixture `home` of a module of tests: such a home, for its installation and for what the module calls itself."""

    @pytest.fixture(scope="module")
    def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
        with pytest.MonkeyPatch.context() as patch:
            made = make_home(tmp_path_factory.mktemp("home"), *tables)
            patch.setenv("GMSD_HOME", str(made))
            yield made

    return home
