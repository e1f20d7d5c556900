"""Objects nobody delivered: the list, on names from both sides of its edge."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gmsd.protocol import expectations_folder, is_left_behind, left_by, mistakes_in

LEFT = [
    ".DS_Store", ".ds_store", "._WMO_H22019_x.csv", ".WMO_H22019_x.csv.Ab12cd", ".~lock.WMO_H22019_x.csv#", "~$WMO_H22019_x.csv",
    "Thumbs.db", "THUMBS.DB", "Thumbs.db:encryptable", "ehthumbs.db", "Desktop.ini", "WMO_H22019_x.csv:Zone.Identifier", "Icon\r",
    "_SUCCESS", "_success", "_committed_1234", "WMO_H22019_x.csv.filepart", "WMO_H22019_x.CSV.FILEPART", "WMO_H22019_x.csv.part",
    "WMO_H22019_x.csv.1a2b3c4d.partial", "WMO_H22019_x.csv.ocTransferId371634213.part", "Unconfirmed 12345.crdownload", "~WRD0001.tmp",
    "WMO_H22019_x.csv.tmp", "WMO_H22019_x.csv~", "#WMO_H22019_x.csv#", "WMO_H22019_x.csv.swp", "WMO_H22019_x.csv.sb-1a2b3c4d-AbCdEf",
    "WMO_H22019_x.csv._COPYING_", "WMO_H22019_x.csv_.gstmp", "WMO_H22019_x.csv.lftp-pget-status", "WMO_H22019_x.csv.aria2", "x.TEMP",
    "0518_$folder$", "__MACOSX/._WMO_H22019_x.csv", "__MACOSX/x", "$RECYCLE.BIN/$R1A2B3C.csv",
    "System Volume Information/IndexerVolumeGuid",    "H22019/0518/.DS_Store",
    "H22019/0518/formulieren/intrekking.json.filepart", "H22019/0518/@eaDir/x", ".git/", "a/.git/config",
]  # fmt: skip
DELIVERED = [
    "WMO_H22019_gemeenteDenHaag.CSV", "wmo_h22019_x.txt", "H22019/0518/WMO_H22019_x.csv", "x.csv", "README.docx", "WMO_H22019_x.xlsx",
    "WMO_H22019_x.csv.bak", "WMO_H22019_x.lnk", "WMO_H22019_x", "WMO H22019.csv.zip", "thumbs.csv", "success", "_SUCCESS.csv", "tmp",
    "tmp/levering.csv", "part.csv", "x.parts", "~x.csv", "$x.csv", "WMO_.tmp.csv", "WMO_H22019_~$x.csv", "WMO_H22019_desktop.ini.txt",
    "__MACOSX/WMO_H22019_x.csv", ".verborgen/WMO_H22019_x.csv", "H22019/0518/", "H22019/", "./x.csv", "../x.csv", "", "part-00000.csv",
    "H22019/0518/map.tmp/levering.csv", "H22019/0518/formulieren/intrekking.json", "icon", "intrekking.json",
    "WMO_H22019_x.temp.csv", "temp", "temp.csv", "WMO_H22019_aria2.csv", "WMO_H22019__copying_.txt",
]  # fmt: skip


@pytest.mark.parametrize("name", LEFT)
def test_what_a_system_or_program_leaves_is_no_delivery(name: str):
    assert is_left_behind(name)
    assert is_left_behind(Path(name)) or name.endswith("/")
    assert left_by(name)


@pytest.mark.parametrize("name", DELIVERED)
def test_what_may_be_a_delivery_is_never_passed_over(name: str):
    assert not is_left_behind(name)
    assert left_by(name) is None


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('names: [".*"]', 'names: ["*"]', "would take every name"),
        ('["~$*", "~lock.*#"]', "[12]", "between quotation marks"),
        ('["_temporary"]', "[]", "no name is given"),
        ("folders:", "maps:", "folders is missing"),
    ],
)
def test_a_list_that_is_not_in_order_is_told_with_its_line(tmp_path: Path, old: str, new: str, told: str):
    folder = tmp_path / "expectations"
    shutil.copytree(expectations_folder(), folder)
    path = folder / "inbox" / "left_behind.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert any("left_behind.yaml:" in str(each) and told in str(each) for each in mistakes_in(folder))
