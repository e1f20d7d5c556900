"""A format is one module; a kind of file that nobody knows is refused when it is registered, before anything is published."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gmsd import formats
from gmsd.protocol import laws
from gmsd.releases import bundle
from gmsd.tables import tables_of
from tests.support.house import PROJECT
from tests.support.releases import H1, content

if TYPE_CHECKING:
    from collections.abc import Iterator

MODULE = """
import json

from gmsd.formats.registry import Format


def write(content):
    tables = {each.table.table_id: each.cells.height for each in content.tables}
    return {"cells.json": json.dumps(tables).encode()}


FORMAT = Format("throwaway", ("json",), write)
"""


HASHES = """
import hashlib

from gmsd.releases import bundle
from tests.support.releases import H1, content

print({path: hashlib.sha256(data).hexdigest() for path, data in bundle(content(H1), "0" * 64).items()})
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


def test_two_formats_do_not_write_files_of_one_kind_into_one_folder(package: Path) -> None:
    (package / "throwaway_four.py").write_text(MODULE.replace('"throwaway", ("json",)', '"statline", ("json", "csv")'))
    with pytest.raises(formats.FormatError, match=r"one folder: .*statline/\*\.csv"):
        formats.formats()


def test_a_format_that_describes_is_given_every_file_of_the_others(package: Path) -> None:
    describing = MODULE.replace("def write(content)", "def describe(content, written)").replace("write)", "describe=describe)")
    describing = describing.replace("json.dumps(tables)", "json.dumps(sorted(written))")
    (package / "a_throwaway_five.py").write_text(describing)
    files = bundle(content(H1), "0" * 64)
    described = json.loads(files["throwaway/cells.json"])
    assert set(described) >= set(files) - {"release.json", "throwaway/cells.json", "metadata/dcat.jsonld"}


def test_every_format_is_described_for_catalogues_and_in_the_documentation() -> None:
    page = (PROJECT / "docs" / "formats.md").read_text(encoding="utf-8")
    for each in formats.formats():
        assert each.title
        assert f"| `{each.folder}/` |" in page


def test_no_table_or_law_is_named_in_a_format() -> None:
    folder = Path(formats.__file__).parent
    words = {"Wmo", "jeugd", "participatie"} | {each.table_id for law in laws() for each in tables_of(law.id)}
    words |= {each.key for law in laws() for table in tables_of(law.id) for each in (*table.measures, *table.dimensions)}
    for path in folder.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not [word for word in words if re.search(rf"\b{re.escape(word)}\b", text)], path.name


def test_the_bytes_of_a_release_are_the_same_in_another_process() -> None:
    """Where an order hangs on hashes of text, it is another one in each process."""
    said = []
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": "."}
        done = subprocess.run([sys.executable, "-c", HASHES], cwd=PROJECT, env=environment, capture_output=True, text=True, check=True)
        said.append(done.stdout)
    assert said[0] == said[1]
    assert {path.rpartition(".")[2] for path in ast.literal_eval(said[0])} >= {"csv", "json", "jsonld", "ods", "parquet", "xlsx", "xml"}
