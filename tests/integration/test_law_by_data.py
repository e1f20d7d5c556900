"""A throw-away law with a table of its own, and a throw-away format: data and one module, no line of Python changed.

Its files are checked, reported on, closed, loaded, counted, protected, released in every format and served, beside those of the Wmo.
"""

from __future__ import annotations

import asyncio
import csv
import datetime as dt
import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from gmsd import formats
from gmsd.clock import AMSTERDAM
from gmsd.database import connect
from gmsd.demo.register import bsns_of
from gmsd.figures import compute
from gmsd.intake import check_delivery, register_inbox, report_delivery
from gmsd.journal import Context
from gmsd.readers import BucketSource
from gmsd.releases import (
    Proposal,
    answer,
    build_approved,
    get_release,
    in_force,
    list_releases,
    newest_closed_round,
    propose,
    publish_approved,
)
from gmsd.rounds import WMO, HalfYear
from gmsd.settings import get_settings
from gmsd.store import get_store
from gmsd.tables import contents_of, table_of
from gmsd.warehouse import close_round, load_half_year
from gmsd.web.site import create_app
from tests.integration.test_rounds import HEAD
from tests.support.two_laws import OTHER, make_home, with_rounds

if TYPE_CHECKING:
    from collections.abc import Iterator

H1 = HalfYear(2019, 1)
TABLES = {WMO: "83262NED", OTHER: "84134NED"}
RELEASED = {WMO: ["83262NED", "83264NED", "86050NED", "83268NED", "GMSDNL01"], OTHER: ["84134NED"]}
PLACES = {"0518": 40, "0363": 24, "0034": 3}
FORMAT = """
import json

from gmsd.formats.registry import Format


def write(content):
    shown = {each.table.table_id: each.cells.filter(each.cells["reason"] == "shown").height for each in content.tables}
    return {"shown.json": json.dumps({"law": content.law, "shown": shown}).encode()}


FORMAT = Format("throwaway", ("json",), write)
"""


@pytest.fixture(scope="module")
def context(settings, clock, tmp_path_factory) -> Iterator[Context]:
    """The doors of an installation whose home has the second law and whose formats are one more."""
    module = tmp_path_factory.mktemp("formats")
    (module / "throwaway.py").write_text(FORMAT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GMSD_HOME", str(make_home(tmp_path_factory.mktemp("home"))))
        patch.setattr(formats, "__path__", [*formats.__path__, str(module)])
        get_settings.cache_clear()
        formats.formats.cache_clear()
        clock.move(dt.datetime(2019, 9, 10, 9, tzinfo=AMSTERDAM))
        yield with_rounds(Context.open(settings))
    formats.formats.cache_clear()
    get_settings.cache_clear()


def file_of(municipality: str, persons: int) -> bytes:
    """Everybody has help in the household, each third one supported housing too."""
    rows = [HEAD]
    for number, bsn in enumerate(bsns_of(municipality, persons).tolist()):
        rows += [f"20190902;{municipality};{bsn:09d};{kind};20190101;;1;;;;;;" for kind in ("01", "15")[: 2 if number % 3 == 0 else 1]]
    return "\n".join([*rows, ""]).encode()


def publish(context: Context, law: str, run_id: str) -> str:
    """What four tasks and another person do."""
    settings, at = context.settings, context.clock.now()
    engine = connect(settings, "publisher")
    with engine.begin() as connection:
        round_ = newest_closed_round(connection, law)
        assert round_ == H1
        asked = propose(connection, context.store, settings, Proposal(law, round_), run_id=run_id, named="", started_by="engineer", at=at)
    with connect(settings, "approver").begin() as connection:
        answer(connection, asked.question, "approved", answered_by="approver", reason="", at=at)
    build_approved(engine, context.store, settings, run_id, at)
    question, _pointer = publish_approved(engine, context.store, settings, run_id, at)
    return question.release_id


@pytest.fixture(scope="module")
def published(context: Context, clock) -> dict[str, str]:
    """Law -> the id of its release, after uploads of both laws went all the way; the second law has a tenth more people."""
    for law, folder, name in ((WMO, "H12019", "WMO"), (OTHER, f"{OTHER}/H12019", "JEUGD")):
        for municipality, persons in PLACES.items():
            key = f"{folder}/{municipality}/{name}_H12019_x.csv"
            context.store.put(context.settings.bucket_inbox, key, file_of(municipality, persons + (persons // 10 if law == OTHER else 0)))
    for delivery_id in register_inbox(context).new_deliveries:
        assert check_delivery(context, delivery_id).state == "accepted"
        report_delivery(context, delivery_id)
    clock.move(dt.datetime(2019, 10, 21, 9, tzinfo=AMSTERDAM))
    made = {}
    for law, partition in ((OTHER, f"{OTHER}.2019-H1"), (WMO, "2019-H1")):
        close_round(context, partition)
        load_half_year(context, partition)
        with context.engine.begin() as connection:
            figures = compute(connection, law, H1, context.clock.now())
        assert figures.cells == {"2019HJ01": len(PLACES) * len(contents_of(law, H1))}
        made[law] = publish(context, law, f"run of {law}")
    return made


def cells(context: Context, law: str, release_id: str) -> dict[tuple[str, str], str]:
    files = get_release(context.store, context.settings.bucket_publication, release_id)
    rows = csv.DictReader(io.StringIO(files[f"statline/{TABLES[law]}/data.csv"].decode()))
    measure = "WmoClienten_1" if law == WMO else "Jongeren_1"
    return {(row["RegioS"], row["TypeMaatwerkarrangement"]): row[measure] for row in rows if row[measure]}


def test_each_law_has_a_release_in_force_in_every_format(context: Context, published: dict[str, str]) -> None:
    assert published == {OTHER: "r0001", WMO: "r0002"}
    assert in_force(context.store, context.settings.bucket_publication) == published
    assert [each.in_force for each in list_releases(context.store, context.settings.bucket_publication)] == [True, True]
    pointer = json.loads(context.store.get(context.settings.bucket_publication, "current.json"))
    assert (pointer["id"], {law: each["id"] for law, each in pointer["laws"].items()}) == ("r0002", published)
    for law, release_id in published.items():
        files = get_release(context.store, context.settings.bucket_publication, release_id)
        document = json.loads(files["release.json"])
        assert (document["laws"], document["tables"]) == ([law], RELEASED[law])
        folders = {each.folder for each in formats.formats()}
        assert "throwaway" in folders
        blocks = [each for each in RELEASED[law] if table_of(each).building_block]
        folders -= set() if blocks else {"bouwstenen"}  # a file for each such table: the only one has years, and there is no year yet
        assert {path.partition("/")[0] for path in files} == {*folders, "CHANGES.md", "release.json"}
        assert f"waarstaatjegemeente/gmsd_{law}_2019HJ01.csv" in files
        assert json.loads(files["throwaway/shown.json"])["law"] == law


def test_the_figures_of_each_law_are_its_own_and_protected(context: Context, published: dict[str, str]) -> None:
    for law, release_id in published.items():
        shown = cells(context, law, release_id)
        for municipality, persons in PLACES.items():
            true = persons + (persons // 10 if law == OTHER else 0)
            total = shown.get((f"GM{municipality}", "T001024"))
            if true < 8:
                assert total is None
            else:
                assert total is not None
                assert abs(int(total) - true) <= 4
                assert int(total) % 5 == 0


def test_a_table_of_each_law_is_served(context: Context, published: dict[str, str]) -> None:
    source = BucketSource(get_store(context.settings, "reader"), context.settings.bucket_publication)

    async def read() -> tuple[list[tuple[str, int]], dict[str, tuple[str, int]]]:
        transport = httpx.ASGITransport(create_app(source))
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            listed = (await client.get("/ODataCatalog/Tables?$format=json&$select=ID,Identifier")).json()["value"]
            rows = {}
            for law, table_id in TABLES.items():
                found = await client.get(f"/ODataApi/odata/{table_id}/TypedDataSet?$format=json&$filter=RegioS eq 'GM0518'")
                rows[law] = (found.headers["x-release"], len(found.json()["value"]))
            return [(row["Identifier"], row["ID"]) for row in listed], rows

    listed, rows = asyncio.run(read())
    assert listed == [(table_id, number) for number, table_id in enumerate([*RELEASED[OTHER], *RELEASED[WMO]])]
    assert rows == {law: (release_id, 6) for law, release_id in published.items()}


def test_publishing_again_says_the_same(context: Context, published: dict[str, str]) -> None:
    """A later release of one law leaves that of the other in force."""
    before = get_release(context.store, context.settings.bucket_publication, published[WMO])
    later = replace(context)
    assert publish(later, OTHER, "another run") == "r0003"
    assert in_force(context.store, context.settings.bucket_publication) == {OTHER: "r0003", WMO: "r0002"}
    assert get_release(context.store, context.settings.bucket_publication, published[WMO]) == before
    again = get_release(context.store, context.settings.bucket_publication, "r0003")
    first = get_release(context.store, context.settings.bucket_publication, published[OTHER])
    assert again["statline/84134NED/data.csv"] == first["statline/84134NED/data.csv"]
