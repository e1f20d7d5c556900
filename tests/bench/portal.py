"""The pages of the coordinators' portal: how long 95 in a hundred take at most, asked one after the other, over real services."""

from __future__ import annotations

import datetime as dt
import statistics
import time
from typing import TYPE_CHECKING, Any

from tests.bench.whole import INBOX, UPLOADED, empty, upload

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gmsd.journal import Context

PLACES = ("0518", "0363", "0344", "0599", "0014")
_HALF_YEAR = "H22019"
_ASKED = 100
ADDRESSES = {
    "personal link": "/link/{token}",
    "work list of five places": "/",
    "upload form": "/levering/{place}",
    "receipt": "/ontvangst/{delivery}",
    "reports": "/rapporten",
    "remarks": "/bevestigen/{delivery}",
    "explanation": "/toelichting/{place}",
    "withdrawal": "/intrekken/{place}",
    "history": "/geschiedenis",
}
_SINCE = dt.date(2020, 1, 1)
_TEAM = "bench@gemeente.invalid"


def deliveries(folder: Path, rows: int) -> int:
    """`inbox/<key>`: a delivery of each place, with so many persons together; about as many rows."""
    from tests.support.published import file_of

    made = 0
    for code in PLACES:
        path = folder / INBOX / _HALF_YEAR / code / f"WMO_{_HALF_YEAR}_x.csv"
        path.parent.mkdir(parents=True)
        data = file_of(_HALF_YEAR, code, rows // len(PLACES))
        path.write_bytes(data)
        made += data.count(b"\n") - 1
    return made


def pages(folder: Path) -> Callable[[], dict[str, Any]]:
    """Five places of one coordinator with a delivery each that was checked and reported on; then each page a hundred times."""
    from gmsd.clock import DatabaseClock
    from gmsd.database import connect

    context = empty(folder)
    DatabaseClock(connect(context.settings, "loader")).move(UPLOADED)
    upload(context, folder / INBOX)
    _checked(context)

    def run() -> dict[str, Any]:
        from tests.support.portal import Browser, account, personal_link, portal_of

        codes = account(context, _TEAM, *PLACES, since=_SINCE)
        token = personal_link(context, _TEAM, "2019-H2", PLACES[0], since=_SINCE)
        with portal_of(context.settings, portal_requests_per_minute="100000") as running, Browser(running.url) as browser:
            assert browser.sign_in(_TEAM, codes[0]).status_code == 303
            values = {"token": token, "place": f"{_HALF_YEAR}/{PLACES[0]}", "delivery": f"2019-H2.{PLACES[0]}.01"}
            return {"stages": {name: _asked(running, browser, address.format(**values)) for name, address in ADDRESSES.items()}}

    return run


def _asked(running: Any, browser: Any, address: str) -> dict[str, float]:
    took = []
    for _ in range(_ASKED + 1):
        start = time.perf_counter()
        answer = browser.get(address)
        took.append(time.perf_counter() - start)
        assert answer.status_code == 200, (address, answer.status_code)
    return {"seconds": statistics.quantiles(took[1:], n=20)[-1], "cpu": 0.0, "peak_mb": running.most_memory}


def _checked(context: Context) -> None:
    from gmsd.intake import check_delivery, register_inbox, report_delivery

    for each in register_inbox(context).new_deliveries:
        assert check_delivery(context, each).state == "accepted"
        report_delivery(context, each)
