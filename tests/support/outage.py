"""Take a service away from a running installation, and give it back: through its supervisor, as a crash or a maintenance would."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any
from xmlrpc.client import ServerProxy

from services.state import open_state

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.state import State
    from tests.support.played import Home

GROUPS = {"PostgreSQL": "database", "object store": "storage", "mail server": "mail"}


def supervisor(home: Home, method: str, *arguments: object) -> Any:
    """Ask the supervisor of an installation: https://supervisord.org/api.html."""
    return asked(open_state(home.var), method, *arguments)


def asked(state: State, method: str, *arguments: object) -> Any:
    """The same of a state folder."""
    with ServerProxy(f"http://gmsd:{state.secrets['supervisor']}@127.0.0.1:{state.ports['supervisor']}/RPC2") as server:
        return getattr(server.supervisor, method)(*arguments)


def take_away(home: Home, service: str) -> None:
    """Stop a service (a key of GROUPS); everything else goes on."""
    supervisor(home, "stopProcessGroup", GROUPS[service])


def give_back(home: Home, service: str) -> None:
    """Start it again; returns at once."""
    supervisor(home, "startProcessGroup", GROUPS[service], False)


@contextlib.contextmanager
def away(home: Home, service: str) -> Iterator[None]:
    """The service is away inside the `with`, and comes back whatever happens in it."""
    take_away(home, service)
    try:
        yield
    finally:
        give_back(home, service)


def programs(home: Home) -> dict[str, str]:
    """What supervisor says of every program."""
    return {info["name"]: info["statename"] for info in supervisor(home, "getAllProcessInfo")}
