"""Wait for Airflow's database instead of dying again and again without it: Airflow's processes end when it goes away.

`python -m gmsd_airflow.standby SINCE UNTIL` notes the outage that was waited for; in a process of its own, because the scheduler forks its
workers and may have no connections by then.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import subprocess
import sys
import time

# before Airflow sets up its logging, warnings go to stderr
log = logging.getLogger(__name__)

PAUSE_SECONDS = 2.0
SECONDS_BETWEEN_LINES = 60.0
NOTE_SECONDS = 30.0


def wait_for_database(address: str | None = None) -> dt.datetime | None:
    """Return as soon as Airflow's database lets us in; the moment since when it did not, None when it did at once.

    Args:
        address: As SQLAlchemy writes it; that of Airflow's own setting when not given. Only PostgreSQL is waited for.
    """
    import psycopg

    address = address or os.environ.get("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "")
    scheme, separator, rest = address.partition("://")
    if not separator or not scheme.startswith("postgresql"):
        return None
    since: dt.datetime | None = None
    said = -SECONDS_BETWEEN_LINES
    while True:
        try:
            psycopg.connect(f"postgresql://{rest}", connect_timeout=5).close()
        except psycopg.OperationalError as error:
            since = since or dt.datetime.now(dt.UTC)
            if time.monotonic() - said >= SECONDS_BETWEEN_LINES:
                said = time.monotonic()
                log.warning("waiting for Airflow's database (%s)", type(error).__name__)
            time.sleep(PAUSE_SECONDS)
        else:
            return since


def wait_and_note() -> None:
    """Wait for the database, and note the outage if there was one."""
    since = wait_for_database()
    if since is None:
        return
    until = dt.datetime.now(dt.UTC)
    log.warning("Airflow's database answers again, after %.0f s", (until - since).total_seconds())
    command = [sys.executable, "-m", "gmsd_airflow.standby", since.isoformat(), until.isoformat()]
    try:
        subprocess.run(command, check=False, timeout=2 * NOTE_SECONDS)
    except subprocess.TimeoutExpired:
        log.warning("the outage could not be noted")


def main(since: str, until: str) -> int:
    """Note an outage of the database that is over; the exit status."""
    from gmsd_airflow.incidents import Watch

    watch = Watch()
    watch.silent("PostgreSQL", dt.datetime.fromisoformat(since))
    end = time.monotonic() + NOTE_SECONDS
    while not watch.note(until=dt.datetime.fromisoformat(until)) and time.monotonic() < end:
        time.sleep(PAUSE_SECONDS)  # the warehouse is not yet where Airflow's database is
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
