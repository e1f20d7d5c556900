"""`gmsd portal` in a process of its own, and a coordinator with a browser that knows no script."""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

import httpx

from gmsd.database import connect
from gmsd.registration import add_term, coordinator_of, make_letter, make_link, set_password
from tests.support.stack import environment_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from gmsd.journal import Context
    from gmsd.settings import Settings


@dataclass(frozen=True)
class Running:
    """A portal that runs."""

    url: str
    process: subprocess.Popen[str]

    @property
    def memory(self) -> int:
        """Megabytes that it holds now."""
        return self._status("VmRSS")

    @property
    def most_memory(self) -> int:
        """Megabytes that it held at most."""
        return self._status("VmHWM")

    def _status(self, name: str) -> int:
        found = re.search(rf"{name}:\s+(\d+) kB", Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii"))
        assert found
        return int(found[1]) >> 10


@contextmanager
def portal_of(settings: Settings, *, log: IO[str] | None = None, **changed: str) -> Iterator[Running]:
    """The portal of an installation with its own doors, until the block ends; `changed` are other settings, `log` is where it logs."""
    environment = environment_of(settings) | {"PYTHONUNBUFFERED": "1"} | {f"GMSD_{name.upper()}": value for name, value in changed.items()}
    foreign = [f"DATABASE_{role}" for role in ("OWNER", "LOADER", "PUBLISHER", "READER", "APPROVER")]
    foreign += ["S3_ACCESS_KEY", "S3_SECRET_KEY", "PSEUDONYM_KEY_FILE", "ROUNDING_KEY_FILE"]
    environment |= {f"GMSD_{name}": "" for name in foreign}
    command = [sys.executable, "-m", "gmsd.cli", "portal"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True) as process:
        assert process.stdout is not None
        found = next((told for line in process.stdout if (told := re.search(r"Portal: (http://[\d.]+:\d+)/", line))), None)
        try:
            assert found, "the portal did not say where it listens"
            yield Running(found[1], process)
        finally:
            process.terminate()


def personal_link(context: Context, address: str, round_id: str, *municipalities: str, since: dt.date) -> str:
    """The token of the link of a coordinator, who is registered when nobody has that address."""
    now = context.clock.now()
    with context.engine.begin() as connection:
        terms = [add_term(connection, address, each, since, at=now, actor="engineer") for each in municipalities]
        of = context.calendar.round(round_id)
        token = make_link(connection, context.settings, terms[0].coordinator_id, of, at=now, actor="engineer")
    assert token is not None
    return token


PASSWORD = "vier woorden achter elkaar"


def account(context: Context, address: str, *municipalities: str, since: dt.date) -> list[str]:
    """The codes of a letter for a coordinator, whose password is PASSWORD; who has no address yet is registered."""
    now = context.clock.now()
    with context.engine.begin() as connection:
        for each in municipalities:
            add_term(connection, address, each, since, at=now, actor="engineer")
        found = coordinator_of(connection, address).coordinator_id
        codes = make_letter(connection, context.settings, found, at=now, actor="engineer").codes
    with connect(context.settings, "portal").begin() as connection:
        set_password(connection, found, PASSWORD, at=now)
    return list(codes)


def field(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no field {name}"
    return found[1]


class Browser(httpx.Client):
    """Follows no redirect by itself, and fills in forms."""

    def __init__(self, url: str) -> None:
        super().__init__(base_url=url, trust_env=False, timeout=120)

    def enter(self, token: str) -> httpx.Response:
        """Open a personal link and press its button."""
        page = self.get(f"/link/{token}")
        return self.post(f"/link/{token}", data={"csrf": field(page.text, "csrf")})

    def sign_in(self, address: str, code: str, password: str = PASSWORD) -> httpx.Response:
        """Fill in the form of /inloggen."""
        csrf = field(self.get("/inloggen").text, "csrf")
        return self.post("/inloggen", data={"csrf": csrf, "adres": address, "wachtwoord": password, "code": code})

    def form(self, address: str) -> dict[str, str]:
        """The hidden fields of an upload form."""
        page = self.get(address)
        assert page.status_code == 200, page.status_code
        return {name: field(page.text, name) for name in ("csrf", "sleutel")}

    def deliver(self, address: str, name: str, data: bytes, **changed: str) -> httpx.Response:
        """Open the form of an address and send a file with it."""
        return self.post(address, data=self.form(address) | changed, files={"bestand": (name, data, "text/csv")})
