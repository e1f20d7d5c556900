"""An installation that keeps one more facultative variable: a line of law.yaml, a field and a rule. The migration is the caller's."""

from __future__ import annotations

import shutil
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
FIELD, COLUMN, TYPE = "Minuten_per_week", "minutes", "smallint"
HEAD = (
    "Aanmaakdatum_bestand;Gemeentecode;BSN;Type_maatwerkarrangement;Startdatum_ondersteuning;Einddatum_ondersteuning;Leveringsvorm;"
    f"Nummer_toewijzing;Volume;Eenheid;Frequentie;Reden_beeindiging;Reden_wijziging_toewijzing;{FIELD}"
)
_FIELD = f"    - {{name: {FIELD}, set: facultative, type: number, may_be_empty: true, record: {COLUMN}}}\n"
_RULE = f"""  - type: expect_column_values_to_match_regex
    kwargs: {{column: {FIELD}, regex: '^[0-9]{{1,4}}$'}}
    meta:
      code: MIN-02
      level: facultative
      field: {FIELD}
      message: Het aantal minuten is geen geheel getal van hoogstens vier cijfers.
      repair: Schrijf het aantal met alleen cijfers, of laat het veld leeg.
      source: GMSD-protocol Wmo, veld 14
      status: assumed
"""


def make_home(folder: Path) -> Path:
    """A home with those expectations; to be given as GMSD_HOME."""
    wmo = folder / "expectations" / "wmo"
    shutil.copytree(PROJECT / "expectations", folder / "expectations")
    (folder / "sql").symlink_to(PROJECT / "sql")
    with (wmo / "law.yaml").open("a", encoding="utf-8") as law:
        law.write(f"  - {{name: {COLUMN}, type: {TYPE}, set: facultative}}\n")
    with (wmo / "wmo-2020" / "facultatief.yaml").open("a", encoding="utf-8") as suite:
        suite.write(_RULE)
    structure = wmo / "wmo-2020" / "structuur.yaml"
    text = structure.read_text(encoding="utf-8")
    assert text.count("  rules:\n") == 1
    structure.write_text(text.replace("  rules:\n", f"{_FIELD}  rules:\n"), encoding="utf-8")
    return folder


def file_of(municipality: str, *minutes: str, unit: str = "") -> bytes:
    """A file with a client for each number of minutes; `unit` as the first writes it."""
    units = (unit, *[""] * (len(minutes) - 1))
    bsns = ("999900006", "999900018", "999900031")
    rows = zip(bsns, units, minutes, strict=False)
    lines = [f"20190902;{municipality};{bsn};02;20190101;;1;;;{unit};;;;{minute}" for bsn, unit, minute in rows]
    return "\n".join([HEAD, *lines, ""]).encode()
