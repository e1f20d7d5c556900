"""`python -m tests.backfill [--municipalities N]`: a backfill through Airflow beside the same work by the library, and beside a round.

Exit status 1 when a backfill fails, when its figures are not the library's, or, of the whole country, when it takes more than 1.3 times the
library's time.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from gmsd.archive import import_archive, read_manifest
from gmsd.clock import AMSTERDAM, DatabaseClock
from gmsd.database import connect
from gmsd.deliveries import listing
from gmsd.demo import delivery, municipalities_of
from gmsd.figures import compute, periods, true_figures
from gmsd.installation import prepare
from gmsd.journal import Context
from gmsd.rounds import WMO, HalfYear
from gmsd.store import get_store
from gmsd.warehouse import close_round, load_half_year
from tests.support.played import Home
from tests.support.stack import PROJECT, Stack, installation

if TYPE_CHECKING:
    import polars as pl

    from gmsd.rounds import Round
    from gmsd.settings import Settings

FOLDER = PROJECT / "var" / "test-backfill"
FIRST, LAST = HalfYear(2015, 1), HalfYear(2018, 2)
IN_WINDOW = dt.datetime(2019, 9, 3, 10, tzinfo=AMSTERDAM)
AT_MOST = 1.3
LONGEST = 4 * 3600.0


@dataclass
class Account:
    """What was measured, in seconds, and what does not hold."""

    facts: dict[str, Any] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)

    def say(self, what: str) -> None:
        """One line as it goes."""
        print(f"{time.monotonic() - self.begun:6.0f} s  {what}", flush=True)

    def holds(self, what: str, *, so: bool) -> None:
        """Keep what does not hold."""
        if not so:
            self.broken.append(what)


def main() -> int:
    """Start an installation with Airflow, measure, and stop it."""
    parser = argparse.ArgumentParser(prog="python -m tests.backfill", description=__doc__)
    parser.add_argument("--municipalities", default="30", help="how many, or all")
    parser.add_argument("--uploads", type=int, default=6, help="deliveries of a round beside the backfill, and as many without it")
    options = parser.parse_args()
    account, home = Account(facts={"municipalities": options.municipalities}), Home(FOLDER)
    home.start()
    try:
        with tempfile.TemporaryDirectory() as folder:
            measure(home, Path(folder), account, options.municipalities, options.uploads)
    finally:
        home.stop()
    (FOLDER / "latest.json").write_text(json.dumps(account.facts, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(account.facts, indent=1))
    for each in account.broken:
        print(f"DOES NOT HOLD: {each}")
    return 1 if account.broken else 0


def measure(home: Home, folder: Path, account: Account, municipalities: str, uploads: int) -> None:
    """Everything, in one installation: the library in a database of its own beside Airflow's."""
    half_years = [half for half in _half_years() for half in ("--half-year", half.upload_code)]
    told(home, "demo", "deliveries", "--to", str(folder), "--municipalities", municipalities, *half_years)
    DatabaseClock(connect(home.settings, "loader")).move(IN_WINDOW)
    account.say("the archive is made")
    keys = folder / "keys"
    keys.mkdir()
    for settings in installation(Stack(home.values, home.admin, home.var), keys):
        prepare(settings)
        DatabaseClock(connect(settings, "loader")).move(IN_WINDOW)
        by_library(settings, folder, account)
        told(home, "archive", "import", str(folder))
        account.say("taken in once more, for Airflow")
        by_airflow(home, account, figures(settings))
    ratio = account.facts["airflow"] / account.facts["library"]
    account.facts |= {"ratio": round(ratio, 2)}
    account.holds(
        f"Airflow takes {ratio:.2f} times the library's time, at most {AT_MOST} is aimed at", so=municipalities != "all" or ratio <= AT_MOST
    )
    pace(home, account, uploads)


def _half_years() -> list[HalfYear]:
    found = [FIRST]
    while found[-1] < LAST:
        found.append(found[-1].next)
    return found


def told(home: Home, *arguments: str) -> str:
    """What a command of the installation prints.

    Raises:
        RuntimeError: it fails.
    """
    done = home.gmsd(*arguments, seconds=LONGEST)
    if done.returncode:
        raise RuntimeError(f"gmsd {' '.join(arguments[:2])}: {done.stderr}{done.stdout}")
    return done.stdout


def by_library(settings: Settings, folder: Path, account: Account) -> None:
    """Close, load and count in this process: the figures once, when everything is loaded."""
    context = Context.open(settings)
    manifest = read_manifest(folder, context.calendar, context.clock.now().date())
    taken = import_archive(context, manifest, actor="measurement")
    account.facts |= {"deliveries": taken.counting, "rows": taken.records}
    account.say(f"{taken.counting} deliveries with {taken.records:,} rows taken in")
    for name in ("library", "library_unchanged"):
        begin = time.perf_counter()
        for known in rounds(context):
            close_round(context, known.id)
            for half_year in sorted(known.takes):
                load_half_year(context, str(half_year))
        with connect(settings, "loader").begin() as connection:
            compute(connection, WMO, LAST, context.clock.now())
        account.facts[name] = round(time.perf_counter() - begin, 1)
        account.say(f"{name}: {account.facts[name]} s")


def rounds(context: Context) -> list[Round]:
    """Those of the archive, oldest first."""
    return [known for known in context.calendar.rounds if known.law == WMO and FIRST <= known.code <= LAST]


def by_airflow(home: Home, account: Account, wanted: pl.DataFrame) -> None:
    """The same by the command, and once more when nothing has changed."""
    for name in ("airflow", "airflow_unchanged"):
        begin = time.perf_counter()
        answer = json.loads(told(home, "backfill", str(FIRST), str(LAST), "--json"))
        account.facts[name] = round(time.perf_counter() - begin, 1)
        account.say(f"{name}: {account.facts[name]} s")
        changed = sum(each["changed"] + each["new"] + each["gone"] for each in answer["figures"])
        account.holds(f"{name}: {changed} figures are new or otherwise", so=bool(changed) == (name == "airflow"))
        account.holds(f"{name}: the figures are not those of the library", so=figures(home.settings).equals(wanted))


def figures(settings: Settings) -> pl.DataFrame:
    """All true figures of the archive, in order; they stay in this process."""
    with connect(settings, "loader").connect() as connection:
        return true_figures(connection, WMO, periods(_half_years())).sort("period", "municipality", "content")


def pace(home: Home, account: Account, uploads: int) -> None:
    """From upload to verdict, one delivery after the other: before a backfill that loads everything anew, beside it, and after it."""
    codes = municipalities_of(max(uploads, 1), HalfYear(2019, 1))
    seconds = {"before": [verdict_after(home, code, 0) for code in codes]}
    with connect(home.settings, "owner").begin() as connection:  # as if the rules that join rows had changed
        connection.execute(text("UPDATE load_account SET content = '' WHERE half_year < '2019'"))
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(told, home, "backfill", str(FIRST), str(LAST), "--json")
        time.sleep(5)
        beside = []
        for code in codes:
            taken = verdict_after(home, code, 1)
            if running.done():
                break
            beside.append(taken)
        running.result()
    seconds |= {"beside": beside, "after": [verdict_after(home, code, 2) for code in codes]}
    account.facts["upload_to_verdict"] = {name: [round(each, 2) for each in found] for name, found in seconds.items()}
    account.holds("no delivery was checked while the backfill ran", so=bool(beside))
    if beside:
        quiet = statistics.median(seconds["before"] + seconds["after"])
        account.facts["pace"] = {"quiet": round(quiet, 2), "beside": round(statistics.median(beside), 2)}
    account.say(f"upload to verdict: {account.facts.get('pace')}")


def verdict_after(home: Home, code: str, revision: int) -> float:
    """Seconds from the upload of a file to the verdict in the register."""
    made = delivery(1, code, HalfYear(2019, 1), revision=revision)
    client = get_store(home.settings, "portal").client
    begin = time.perf_counter()
    client.put_object(Bucket=home.settings.bucket_inbox, Key=made.key, Body=made.data, ACL="bucket-owner-full-control")
    with connect(home.settings, "loader").connect() as connection:
        while time.perf_counter() - begin < LONGEST:
            found = listing(connection, municipality=code, half_year=HalfYear(2019, 1))
            connection.rollback()
            if len(found) > revision and found[-1].state != "received":
                return time.perf_counter() - begin
            time.sleep(0.1)
    raise RuntimeError(f"no verdict on {made.key}")


if __name__ == "__main__":
    sys.exit(main())
