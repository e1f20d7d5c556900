"""An installation with a second law of our own making beside the Wmo, in place of the others: a folder of YAML, no Python is changed."""

from __future__ import annotations

import shutil
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
LAW = "jeugd"
TABLES = ("83262NED", "83264NED", "86050NED", "83268NED", "GMSDMA01", "GMSDNL01")


def add_law(expectations: Path) -> Path:
    """Add a law of our own making to a folder with expectations; its files are called JEUGD_[code uitvraag]_[vrije tekst].csv."""
    folder = expectations / LAW
    shutil.copytree(expectations / "wmo", folder)
    (folder / "wmo-2020").rename(folder / "jeugd-2020")
    _change(folder / "law.yaml", ("id: wmo", f"id: {LAW}"), ("title: Wmo", "title: Jeugd"), ("prefix: WMO", "prefix: JEUGD"))
    _change(folder / "law.yaml", (f"[{', '.join(TABLES)}]", "[84134NED]"), ("[csv, txt]", "[csv]"))
    _change(folder / "jeugd-2020" / "structuur.yaml", ("protocol: wmo-2020", "protocol: jeugd-2020"), ("Protocol Wmo", "Protocol Jeugd"))
    _change(folder / "jeugd-2020" / "structuur.yaml", ("de vorm WMO_[", "de vorm JEUGD_["), ("from: 2015-H1", "from: 2018-H1"))
    (folder / "tables" / "83262NED.yaml").rename(folder / "tables" / "84134NED.yaml")
    for other in TABLES[1:]:
        (folder / "tables" / f"{other}.yaml").unlink()
    _change(folder / "tables" / "84134NED.yaml", ("id: 83262NED", "id: 84134NED"), ("gmsd_wmo_", "gmsd_jeugd_"))
    _change(folder / "tables" / "84134NED.yaml", ("WmoClienten", "Jongeren"), ("Wmo-cliënten", "Jongeren met jeugdzorg"))
    return folder


def copy_expectations(to: Path) -> None:
    """The project's expectations with the Wmo as their only law."""
    others = [path.parent.name for path in (PROJECT / "expectations").glob("*/law.yaml") if path.parent.name != "wmo"]
    shutil.copytree(PROJECT / "expectations", to, ignore=shutil.ignore_patterns(*others))


def make_home(folder: Path) -> Path:
    """A home with these expectations and the second law; to be given as GMSD_HOME."""
    copy_expectations(folder / "expectations")
    add_law(folder / "expectations")
    return folder


def _change(path: Path, *changes: tuple[str, str]) -> None:
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
