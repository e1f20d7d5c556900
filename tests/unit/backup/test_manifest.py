"""The manifest of a backup: what is no whole backup, was changed, or points outside its folder is refused before anything is read of it."""

from __future__ import annotations

import hashlib
import json
import stat
from typing import TYPE_CHECKING, Any

import pytest

from gmsd.backup.manifest import BackupDamaged, BackupFile, BackupObject, BackupTable, Manifest, private

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BYTES = b"1,2\n"


def made(folder: Path) -> Manifest:
    """A backup of one table and one object."""
    files = {}
    for name in ("database/clock.csv", "objects/staging/a.parquet"):
        path = folder / name
        path.parent.mkdir(parents=True)
        with private(path) as stream:
            stream.write(BYTES)
        files[name] = BackupFile(len(BYTES), hashlib.sha256(BYTES).hexdigest())
    found = Manifest(
        backup="b", taken_at="2020-01-01T00:00:00+01:00", code="c", revision="r", audit_rows=0, audit_head="",
        tables=(BackupTable("clock", ("id", "instant"), 1),), sequences={}, buckets={"inbox": "i"}, settings={}, keys={}, with_keys=False,
        objects=(BackupObject("staging", "a.parquet", "objects/staging/a.parquet", "text/plain"),), missing=(), files=files,
    )  # fmt: skip
    found.write(folder)
    return found


def quiet(what: str, done: int, of: int) -> None:
    """Nobody looks."""


def test_what_was_written_is_read(tmp_path):
    found = made(tmp_path)
    assert Manifest.read(tmp_path) == found
    found.verify(tmp_path, quiet)
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*") if path.is_file()} == {0o600}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda said: said.update(schema="gmsd-backup/9"), "of another kind"),
        (lambda said: said.pop("revision"), "is damaged"),
        (lambda said: said["objects"][0].update(more=1), "is damaged"),
        (lambda said: said["objects"][0].update(file="objects/staging/b.parquet"), "none of the backup's"),
        (lambda said: said["objects"][0].update(file="../keys/x"), "none of the backup's"),
        (lambda said: said["files"].update({"../x": {"size": 1, "sha256": "a"}}), "none of the backup's"),
        (lambda said: said["files"].update({"/etc/passwd": {"size": 1, "sha256": "a"}}), "none of the backup's"),
        (lambda said: said["tables"][0].update(name="../../etc/passwd"), "none of the backup's"),
    ],
)
def test_a_manifest_that_says_something_else_is_refused(tmp_path, change: Callable[[dict[str, Any]], Any], said: str):
    made(tmp_path)
    path = tmp_path / "manifest.json"
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    with pytest.raises(BackupDamaged, match=said):
        Manifest.read(tmp_path)


def test_a_folder_that_was_broken_off_is_no_backup(tmp_path):
    with pytest.raises(BackupDamaged, match="no whole backup"):
        Manifest.read(tmp_path)
    (tmp_path / "manifest.json").write_bytes(b"\xff{")
    with pytest.raises(BackupDamaged, match="is damaged"):
        Manifest.read(tmp_path)


@pytest.mark.parametrize("data", [b"1,3\n", b"1,2\n3,4\n", b""])
def test_a_changed_file_is_found_by_its_bytes(tmp_path, data):
    found = made(tmp_path)
    (tmp_path / "database/clock.csv").write_bytes(data)
    with pytest.raises(BackupDamaged, match=r"clock\.csv of the backup is not what was written"):
        found.verify(tmp_path, quiet)
