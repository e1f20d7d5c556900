"""DAGs are parsed here without services, and run for real in an Airflow of the tests' own.

The environment is set before the first import of airflow, which reads its configuration when it is imported.
"""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.played import Home
from tests.support.runs import Watch, ended, until
from tests.support.stack import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from airflow.dag_processing.dagbag import DagBag

    from gmsd.settings import Settings
    from gmsd_airflow.api import Airflow

WAITS = "1 object of the inbox to be registered (H12019/0363 version "
GOOD, OTHER, FAULTY = "0339", "0744", "1695"

for _name in [name for name in os.environ if name.startswith("AIRFLOW__")]:
    del os.environ[_name]  # never the metadata database of a running installation
_HOME = Path(tempfile.mkdtemp(prefix="gmsd-airflow-"))
os.environ |= {
    "AIRFLOW_HOME": str(_HOME),
    "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
    "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
    "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{_HOME}/airflow.db",
    "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
    "AIRFLOW__CORE__AUTH_MANAGER": "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
}


HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What has an installation of its own comes first: the one that the others share does not run beside it yet."""
    items.sort(key=lambda item: item.path.is_relative_to(HERE) and item.path.stem != "test_runs_on_workers")


@pytest.fixture(scope="session")
def bag() -> DagBag:
    """All DAGs, parsed as the dag-processor parses them; no database needed."""
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(collect_dags=True)


@pytest.fixture(scope="session")
def home() -> Iterator[Home]:
    """A running installation with Airflow, empty, stopped afterwards."""
    found = Home(Path(os.environ.get("GMSD_TEST_DAGS_HOME") or PROJECT / "var" / "test-dags"))
    found.start()
    Watch.gone = staticmethod(found.gone())
    yield found
    found.stop()


@pytest.fixture(scope="session")
def settings(home) -> Iterator[Settings]:
    from gmsd.database import connect

    yield (found := home.settings)
    connect(found, "loader").dispose()


@pytest.fixture(scope="session")
def engineer(settings) -> Iterator[Airflow]:
    from gmsd_airflow.api import Airflow

    with Airflow.of(settings, "engineer") as airflow:
        yield airflow


@pytest.fixture(scope="session")
def approver(settings) -> Iterator[Airflow]:
    from gmsd_airflow.api import Airflow

    with Airflow.of(settings, "approver") as airflow:
        yield airflow


@pytest.fixture(scope="session")
def move(settings) -> Callable[..., None]:
    """Move the clock to a moment in Amsterdam."""
    from gmsd.clock import AMSTERDAM, DatabaseClock
    from gmsd.database import connect

    clock = DatabaseClock(connect(settings, "loader"))
    return lambda *when: clock.move(dt.datetime(*when, tzinfo=AMSTERDAM))


@pytest.fixture(scope="session")
def upload(settings) -> Callable[[str, bytes], None]:
    from gmsd.store import get_store

    client = get_store(settings, "portal").client
    return lambda key, body: client.put_object(Bucket=settings.bucket_inbox, Key=key, Body=body, ACL="bucket-owner-full-control")


@pytest.fixture(scope="session")
def delivered(move, upload, engineer) -> None:
    """Two good files, one with a fault in the base set, and an upload that belongs nowhere."""
    from gmsd.demo import delivery
    from gmsd.demo.faults import FAULTS
    from gmsd.rounds import HalfYear

    move(2019, 9, 3, 10)
    for dag_id in ("gmsd_intake", "gmsd_delivery", "gmsd_optout_close", "gmsd_load", "gmsd_publish", "gmsd_housekeeping"):
        engineer.unpause(dag_id)
    for municipality in (GOOD, OTHER):
        made = delivery(1, municipality, HalfYear(2019, 1))
        upload(made.key, made.data)
    faulty = delivery(1, FAULTY, HalfYear(2019, 1))
    upload(faulty.key, FAULTS["base"](faulty.data))
    upload("aanlevering/WMO_H12019_x.csv", b"?")


@pytest.fixture(scope="session")
def closed(delivered, move, upload, engineer) -> str:
    """The close of a round; while intake stands still it waits, and it goes on by itself."""
    until(lambda: engineer.count("gmsd_delivery", "queued", "running") == 0, "the checks")
    for municipality in (GOOD, OTHER, FAULTY):
        ended(engineer, "gmsd_delivery", f"2019-H1.{municipality}.01")
    until(lambda: engineer.count("gmsd_intake", "queued", "running") == 0, "intake to stand still")
    engineer._request("PATCH", "/dags/gmsd_intake", json={"is_paused": True})
    upload("H12019/0363/formulieren/intrekking.json", b"{}")
    move(2019, 10, 21, 9)
    started = str(engineer.start("gmsd_optout_close", partition_key="2019-H1"))
    until(lambda: WAITS in (engineer.run("gmsd_optout_close", started)["note"] or ""), "the close to say what it waits for")
    engineer.unpause("gmsd_intake")
    engineer.start("gmsd_intake")
    return started
