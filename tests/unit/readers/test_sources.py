"""A folder that holds a release."""

from __future__ import annotations

import pytest

from gmsd.readers import FolderSource, statline_of, tables_of_release
from gmsd.releases import NoReleaseError
from tests.support.bundles import two_releases


def test_a_folder_gives_what_its_release_names_and_nothing_else(tmp_path):
    files = two_releases().held["r0001"]
    for path, data in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    (tmp_path / "csv" / "other.csv").write_text("x")
    source = FolderSource(tmp_path)
    assert source.current() == source.releases() == ("r0001",)
    assert source.files("r0001", "csv/") == {path: data for path, data in files.items() if path.startswith("csv/")}
    assert "83262NED" in tables_of_release(source, "r0001")
    assert "data.csv" in statline_of(source, "r0001", "83262NED")


def test_a_folder_without_a_release_says_so(tmp_path):
    with pytest.raises(NoReleaseError, match=r"no release.json"):
        FolderSource(tmp_path).current()
