"""Figures, plan, build and publication against a real warehouse and object store, disturbed at every step."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import httpx
import polars as pl
import pytest
from sqlalchemy import text

from gmsd.clock import AMSTERDAM
from gmsd.database import connect, copy_frame
from gmsd.figures import NotLoadedError, compute
from gmsd.journal import anchors, head_of_trail
from gmsd.readers import BucketSource
from gmsd.reference import municipalities
from gmsd.releases import (
    APPROVED,
    AlreadyPublishedError,
    Answer,
    FiguresMissingError,
    NoReleaseError,
    NotApprovedError,
    Plan,
    PlanChangedError,
    PublicationUnfinishedError,
    ReleaseDamagedError,
    ReleaseStateError,
    answer,
    ask,
    build_release,
    explanations_now,
    get_release,
    in_force,
    list_releases,
    next_release_id,
    note_attack,
    plan_attacked,
    plan_release,
    publish,
    refuse,
)
from gmsd.rounds import WMO, HalfYear
from gmsd.store import ObjectStore, get_store
from gmsd.web.site import create_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from gmsd.settings import Settings

H1, H2 = HalfYear(2019, 1), HalfYear(2019, 2)
FIRST = dt.datetime(2019, 12, 2, 9, tzinfo=AMSTERDAM)
SECOND = dt.datetime(2020, 5, 4, 9, tzinfo=AMSTERDAM)
PLACES = ("0363", "0518", "0034")


class KilledError(Exception):
    """Stands for the end of the process."""


class BreakingStore(ObjectStore):
    """The real store, until the process dies at the n-th object."""

    def __init__(self, store: ObjectStore, after: int) -> None:
        super().__init__(store.client)
        self.left = after

    def put_new(self, *arguments: Any, **named: Any) -> bool:
        if not self.left:
            raise KilledError
        self.left -= 1
        return super().put_new(*arguments, **named)


def people(half: HalfYear, municipality: str) -> pl.DataFrame:
    """Arrangements of 40 to 120 persons in two categories, of whom half are in the next half-year too; two of nobody known."""
    size = {"0363": 120, "0518": 60, "0034": 40}[municipality]
    start = 10_000 * int(municipality) + (size // 2 if half.half == 2 else 0)
    rows = [(start + n, 1 + 14 * (n % 9 == 0)) for n in range(size)] + [(start + n, 11) for n in range(0, size, 3)] + [(None, 1)] * 2
    frame = pl.DataFrame(rows, schema={"person": pl.Int64, "product_category": pl.Int16}, orient="row")
    return frame.select(
        pl.lit(str(half)).alias("half_year"),
        pl.lit("wmo").alias("law"),
        pl.lit(municipality).alias("municipality"),
        "person",
        pl.col("person").is_null().alias("unknown_person"),
        "product_category",
        pl.lit(1).alias("delivery_form"),
        pl.lit(half.first_day).alias("start_date"),
        pl.lit(1).alias("records"),
    )


def close_and_load(engine: Engine, round_: HalfYear, half: HalfYear, standing: dict[str, str]) -> None:
    """What warehouse would leave: who is frozen how, and the arrangements of who is delivered."""
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO round_close VALUES (:r, :h, :at, 0, 'wmo')"), {"r": str(round_), "h": str(half), "at": FIRST})
        for municipality in municipalities(half):
            status = standing.get(municipality, "not_delivered")
            held = status in {"delivered", "kept"}
            delivery = f"{half}.{municipality}.01" if held else None
            if status == "delivered":
                _deliver(connection, half, municipality, f"{half}.{municipality}.01")
            values = {"r": str(round_), "h": str(half), "m": municipality, "s": status, "d": delivery}
            connection.execute(text("INSERT INTO frozen VALUES (:r, :h, :m, :s, :d, 'wmo')"), values)


def _deliver(connection: Any, half: HalfYear, municipality: str, delivery: str) -> None:
    connection.execute(
        text(
            "INSERT INTO delivery (delivery_id, law, half_year, municipality, upload_number, bucket, object_key, version_id, file_name,"
            " sha256, size_bytes, received_at, registered_at, state)"
            " VALUES (:d, 'wmo', :h, :m, 1, 'b', :d, 'v', 'WMO_SECRET.csv', 'x', 1, :at, :at, 'loaded')"
        ),
        {"d": delivery, "h": str(half), "m": municipality, "at": FIRST},
    )
    frame = people(half, municipality)
    copy_frame(connection, "arrangement", frame)
    copy_frame(connection, "record", frame.drop("records").with_row_index("line", 2))
    connection.execute(
        text("INSERT INTO load_account VALUES (:h, :m, :d, :n, :n, 0, 0, 2, 0, :n, 1, :at, 'wmo', false)"),
        {"h": str(half), "m": municipality, "d": delivery, "n": frame.height, "at": FIRST},
    )


@pytest.fixture(scope="module")
def loader(settings: Settings) -> Engine:
    return connect(settings, "loader")


@pytest.fixture(scope="module")
def publisher(settings: Settings) -> Engine:
    return connect(settings, "publisher")


def counted(engine: Engine, round_: HalfYear) -> dict[str, int]:
    with engine.begin() as connection:
        return compute(connection, WMO, round_, FIRST).cells


def build(publisher: Engine, store: ObjectStore, settings: Settings, round_: HalfYear, at: dt.datetime, **named: str) -> tuple[Any, Any]:
    with publisher.begin() as connection:
        plan = plan_release(connection, settings, WMO, round_, at)
        return plan, build_release(connection, store, settings, plan, **named)


def approve(settings: Settings, plan: Plan, answered: Answer = APPROVED, *, by: str = "approver") -> None:
    """What the engineer asks, and what another person answers."""
    with connect(settings, "publisher").begin() as connection:
        attacked = plan_attacked(connection, settings, WMO, plan.round, FIRST)
        assert (attacked[0].fingerprint, attacked[1].disclosed) == (plan.fingerprint, 0)
        note_attack(connection, settings, *attacked, FIRST)
        asked = ask(connection, plan.preview(), run_id="run", asked_by="engineer", at=FIRST)
    with connect(settings, "approver").begin() as connection:
        answer(connection, asked.question, answered, answered_by=by, reason="", at=FIRST)


def objects(store: ObjectStore, settings: Settings) -> dict[str, bytes]:
    return {key: store.get(settings.bucket_publication, key) for key in store.keys(settings.bucket_publication)}


def test_nothing_is_planned_before_what_counts_is_loaded_and_counted(settings, loader, publisher) -> None:
    close_and_load(loader, H1, H1, dict.fromkeys(PLACES, "delivered"))
    with loader.begin() as connection:
        connection.execute(text("DELETE FROM load_account WHERE municipality = '0034'"))
        with pytest.raises(NotLoadedError, match=r"2019-H1\.0034\.01"):
            compute(connection, WMO, H1, FIRST)
        assert explanations_now(connection, WMO, H1) == []  # a question of the past is still looked at when its rows gave way to others
        connection.rollback()
    with publisher.connect() as connection, pytest.raises(FiguresMissingError):
        plan_release(connection, settings, WMO, H1, FIRST)


def test_figures_are_the_same_when_counted_again(loader) -> None:
    assert counted(loader, H1) == {"2019HJ01": 132}
    with loader.connect() as connection:
        query = "SELECT period, municipality, content, value FROM figure ORDER BY 1, 2, 3"
        before = connection.execute(text(query)).all()
    assert counted(loader, H1) == {"2019HJ01": 132}
    with loader.connect() as connection:
        assert connection.execute(text(query)).all() == before
    found = {(row.municipality, row.content): row.value for row in before}
    assert found["0363", "T001024"] == 120
    assert found["0034", "A019508"] == len([n for n in range(40) if n % 9 == 0])


def test_building_again_gives_the_same_release_and_a_refusal_gives_its_number_back(settings, store, publisher) -> None:
    plan, built = build(publisher, store, settings, H1, FIRST)
    later = FIRST + dt.timedelta(hours=3)
    assert build(publisher, store, settings, H1, later)[1] == built, "the moment of the first build is kept"
    preview = plan.preview()
    assert preview["release_id"] == "r0001"
    assert preview["participation"] == {"2019-H1": {"n": 3, "of": 355}}
    assert [table["table"] for table in preview["tables"]] == ["83262NED", "83264NED", "86050NED", "83268NED", "GMSDNL01"]
    assert sum(period["shown"] for table in preview["tables"] for period in table["periods"]) == built.cells_shown
    with pytest.raises(PlanChangedError):
        build(publisher, store, settings, H1, FIRST, approved="something else")
    with publisher.begin() as connection:
        refuse(connection, "r0001", later)
        assert next_release_id(connection) == "r0001"
    with pytest.raises(ReleaseStateError, match="refused"):
        publish(publisher, store, settings, "r0001", later)
    assert objects(store, settings) == {}
    plan, again = build(publisher, store, settings, H1, later)
    assert again.document_sha256 != built.document_sha256, "a proposal after a refusal is a new one, with its own moment"
    with pytest.raises(NotApprovedError):
        publish(publisher, store, settings, "r0001", later)
    assert objects(store, settings) == {}
    approve(settings, plan)


def test_a_killed_publication_is_finished_and_nothing_is_in_force_before(settings, store, publisher) -> None:
    for after in (0, 1, 7):
        with pytest.raises(KilledError):
            publish(publisher, BreakingStore(store, after), settings, "r0001", FIRST)
        with pytest.raises(NoReleaseError):
            in_force(store, settings.bucket_publication)
        assert list_releases(store, settings.bucket_publication) == []
    with publisher.begin() as connection, pytest.raises(ReleaseStateError):
        refuse(connection, "r0001", FIRST)
    pointer = publish(publisher, store, settings, "r0001", FIRST)
    assert pointer["id"] == "r0001"
    with publisher.connect() as connection:
        assert list(anchors(store, settings)) == [head_of_trail(connection)], "the end of the trail is known outside the database"
    public = objects(store, settings)
    assert publish(publisher, store, settings, "r0001", FIRST + dt.timedelta(days=1)) == pointer
    assert objects(store, settings) == public
    with publisher.connect() as connection, pytest.raises(AlreadyPublishedError):
        plan_release(connection, settings, WMO, H1, FIRST, expected="r0001")


def test_what_is_shown_is_within_four_of_the_true_count_and_made_of_this_round(settings, store, loader) -> None:
    files = get_release(store, settings.bucket_publication, "r0001")
    data = pl.read_csv(files["statline/83262NED/data.csv"]).filter(pl.col("WmoClienten_1").is_not_null())
    with loader.connect() as connection:
        true = {(f"GM{r.municipality}", r.content): r.value for r in connection.execute(text("SELECT * FROM figure"))}
    assert data.height
    for row in data.iter_rows(named=True):
        assert abs(row["WmoClienten_1"] - true[row["RegioS"], row["TypeMaatwerkarrangement"]]) <= 4


def test_nothing_public_names_a_delivery_a_file_or_a_key(settings, store) -> None:
    everything = b"".join(objects(store, settings).values())
    for secret in (b"2019-H1.0363", b"WMO_SECRET", settings.key("rounding").hex().encode(), settings.key("reference").hex().encode()):
        assert secret not in everything
    document = json.loads(get_release(store, settings.bucket_publication, "r0001")["release.json"])
    account = json.loads(store.get(settings.bucket_accounts, f"{document['account']}.json"))
    assert [row["delivery_id"] for row in account["inputs"] if row["delivery_id"]] == [f"2019-H1.{code}.01" for code in sorted(PLACES)]


def test_the_second_round_revises_the_first(settings, store, loader, publisher) -> None:
    close_and_load(loader, H2, H1, dict.fromkeys(PLACES, "kept"))
    close_and_load(loader, H2, H2, {"0363": "delivered", "0518": "delivered", "0034": "withdrawn"})
    assert counted(loader, H2) == {"2019HJ01": 132, "2019HJ02": 88, "2019JJ00": 88}
    plan, _ = build(publisher, store, settings, H2, SECOND)
    approve(settings, plan)
    by_period = {row["period"]: row for row in plan.preview()["tables"][0]["periods"]}
    assert (by_period["2019HJ01"]["status"], by_period["2019HJ01"]["new"], by_period["2019HJ01"]["changed"]) == ("NaderVoorlopig", 0, 0)
    with loader.connect() as connection:
        query = "SELECT value FROM figure WHERE period = '2019JJ00' AND municipality = '0363' AND content = 'T001024'"
        assert connection.scalar(text(query)) == 180, "the year is the union: 120 and 120 with 60 in both"
    assert publish(publisher, store, settings, "r0002", SECOND)["id"] == "r0002"
    assert publish(publisher, store, settings, "r0001", SECOND)["id"] == "r0002", "the pointer never goes back"
    found = list_releases(store, settings.bucket_publication)
    assert [(release.id, release.half_years, release.in_force) for release in found] == [
        ("r0001", ("2019-H1",), False),
        ("r0002", ("2019-H1", "2019-H2"), True),
    ]


def test_a_release_on_its_way_out_cannot_become_another(settings, store, loader, publisher) -> None:
    approve(settings, build(publisher, store, settings, H2, SECOND)[0])
    with pytest.raises(KilledError):
        publish(publisher, BreakingStore(store, 2), settings, "r0003", SECOND)
    with loader.begin() as connection:
        connection.execute(text("UPDATE figure SET value = value + 50 WHERE municipality = '0363'"))
    with pytest.raises(PublicationUnfinishedError):
        build(publisher, store, settings, H2, SECOND)
    store.put(settings.bucket_publication, "releases/r0003/release.json", b"{}")
    with pytest.raises(ReleaseDamagedError):
        publish(publisher, store, settings, "r0003", SECOND)
    store.delete(settings.bucket_publication, "releases/r0003/release.json")
    assert publish(publisher, store, settings, "r0003", SECOND)["id"] == "r0003"


def test_a_reader_lists_and_gets_with_the_commands(settings, gmsd: Callable[..., Any], tmp_path) -> None:
    listed = gmsd("releases", "list", "--json")
    assert [row["id"] for row in json.loads(listed.stdout)] == ["r0001", "r0002", "r0003"]
    assert gmsd("releases", "get", "r0002", "--to", str(tmp_path / "out")).returncode == 0
    reader = get_store(settings, "reader")
    for path, data in get_release(reader, settings.bucket_publication, "r0002").items():
        assert (tmp_path / "out" / path).read_bytes() == data
    assert gmsd("releases", "get", "r0009", "--to", str(tmp_path / "none")).returncode == 1


def test_the_release_in_force_is_served_or_the_one_that_is_named(settings, gmsd: Callable[..., Any], tmp_path) -> None:
    async def periods(release: str | None) -> tuple[str, list[str]]:
        app = create_app(BucketSource(get_store(settings, "reader"), settings.bucket_publication, release))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
            answer = await client.get("/ODataApi/odata/83262NED/Perioden?$format=json")
            return answer.headers["x-release"], [row["Key"] for row in answer.json()["value"]]

    assert asyncio.run(periods(None)) == ("r0003", ["2019HJ01", "2019HJ02", "2019JJ00"])
    assert asyncio.run(periods("r0001")) == ("r0001", ["2019HJ01"])
    absent = gmsd("serve", "--release", "r0009")
    assert (absent.returncode, absent.stderr) == (1, "gmsd: no release r0009\n")
    assert gmsd("serve", "--release", "r0001", "--folder", str(tmp_path)).returncode == 2
