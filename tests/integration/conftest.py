"""Integration tests run against real Swift, PostgreSQL and SMTP; each module gets an empty installation of its own in them.

By default a stack is started from `var/test` and stopped afterwards. `GMSD_TEST_STACK=<env file>` or GMSD_ settings in the environment
name one that runs already; `GMSD_TEST_ADMIN` is then the address of an account that may create databases.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.commands import run_gmsd
from tests.support.mails import Maildir
from tests.support.stack import PROJECT, Stack, configured, environment_of, installation, own_stack
from tests.support.waiting import patience

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

    import httpx

    from gmsd.clock import DatabaseClock
    from gmsd.journal import Context
    from gmsd.settings import Settings
    from gmsd.store import ObjectStore


HERE = Path(__file__).parent
# Files begin in this order where several processes share them, so that none is left with a long one at the end.
LONGEST = (
    "test_backup",
    "test_chaos",
    "test_recall",
    "test_publication",
    "test_withdrawn_after",
    "test_releases",
    "test_fullsize",
    "test_migrations",
    "test_backfilled",
    "test_law_by_data",
    "test_portal",
    "test_close",
    "test_deletion",
    "test_mailbox",
    "test_key_rotation",
    "test_registration",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest come first."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(places)) if item.path.is_relative_to(HERE) else -1)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Running services: the caller's, else our own, one stack for each process that runs tests side by side."""
    given = configured()
    if given is not None:
        yield given
    else:
        worker = os.environ.get("PYTEST_XDIST_WORKER", "")
        yield from own_stack(PROJECT / "var" / (f"test-{worker}" if worker else "test"))


@pytest.fixture(scope="session")
def newest(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database with the newest tables and nothing in them: to copy it is quicker than every migration. '' where none can be made."""
    from gmsd.database import connect, migrate

    if not stack.admin:
        yield ""
        return
    for found in installation(stack, tmp_path_factory.mktemp("keys")):
        migrate(found)
        owner = connect(found, "owner")
        owner.dispose()
        yield str(owner.url.database)


@pytest.fixture(scope="module")
def home() -> Path:
    """Where rules and statements lie; a module of tests may have its own, see `tests/support/fewer_tables.py`."""
    return PROJECT


@pytest.fixture(scope="module")
def settings(stack: Stack, newest: str, home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """An installation with its tables and buckets, empty, for one module of tests."""
    from gmsd.installation import prepare
    from gmsd.op_orde.measures import measured

    measured.cache_clear()  # a module before this one may have had another law of the same name
    for found in installation(stack, tmp_path_factory.mktemp("keys"), like=newest, home=home):
        prepare(found)
        yield found


@pytest.fixture(scope="module")
def store(settings: Settings) -> ObjectStore:
    """The object store, as the pipeline's user."""
    from gmsd.store import get_store

    return get_store(settings)


@pytest.fixture(scope="module")
def clock(settings: Settings) -> DatabaseClock:
    """The movable clock of the installation: `clock.move(moment)`."""
    from gmsd.clock import DatabaseClock
    from gmsd.database import connect

    return DatabaseClock(connect(settings, "loader"))


@pytest.fixture(scope="module")
def context(settings: Settings) -> Context:
    """The doors that every step of the life cycle is handed."""
    from gmsd.journal import Context

    return Context.open(settings)


@pytest.fixture(scope="module")
def maildir(settings: Settings) -> Maildir:
    """The mails that this installation sent."""
    return Maildir(Path(settings.maildir), domain=f"@{settings.mail_engineer.removeprefix('beheer@').split('.')[0]}.gemeente.invalid")


@pytest.fixture
def gmsd(settings: Settings) -> Callable[..., subprocess.CompletedProcess[str]]:
    """The `gmsd` command in a process of its own, as this installation: `gmsd("rounds", "list", "--json")`."""
    environment = environment_of(settings)
    return lambda *arguments: run_gmsd(*arguments, environment=environment, seconds=patience(120))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a release of two half-years in which every municipality delivered, so that the nation is shown."""
    from tests.support.releases import H1, H2, content
    from tests.support.served import release_folder

    return release_folder(tmp_path_factory.mktemp("release"), content(H1, H2, all_places=True))


@pytest.fixture(scope="session")
def address(folder: Path) -> Iterator[str]:
    """`gmsd serve` over it in a process of its own: host and port."""
    from tests.support.served import serving

    with serving(folder) as found:
        yield found


@pytest.fixture(scope="session")
def client(address: str) -> Iterator[httpx.Client]:
    """Asks that service."""
    import httpx

    with httpx.Client(base_url=f"http://{address}", trust_env=False, timeout=patience(30)) as found:
        yield found


@pytest.fixture
def plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """`cbsodata` and `cbsodata4` ask a service on this machine, without TLS and past any proxy."""
    import cbsodata

    monkeypatch.setattr(cbsodata.options, "use_https", False)
    monkeypatch.setattr(cbsodata.options, "requests", {"proxies": {"http": "", "https": ""}})
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
