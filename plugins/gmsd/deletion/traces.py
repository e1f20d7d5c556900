"""Where on disk deleted data could still stand, and what its traces look like there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from gmsd.database import connect, statement
from gmsd.deletion.files import found_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from gmsd.deletion.files import Needle
    from gmsd.rounds import Place
    from gmsd.settings import Settings


def trace_patterns(places: Sequence[Place]) -> dict[str, re.Pattern[bytes]]:
    """Place -> what a row of it in `record` or `arrangement` looks like in the database's files and log.

    Both tables begin with half-year and municipality as short texts (a byte that tells their length, then the text) at an eight-byte
    border, after a byte of nothing; the next column begins at the next such border, three bytes on. Other tables that hold both have
    something else before or after them (PostgreSQL, "Database Page Layout").
    """
    return {
        place.id: re.compile(b"(?<=\x00)" + re.escape(_short(str(place.half_year)) + _short(place.municipality) + b"\x00\x00\x00"))
        for place in places
    }


def _short(text: str) -> bytes:
    data = text.encode()
    return bytes([2 * (len(data) + 1) + 1]) + data


def flush(settings: Settings) -> None:
    """Have everything that the database holds in memory written to its files."""
    with connect(settings, "owner").connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(statement("deletion/checkpoint"))


def files_of_database(settings: Settings, tables: Sequence[str]) -> list[Path]:
    """The files of some tables and the log, everything written to them; none where the database's files are not on this machine."""
    flush(settings)
    with connect(settings, "owner").connect() as connection:
        found = connection.execute(statement("deletion/files_of"), {"tables": list(tables)}).all()
        others = connection.execute(statement("deletion/cluster")).one().others
    folder = Path(found[0].folder)
    paths = [folder / row.path for row in found if row.path]
    ours = [path for path in paths if path.is_file()]
    more = [part for path in ours for part in sorted(path.parent.glob(f"{path.name}[._]*"))]
    return [*ours, *more, *([] if others else [folder / "pg_wal"])] if ours else []


def searched_folders(settings: Settings) -> list[Path]:
    """The folders of services on this machine that are searched, those that are there.

    Of a database server that other installations use too, as in a test, the folder of our database: the log is everybody's.
    """
    folders = [path for each in settings.searched_folders.split(":") if each and (path := Path(each)).is_dir()]
    if not folders:
        return []
    with connect(settings, "owner").connect() as connection:
        cluster = connection.execute(statement("deletion/cluster")).one()
    server = Path(cluster.folder)
    return [server / "base" / cluster.ours if cluster.others and each == server else each for each in folders]


def unused(connection: Connection, needles: Sequence[Needle], key: bytes) -> list[Needle]:
    """The names that nothing which stays is called by, or has in its name: only those can be looked for."""
    in_use = "\n".join(connection.scalars(statement("deletion/names_in_use"))).encode("utf-8", "surrogatepass")
    found = {about for about, _ in found_in(in_use, needles, {}, key)}
    return [needle for needle in needles if needle.about not in found]


def unloaded(connection: Connection, places: Iterable[Place]) -> list[Place]:
    """The places of which the warehouse holds no rows now: of the others there are rows that may be there."""
    held = {(row.half_year, row.municipality) for row in connection.execute(statement("deletion/held_places"))}
    return [place for place in places if (str(place.half_year), place.municipality) not in held]
