"""The whole way of a half-year through the library: from uploads in the inbox to a release, stage by stage, in real services.

The same module drives this build and, with `--against`, another one: what a build does not have is done the way it was done then.
"""

from __future__ import annotations

import atexit
import datetime as dt
import hashlib
import os
import signal
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench import files
from tests.bench.measuring import CHECKOUT
from tests.support.stack import PROJECT, Stack, admin_of, approver_of, installation, read_values, services

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gmsd.journal import Context

INBOX = "inbox"
_CLOSE = "INSERT INTO round_close (law, round, half_year, closed_at, deliveries) VALUES (:law, :round, :half_year, :at, 0)"
_DELIVERY = """
INSERT INTO delivery (delivery_id, law, half_year, municipality, upload_number, round, bucket, object_key, version_id, file_name, sha256,
    size_bytes, received_at, registered_at, state, attempt, verdict, facultative_used)
VALUES (:id, :law, :half_year, :municipality, 1, :round, 'b', :id, 'v', 'f', 'x', 1, :at, :at, 'approved', 1, 'accepted', true)
"""
_FROZEN = """
INSERT INTO frozen (law, round, half_year, municipality, status, delivery_id)
VALUES (:law, :round, :half_year, :municipality, 'delivered', :id)
"""
UPLOADED, CLOSED, RELEASED = (dt.datetime(2020, month, day, 12, tzinfo=dt.UTC) for month, day in ((2, 10), (3, 23), (5, 4)))
# For the size of a half-year that counts: the largest places are delivered by two synthetic countries' municipalities together.
_SEEDS = 9


@dataclass
class Stages:
    """What each stage took, and the most memory that this process held in it."""

    found: dict[str, dict[str, float]] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure what is done inside."""
        Path("/proc/self/clear_refs").write_text("5")
        start, busy = time.perf_counter(), time.process_time()
        yield
        seconds, cpu = time.perf_counter() - start, time.process_time() - busy
        self.found[name] = {"seconds": seconds, "cpu": cpu, "peak_mb": _most_held()}


def _most_held() -> int:
    status = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) // 1024


def deliveries(folder: Path, rows: int) -> int:
    """`inbox/<key>`: the first deliveries of every municipality for one half-year, or of the first ones until there are so many rows."""
    from gmsd.demo import delivery, municipalities_of

    made = 0
    for code in municipalities_of("all", files.HALF_YEAR):
        each = delivery(1, code, files.HALF_YEAR)
        path = folder / INBOX / each.key
        path.parent.mkdir(parents=True)
        path.write_bytes(each.data)
        made += each.records
        if made >= rows:
            break
    return made


def way(folder: Path) -> Callable[[], dict[str, Any]]:
    """From objects in the inbox to a release in force, mails queued and sent, reports in the store."""
    opened = empty(folder)
    upload(opened, folder / INBOX)
    warm(folder / INBOX)

    def run() -> dict[str, Any]:
        stages = Stages()
        _take_in(at(opened, UPLOADED), stages)
        closing = at(opened, CLOSED)
        with stages.stage("close"):
            close(closing)
        with stages.stage("load"):
            load_round(closing)
        with stages.stage("count"):
            count(closing)
        with stages.stage("protect and write"):
            _publish(at(opened, RELEASED))
        return {"stages": stages.found, "same": _what_came_of_it(opened)}

    return run


def warm(folder: Path) -> None:
    """What is read and compiled once in a process: the rules, by the check of one file."""
    from gmsd.checking import check_path

    path = min((path for path in folder.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)
    assert check_path(path, municipality=path.parent.name, half_year=files.HALF_YEAR, received_on=UPLOADED.date()).accepted


def _take_in(context: Context, stages: Stages) -> None:
    """Register, check and report, several deliveries at a time where the build can."""
    from gmsd import intake

    with stages.stage("register"):
        ids = list(intake.register_inbox(context).new_deliveries)
    if hasattr(intake, "check_and_report"):
        with stages.stage("check and report"):
            intake.check_and_report(context, ids)
        return
    with stages.stage("check"):
        for each in ids:
            intake.check_delivery(context, each)
    with stages.stage("report"):
        for each in ids:
            intake.report_delivery(context, each)


def close(context: Context) -> None:
    from gmsd.warehouse import close_round

    close_round(context, str(files.HALF_YEAR))


def load_round(context: Context) -> dict[str, Any]:
    from gmsd.warehouse import load_half_year

    return load_half_year(context, str(files.HALF_YEAR))


def count(context: Context) -> None:
    from gmsd.figures import compute
    from gmsd.rounds import WMO

    with context.engine.begin() as connection:
        compute(connection, WMO, files.HALF_YEAR, context.clock.now())


def _publish(context: Context) -> None:
    from gmsd.database import connect
    from gmsd.releases import Proposal, answer, build_approved, propose, publish_approved
    from gmsd.rounds import WMO

    publisher, at = connect(context.settings, "publisher"), context.clock.now()
    with publisher.begin() as connection:
        named = {"run_id": "r0001", "named": "r0001", "started_by": "engineer"}
        asked = propose(connection, context.store, context.settings, Proposal(WMO, files.HALF_YEAR), **named, at=at)
    with connect(context.settings, "approver").begin() as connection:
        answer(connection, asked.question, "approved", answered_by="approver", reason="", at=at)
    build_approved(publisher, context.store, context.settings, "r0001", at)
    publish_approved(publisher, context.store, context.settings, "r0001", at)


def _what_came_of_it(context: Context) -> dict[str, Any]:
    """Counts that show the way was walked to its end, and hashes by which two builds can be compared."""
    from collections import Counter

    from gmsd.deliveries import listing
    from gmsd.journal import trail

    outbox, told = hashlib.sha256(), hashlib.sha256()
    reports = 0
    for stored in context.store.objects(context.settings.bucket_outbox):
        outbox.update(f"{stored.key} {stored.size} {stored.etag}\n".encode())
        reports += 1
    with context.engine.connect() as connection:
        states = Counter(delivery.state for delivery in listing(connection))
        for row in trail(connection):
            told.update(f"{row['sequence']} {row['subject']} {row['event']} {row['to_state']} {row['actor']}\n".encode())
    assert set(states) == {"published"}, states
    assert len(list(context.store.keys(context.settings.bucket_publication))) > 10
    return {"deliveries": states["published"], "reports": reports, "bytes of reports": outbox.hexdigest(), "audit trail": told.hexdigest()}


# Staged records to arrangements --------------------------------------------------------------------------------------


def staged(folder: Path, rows: int) -> int:
    """`staged/<municipality>.csv`: deliveries of one half-year, made longer by those of other synthetic countries: so many rows."""
    from gmsd.demo import delivery, municipalities_of

    codes = municipalities_of("all", files.HALF_YEAR)
    (folder / "staged").mkdir()
    made = 0
    for seed in range(1, _SEEDS):
        for code in codes:
            each = delivery(seed, code, files.HALF_YEAR)
            path = folder / "staged" / f"{code}.csv"
            with path.open("ab") as file:
                file.write(each.data if seed == 1 else each.data.partition(b"\n")[2])
            made += each.records
            if made >= rows:
                return made
    raise AssertionError(f"{rows} rows need more synthetic countries")


def load(folder: Path) -> Callable[[], dict[str, Any]]:
    """Load from staged records, and a bare `\\copy` of the same rows into tables like those of the warehouse, by turns."""
    context = empty(folder)
    _freeze(context, folder / "staged")
    account = load_round(context)
    psql = Psql(context, folder)
    psql.dump()

    def run() -> dict[str, Any]:
        best: dict[str, dict[str, float]] = {}
        for _ in range(2):
            stages = Stages()
            psql.empty()
            with stages.stage("bare \\copy of the same rows"):
                psql.copy()
            _forget(context)
            with stages.stage("load"):
                again = load_round(context)
            assert (again["rows_used"], again["arrangements"]) == (account["rows_used"], account["arrangements"])
            with stages.stage("load again, nothing new"):
                load_round(context)
            best = {name: min(found, best.get(name, found), key=lambda each: each["seconds"]) for name, found in stages.found.items()}
        return {"stages": best, "same": {"rows": account["rows_used"], "arrangements": account["arrangements"]}}

    return run


def _freeze(context: Context, folder: Path) -> None:
    """What the close of the round would leave of these deliveries: staged records, receipts and what counts."""
    from sqlalchemy import text

    from gmsd.checking import read_records_of
    from gmsd.rounds import WMO

    half = str(files.HALF_YEAR)
    place = {"law": WMO, "half_year": half, "round": half, "at": CLOSED}
    with context.engine.begin() as connection:
        connection.execute(text(_CLOSE), place)
        for path in sorted(folder.glob("*.csv")):
            delivery_id = f"{half}.{path.stem}.01"
            for statement in (_DELIVERY, _FROZEN):
                connection.execute(text(statement), {**place, "municipality": path.stem, "id": delivery_id})
            _stage(context, delivery_id, read_records_of(path.read_bytes(), files.HALF_YEAR, WMO))


def _stage(context: Context, delivery_id: str, records: Any) -> None:
    import io

    from gmsd.checking import pseudonymise

    buffer = io.BytesIO()
    pseudonymise(records, context.settings.key("pseudonym")).write_parquet(buffer, compression="zstd", statistics=False)
    context.store.put(context.settings.bucket_staging, f"{delivery_id}.parquet", buffer.getvalue())


def _forget(context: Context) -> None:
    """What was loaded, as if it had not been; what it took on disk is given back, so that each turn begins alike."""
    with context.engine.begin() as connection:
        for table in ("record", "arrangement", "load_account"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    _owner(context, "VACUUM record, arrangement")


def _owner(context: Context, *statements: str) -> None:
    from gmsd.database import connect

    with connect(context.settings, "owner").connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for each in statements:
            connection.exec_driver_sql(each)


class Psql:
    """The same rows in files, and `psql` that copies them into tables of the same shape with the same index."""

    TABLES = ("record", "arrangement")

    def __init__(self, context: Context, folder: Path) -> None:
        from sqlalchemy import make_url

        self.context, self.folder = context, folder
        self.address = make_url(context.settings.database_owner.get_secret_value()).set(drivername="postgresql").render_as_string(False)
        partition = f"{files.HALF_YEAR.year}_h{files.HALF_YEAR.half}"
        _owner(context, *(f"CREATE TABLE bare_{table} (LIKE {table}_{partition} INCLUDING ALL)" for table in self.TABLES))

    def dump(self) -> None:
        """Write the rows of the warehouse to files, in the order in which they lie there."""
        self._psql("\n".join(f"\\copy (select * from {table}) to '{self._file(table)}' csv" for table in self.TABLES))

    def empty(self) -> None:
        """Begin again."""
        _owner(self.context, *(f"TRUNCATE bare_{table}" for table in self.TABLES))

    def copy(self) -> None:
        """Copy them in."""
        self._psql("\n".join(f"\\copy bare_{table} from '{self._file(table)}' csv" for table in self.TABLES))

    def _file(self, table: str) -> Path:
        return self.folder / f"{table}.csv"

    def _psql(self, script: str) -> None:
        subprocess.run([_psql_binary(), "-X", "-q", "-v", "ON_ERROR_STOP=1", self.address], input=script, text=True, check=True)


def _psql_binary() -> str:
    """The `psql` of the services."""
    from tests.support.stack import SERVICES_PYTHON

    asked = "from services.postgres import binaries; print(binaries() / 'psql')"
    return subprocess.run([str(SERVICES_PYTHON), "-c", asked], capture_output=True, text=True, check=True).stdout.strip()


# Services ------------------------------------------------------------------------------------------------------------


def empty(folder: Path) -> Context:
    """An empty installation in services of its own; they are stopped when this process ends, however it ends."""
    from gmsd.installation import prepare
    from gmsd.journal import Context

    own = folder / f"services-{hashlib.sha256(str(time.time_ns()).encode()).hexdigest()[:8]}"
    checkout = Path(os.environ.get(CHECKOUT, PROJECT))
    atexit.register(_stop, own, checkout)
    services("up", own, "--without-airflow", checkout=checkout)
    values = read_values((own / "secrets" / "gmsd.env").read_text(encoding="utf-8"))
    values["GMSD_RULES_URL"] = "http://127.0.0.1:8080/gmsd/regels"  # reports link to it, and each installation has other ports
    stack = Stack(values | {"GMSD_DATABASE_APPROVER": approver_of(own, values)}, admin_of(own, values), own)
    keys = own / "keys"
    keys.mkdir()
    settings = next(installation(stack, keys))
    for number, name in enumerate(("pseudonym", "rounding", "reference")):  # the same in every build that is measured
        (keys / f"{name}.key").write_text(f"{number:064x}", encoding="ascii")
    prepare(settings)
    return at(Context.open(settings), UPLOADED)


def _stop(state: Path, checkout: Path) -> None:
    """Not to be interrupted: servers would be left running."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    services("down", state, checkout=checkout)


def at(context: Context, moment: dt.datetime) -> Context:
    """At a moment that stands still: the clock of a demo is asked in the database, which no real round does."""
    from gmsd.clock import FixedClock

    return replace(context, clock=FixedClock(moment))


def upload(context: Context, folder: Path) -> None:
    """One after the other, so that they come in in the same order every time: what a report is set beside depends on it."""
    from gmsd.store import get_store

    portal = get_store(context.settings, "portal")
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        key = str(path.relative_to(folder))
        portal.upload_file(context.settings.bucket_inbox, key, path, acl="bucket-owner-full-control")
