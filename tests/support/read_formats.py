"""The cells of a table as others read them from the files of a release: a reader for each format, none of them ours.

Each gives (measure, period, region, group) in StatLine's keys -> (value or None, why it is missing). Why is `geheim`, `onbekend`, None
where there is a value, and `SILENT` where the format does not say.
"""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gmsd.formats import PublishedTable, ReleaseContent
    from gmsd.tables import Table

SILENT = "?"
HIDDEN, UNKNOWN = "geheim", "onbekend"
Cells = dict[tuple[str, str, str, str], tuple[int | None, str | None]]


def expected(published: PublishedTable) -> Cells:
    """What every format says: of municipalities whether a figure is hidden or not there, of the country only that it is missing."""
    found: Cells = {}
    for measure, period, region, group, value, reason in published.cells.iter_rows():
        why = HIDDEN if reason == "suppressed" and region.startswith("GM") else UNKNOWN
        found[measure, period, region, group] = (value, None if value is not None else why)
    return found


def _rows(data: bytes, separator: str = ",", encoding: str = "utf-8") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(encoding)), delimiter=separator))


def _number(text: str) -> int | None:
    return int(text) if text else None


def _keys(table: Table) -> tuple[str, str, str]:
    return table.dimension("periods").key, table.dimension("regions").key, table.dimension("groups").key


def statline(files: Mapping[str, bytes], table: Table) -> Cells:
    """The cube of the StatLine folder."""
    keys = _keys(table)
    found: Cells = {}
    for row in _rows(files[f"statline/{table.table_id}/data.csv"]):
        for measure in table.measures:
            value = _number(row[measure.key])
            found[(measure.key, *(row[key].strip() for key in keys))] = (value, None if value is not None else SILENT)  # type: ignore[index]
    return found


def long_csv(files: Mapping[str, bytes], table: Table) -> Cells:
    """The long CSV, as a spreadsheet in Dutch divides it."""
    rows = _rows(files[f"csv/{table.table_id}.csv"], ";", "utf-8-sig")
    return _of_long(rows, table)


def parquet(files: Mapping[str, bytes], table: Table) -> Cells:
    """The Parquet file, by Arrow."""
    rows = pq.read_table(io.BytesIO(files[f"parquet/{table.table_id}.parquet"])).to_pylist()
    return _of_long(rows, table)


def csvw(files: Mapping[str, bytes], table: Table, folder: Path) -> Cells:
    """The long CSV, as its description has it read and checked: a cell or key that does not fit it raises."""
    said = json.loads(files["metadata/csvw.json"])
    said["tables"] = [each for each in said["tables"] if each["url"].endswith(f"/{table.table_id}.csv")]
    path = f"csv/{table.table_id}.csv"
    return _of_long(
        _as_described({path: files[path], "metadata/csvw.json": json.dumps(said).encode()}, "metadata/csvw.json", folder), table
    )


def _as_described(files: Mapping[str, bytes], description: str, folder: Path) -> list[dict[str, Any]]:
    from csvw import CSVW

    for name, data in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    described = CSVW(str(folder / description), validate=True)
    (found,) = described.tables
    assert found.check_primary_key()
    return list(found.iterdicts(strict=True))


def building_block(files: Mapping[str, bytes], table: Table) -> Cells:
    """The file of its own of a building block, as a spreadsheet in Dutch divides it: by the headings that a receiver sees."""
    rows = _rows(files[_block(table)], ";", "utf-8-sig")
    headings = [("Ontbreekt: " + measure.title, measure.title, measure.key) for measure in table.measures]
    found: Cells = {}
    for row in rows:
        for why, heading, key in headings:
            found[key, f"{row['Jaar']}JJ00", row["Regiocode"], row["Productcategoriecode"]] = (_number(row[heading]), row[why] or None)
    assert len(found) == len(rows) * len(headings)
    return found


def building_block_as_described(files: Mapping[str, bytes], table: Table, folder: Path) -> Cells:
    """The same file, as the description beside it has it read and checked."""
    path = _block(table)
    description = f"{path}-metadata.json"
    rows = _as_described({each: files[each] for each in (path, description)}, description, folder)
    return {
        (measure.key, f"{row['periode']}JJ00", row["regiocode"], row["groepcode"]): (row[measure.key], row[f"ontbreekt_{measure.key}"])
        for row in rows
        for measure in table.measures
    }


def _block(table: Table) -> str:
    return f"bouwstenen/{table.table_id}-{table.building_block}.csv"


def _of_long(rows: list[dict[str, Any]], table: Table) -> Cells:
    keys = _keys(table)
    found: Cells = {}
    for row in rows:
        value = row["Waarde"]
        read = _number(value) if isinstance(value, str) else value
        found[(row["Onderwerp"], *(row[key] for key in keys))] = (read, row["Ontbreekt"] or None)  # type: ignore[index]
    assert len(found) == len(rows)
    return found


def pysdmx(files: Mapping[str, bytes], table: Table, name: str = "") -> Cells:
    """SDMX-CSV and its structure, by pysdmx, which holds the structure against the schemas of SDMX."""
    from pysdmx.io import read_sdmx

    structure = read_sdmx(files[f"sdmx/{table.table_id}.xml"].decode(), validate=True)
    codes = {each.id.rpartition(f"{table.table_id}_")[2]: {code.id for code in each.items} for each in structure.get_codelists()}
    (dataset,) = read_sdmx(files[f"sdmx/{name or table.table_id + '.csv'}"].decode()).data
    rows = dataset.data.to_dict("records")
    for component, known in codes.items():
        assert {row[component] for row in rows} <= known, component
    return {_sdmx_key(row, table): _observed(row) for row in rows}


def sdmx1(files: Mapping[str, bytes], table: Table) -> Cells:
    """SDMX-CSV and its structure, by sdmx1."""
    import sdmx

    structure = sdmx.read_sdmx(io.BytesIO(files[f"sdmx/{table.table_id}.xml"]), format="XML")
    flow = structure.dataflow[table.table_id]
    message = sdmx.read_sdmx(io.BytesIO(files[f"sdmx/{table.table_id}.csv"]), format="CSV", structure=flow)
    frame = sdmx.to_pandas(message.data[0], attributes="o").reset_index()
    return {_sdmx_key(row, table): _observed({**row, "OBS_VALUE": row["value"]}) for row in frame.to_dict("records")}


def _sdmx_key(row: dict[str, Any], table: Table) -> tuple[str, str, str, str]:
    time = row["TIME_PERIOD"]
    assert row["FREQ"] == ("S" if "-S" in time else "A")
    period = time.replace("-S", "HJ0") if "-S" in time else f"{time}JJ00"
    return row["MEASURE"], period, row["REF_AREA"], row[table.dimension("groups").key]


def _observed(row: dict[str, Any]) -> tuple[int | None, str | None]:
    value = None if pd.isna(float(row["OBS_VALUE"])) else int(float(row["OBS_VALUE"]))
    assert row["CONF_STATUS"] == ("C" if row["OBS_STATUS"] == "Q" else "F")
    why = {"Q": HIDDEN, "O": UNKNOWN}.get(row["OBS_STATUS"])
    return value, why


def ods(files: Mapping[str, bytes], table: Table) -> Cells:
    """The workbook, by odfpy: titles are led back to keys by the lists of the StatLine folder."""
    from odf.opendocument import load
    from odf.table import Table as SheetOf
    from odf.table import TableRow

    book = load(io.BytesIO(files[f"ods/{table.table_id}.ods"]))
    sheets = {sheet.getAttribute("name"): sheet for sheet in book.spreadsheet.getElementsByType(SheetOf)}
    periods, _regions, groups = (
        {row["Title"]: row["Key"].strip() for row in _rows(files[f"statline/{table.table_id}/{key}.csv"])} for key in _keys(table)
    )
    found: Cells = {}
    for measure in table.measures:
        rows = [_texts(row) for row in sheets[measure.title[:31]].getElementsByType(TableRow)]
        start = next(at for at, row in enumerate(rows) if row[:4] == ["Regio", "Code", "Periode", "Status"])
        for row in rows[start + 1 :]:
            for title, value in zip(rows[start][4:], row[4:], strict=True):
                why = value if isinstance(value, str) else None
                found[measure.key, periods[row[2]], row[1], groups[title]] = (None if why else value, why)
    return found


def _texts(row: Any) -> list[Any]:
    from odf import teletype
    from odf.table import TableCell

    found: list[Any] = []
    for cell in row.getElementsByType(TableCell):
        number = cell.getAttribute("value")
        if number is not None:
            assert teletype.extractText(cell) == number
        found.append(teletype.extractText(cell) if number is None else int(number))
    return found


def swing(files: Mapping[str, bytes], table: Table, content: ReleaseContent) -> tuple[Cells, Cells]:
    """The import of Waarstaatjegemeente, per period and flat: of what its indicators show, and of municipalities only."""
    indicators = {code: (each.measure, group) for each in table.indicators for group, code in each.codes.items()}
    wide: Cells = {}
    for period in content.periods:
        for row in _rows(files[f"waarstaatjegemeente/gmsd_{content.law}_{period.key}.csv"]):
            for code, (measure, group) in indicators.items():
                if code in row:
                    wide[measure, period.key, f"GM{int(row['geoitem']):04d}", group] = _special(row[code])
    flat: Cells = {}
    for row in _rows(files[f"waarstaatjegemeente/plat_gmsd_{content.law}.csv"], ";"):
        if row["NAAM"] in indicators:
            measure, group = indicators[row["NAAM"]]
            key = row["PERIODE"] if "HJ" in row["PERIODE"] else f"{row['PERIODE']}JJ00"
            assert row["GEBIEDSNIVEAU"] == "gemeente"
            flat[measure, key, f"GM{int(row['GEBIED']):04d}", group] = _special(row["WAARDE"])
    return wide, flat


def _special(text: str) -> tuple[int | None, str | None]:
    why = {"-99997": HIDDEN, "-99999": UNKNOWN}.get(text)
    return None if why else int(text), why
