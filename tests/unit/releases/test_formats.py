"""A format is one module; a kind of file that nobody knows is refused when it is registered, before anything is published."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gmsd.releases import bundle, formats
from tests.support.releases import H1, content

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODULE = """
import json

from gmsd.releases.formats.registry import Format


def write(content):
    tables = {each.table.table_id: each.cells.height for each in content.tables}
    return {"cells.json": json.dumps(tables).encode()}


FORMAT = Format("throwaway", ("json",), write)
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder whose modules are formats too."""
    monkeypatch.setattr(formats, "__path__", [*formats.__path__, str(tmp_path)])
    formats.formats.cache_clear()
    yield tmp_path
    formats.formats.cache_clear()


def test_a_format_is_one_module(package: Path) -> None:
    (package / "throwaway_one.py").write_text(MODULE)
    said = content(H1)
    files = bundle(said, "0" * 64)
    assert json.loads(files["throwaway/cells.json"]) == {"83262NED": said.tables[0].cells.height}
    assert "throwaway/cells.json" in json.loads(files["release.json"])["files"]


def test_an_unknown_kind_of_file_is_refused_when_the_format_is_registered(package: Path) -> None:
    (package / "throwaway_two.py").write_text(MODULE.replace('("json",)', '("json", "wk1")'))
    with pytest.raises(formats.FormatError, match="no media type is known for wk1"):
        formats.formats()


def test_a_file_of_a_kind_that_the_format_did_not_name_is_refused(package: Path) -> None:
    (package / "throwaway_three.py").write_text(MODULE.replace("cells.json", "cells.xml"))
    with pytest.raises(formats.FormatError, match=r"wrote cells\.xml"):
        bundle(content(H1), "0" * 64)


def test_two_formats_do_not_write_into_one_folder(package: Path) -> None:
    (package / "throwaway_four.py").write_text(MODULE.replace('"throwaway"', '"statline"'))
    with pytest.raises(formats.FormatError, match="one folder"):
        formats.formats()
