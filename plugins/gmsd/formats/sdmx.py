"""SDMX-CSV 2.0 of every table, its structure in SDMX-ML beside it, and messages that carry the release before to this one.

What the libraries do was tried (docs/decisions): the structure is SDMX-ML 2.1, since readers of 3.0 refuse what pysdmx writes there; the
measure is required, so that a missing value is `NaN` and never an empty cell; regions are `GM0363`, since digits would be read as numbers;
deletions stand in a message of their own, since they are dropped from a mixed one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from gmsd.formats.keys import keys_of
from gmsd.formats.long_table import is_hidden
from gmsd.formats.registry import Format
from gmsd.formats.texts import filled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gmsd.formats.content import PublishedTable, ReleaseContent
    from gmsd.tables import Dimension, Table

VERSION = "1.0"
_PROVISIONAL = ("Voorlopig", "NaderVoorlopig")
_YEAR = "JJ00"
_SAID = ("OBS_VALUE", "OBS_STATUS", "CONF_STATUS")
_OBS_STATUS = {
    "A": "Definitief cijfer",
    "E": "Schatting",
    "P": "Voorlopig of nader voorlopig cijfer",
    "Q": "Ontbreekt: geheim",
    "O": "Ontbreekt: onbekend (niet geleverd, ingetrokken, opgeheven of te weinig gemeenten)",
}
_CONF_STATUS = {"F": "Vrij", "C": "Geheim"}
_FREQ = {"A": "Jaar", "S": "Halfjaar"}
_NAMES = {
    "FREQ": "Frequentie",
    "MEASURE": "Onderwerp",
    "TIME_PERIOD": "Periode",
    "OBS_VALUE": "Waarde",
    "OBS_STATUS": "Status",
    "CONF_STATUS": "Geheimhouding",
}


def write(content: ReleaseContent) -> dict[str, bytes]:
    """The tables as they are now, and what changed.

    Returns:
        `{table}.csv`: every cell (action I). `{table}.xml`: dataflow, data structure, concepts and code lists. When there is a release
        before this one: `changes/{table}-delete.csv` (D: keys that the table no longer has), `-append.csv` (A: keys that it did not have)
        and `-replace.csv` (R: another value or status), each only when there is something in it. Applied in this order to the table of the
        release before, they make the table of this one. A table that is gone has its deletions only.
    """
    agency, before = content.publisher.agency, content.before.statuses if content.before else {}
    files: dict[str, bytes] = {}
    for published in content.tables:
        table, lists = published.table, _lists(content, published)
        now = _observations(table, published.cells, content.statuses)
        messages = {f"{table.table_id}.csv": ("Information", now)}
        if published.earlier is not None:
            messages |= _changes(table, now, _observations(table, published.earlier, before))
        files[f"{table.table_id}.xml"] = _structure(content, published, lists)
        files |= _written(agency, table, lists, messages)
    for table, cells in content.gone:
        earlier = _observations(table, cells, before)
        files |= _written(agency, table, {}, _changes(table, earlier.clear(), earlier))
    return files


FORMAT = Format(
    "sdmx",
    ("csv", "xml"),
    write,
    title="SDMX: cijfers, structuur en wijzigingen",
    standard="https://github.com/sdmx-twg/sdmx-csv/tree/v2.0.0",
)


def _written(agency: str, table: Table, lists: Mapping[str, Any], messages: Mapping[str, tuple[str, pl.DataFrame]]) -> dict[str, bytes]:
    """Messages of a table, (action, observations) by name, as SDMX-CSV."""
    from pysdmx.model import Schema

    schema = Schema("dataflow", agency, table.table_id, _components(agency, table, lists), version=VERSION, name=table.title)
    return {name: _message(schema, action, rows).encode() for name, (action, rows) in messages.items()}


def _message(schema: Any, action: str, rows: pl.DataFrame) -> str:
    """A message: pysdmx writes the head and the first row, which say what is constant and in what order; the others are written alike.

    It calls Python for each cell, which is two thirds of what the files of a release cost here.
    """
    begin = _by_library(schema, action, rows.head(1))
    if rows.height < 2:
        return begin
    names, first = (line.split(",") for line in begin.splitlines())
    rest = rows.slice(1).select(
        *(pl.col(name) if name in rows.columns else pl.lit(first[place]).alias(name) for place, name in enumerate(names))
    )
    return begin + rest.write_csv(include_header=False, null_value="NaN")


def _by_library(schema: Any, action: str, rows: pl.DataFrame) -> str:
    from pysdmx.io.csv.sdmx20.writer import write as write_csv
    from pysdmx.io.pd import PandasDataset
    from pysdmx.model.dataset import ActionType

    return write_csv([PandasDataset(structure=schema, data=rows.to_pandas(), action=ActionType[action])]) or ""


def _structure(content: ReleaseContent, published: PublishedTable, lists: Mapping[str, Any]) -> bytes:
    """SDMX-ML of code lists, concepts, data structure and dataflow; made-up data makes it a test message."""
    from pysdmx.io.xml.sdmx21.writer.structure import write as write_structure
    from pysdmx.model import Dataflow, DataStructureDefinition, Organisation
    from pysdmx.model.message import Header

    agency, table = content.publisher.agency, published.table
    named: dict[str, Any] = {"id": table.table_id, "name": table.title, "agency": agency, "version": VERSION}
    structure = DataStructureDefinition(components=_components(agency, table, lists), **named)
    flow = Dataflow(structure=structure, description=table.summary, **named)
    header = Header(id=content.release_id, test=content.synthetic, prepared=content.created, sender=Organisation(id=agency))
    text = write_structure([*lists.values(), _concepts(agency, table, lists), structure, flow], header=header)
    # pysdmx calls every name English; nothing of ours that is written into text could hold this attribute
    return (text or "").replace('xml:lang="en"', 'xml:lang="nl"').encode()


def _lists(content: ReleaseContent, published: PublishedTable) -> dict[str, Any]:
    """The code lists, by the dimension or attribute that they are of."""
    from pysdmx.model import Code, Codelist

    def items(codes: Iterable[tuple[str, str, str]]) -> list[Any]:
        return [Code(id=code, name=title, description=description or None) for code, title, description in codes]

    return {
        name: Codelist(
            id=f"CL_{published.table.table_id}_{name}", name=title, agency=content.publisher.agency, version=VERSION, items=items(codes)
        )
        for name, (title, codes) in _codes(content, published).items()
    }


def _codes(content: ReleaseContent, published: PublishedTable) -> dict[str, tuple[str, list[tuple[str, str, str]]]]:
    """Of each dimension and attribute with codes its title and (code, title, description); dimensions first, in their order."""
    defined = published.table
    periods = {"A" if period.is_year else "S" for period in published.periods}
    measures = [(each.key, each.title, filled(each.description, content, published)) for each in defined.measures]
    regions = defined.dimension("regions")
    return {
        "FREQ": (_NAMES["FREQ"], [(code, title, "") for code, title in _FREQ.items() if code in periods]),
        "REF_AREA": (regions.title, list(keys_of(content, published, regions).iter_rows())),
        "MEASURE": (_NAMES["MEASURE"], measures),
        **{each.key: (each.title, list(keys_of(content, published, each).iter_rows())) for each in _others(defined)},
        "OBS_STATUS": (_NAMES["OBS_STATUS"], [(code, title, "") for code, title in _OBS_STATUS.items()]),
        "CONF_STATUS": (_NAMES["CONF_STATUS"], [(code, title, "") for code, title in _CONF_STATUS.items()]),
    }


def _concepts(agency: str, table: Table, lists: Mapping[str, Any]) -> Any:
    from pysdmx.model import Concept, ConceptScheme, DataType

    coded = [Concept(id=name, name=codes.name, dtype=DataType.STRING, codes=codes) for name, codes in lists.items()]
    plain = {"TIME_PERIOD": DataType.PERIOD, "OBS_VALUE": DataType.LONG}
    items = [*coded, *(Concept(id=name, name=_NAMES[name], dtype=kind) for name, kind in plain.items())]
    return ConceptScheme(id=_scheme(table), name="Begrippen", agency=agency, version=VERSION, items=items)


def _scheme(table: Table) -> str:
    return f"CS_{table.table_id}"


def _components(agency: str, table: Table, lists: Mapping[str, Any]) -> Any:
    from pysdmx.model import Component, Components, DataType, ItemReference, Role

    def made(name: str, role: Any, **more: Any) -> Any:
        concept = ItemReference(sdmx_type="Concept", agency=agency, id=_scheme(table), version=VERSION, item_id=name)
        return Component(id=name, required=True, role=role, concept=concept, local_codes=lists.get(name), **more)

    return Components(
        [
            *(made(name, Role.DIMENSION) for name in ("FREQ", "REF_AREA", "MEASURE", *(each.key for each in _others(table)))),
            made("TIME_PERIOD", Role.DIMENSION, local_dtype=DataType.PERIOD),
            made("OBS_VALUE", Role.MEASURE, local_dtype=DataType.LONG),
            *(made(name, Role.ATTRIBUTE, attachment_level="O") for name in ("OBS_STATUS", "CONF_STATUS")),
        ]
    )


def _changes(table: Table, now: pl.DataFrame, before: pl.DataFrame) -> dict[str, tuple[str, pl.DataFrame]]:
    """What carries the observations of the release before to those of this one: name of the file -> (action, rows)."""
    keys = now.columns[: -len(_SAID)]
    same = before.join(now, on=now.columns, how="semi", nulls_equal=True)
    found = {
        "delete": ("Delete", before.join(now, on=keys, how="anti").select(keys)),
        "append": ("Append", now.join(before, on=keys, how="anti")),
        "replace": ("Replace", now.join(before, on=keys, how="semi").join(same, on=keys, how="anti")),
    }
    return {f"changes/{table.table_id}-{name}.csv": (action, rows.sort(keys)) for name, (action, rows) in found.items() if rows.height}


def _observations(table: Table, cells: pl.DataFrame, of_periods: Mapping[str, str]) -> pl.DataFrame:
    """Cells (`CELL`) as observations: the keys in SDMX's notation, then value and statuses."""
    estimated = [measure.key for measure in table.measures if measure.kind not in {"count", "rate"}]
    provisional = [key for key, status in of_periods.items() if status in _PROVISIONAL]
    status = (
        pl.when(is_hidden())
        .then(pl.lit("Q"))
        .when(pl.col("value").is_null())
        .then(pl.lit("O"))
        .when(pl.col("measure").is_in(estimated))
        .then(pl.lit("E"))
        .when(pl.col("period").is_in(provisional))
        .then(pl.lit("P"))
        .otherwise(pl.lit("A"))
    )
    confidential = pl.when(is_hidden()).then(pl.lit("C")).otherwise(pl.lit("F"))
    is_year, year = pl.col("period").str.ends_with(_YEAR), pl.col("period").str.slice(0, 4)
    others = {each.key: pl.col("group_code") if each.total is None else pl.lit(each.total[0]) for each in _others(table)}
    return cells.select(
        FREQ=pl.when(is_year).then(pl.lit("A")).otherwise(pl.lit("S")),
        REF_AREA="region",
        MEASURE="measure",
        **others,
        TIME_PERIOD=pl.when(is_year).then(year).otherwise(year + "-S" + pl.col("period").str.slice(-1)),
        OBS_VALUE="value",
        OBS_STATUS=status,
        CONF_STATUS=confidential,
    ).sort("MEASURE", *others, "REF_AREA", "FREQ", "TIME_PERIOD")


def _others(table: Table) -> list[Dimension]:
    """The dimensions that SDMX has no word of its own for."""
    return [each for each in table.dimensions if each.kind not in {"regions", "periods"}]
