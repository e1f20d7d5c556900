"""The releases in force, read once and kept until the pointer moves, with every page that was made of them."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from dataclasses import dataclass, field
from email.utils import format_datetime
from importlib.resources import files
from typing import TYPE_CHECKING

from gmsd.readers import Edition, Publication, read_edition, read_publications, statline_of, tables_of_release
from gmsd.web.site.answers import Kept
from gmsd.web.site.odata.tables import ServedTable, read_table

if TYPE_CHECKING:
    from pathlib import Path

    from gmsd.charts import Boundaries
    from gmsd.readers import Source

REFRESH_SECONDS = 5.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OnShow:
    """Everything that is answered from: it does not change; other releases in force are another one.

    Attributes:
        editions: Law -> its release, read.
        tables: Table id -> the table as OData gives it.
        publications: Every release, newest first.
        meanings: Table id -> key of a topic -> what the release says that it is.
        style: The style sheet.
        stamp: What is the same as long as no byte of any answer changes.
        boundaries: The shapes of municipalities, where the institute names them.
        policy: The folder with the policy traits that an institute filled in.
        kept: Pages made of it.
    """

    editions: dict[str, Edition]
    tables: dict[str, ServedTable]
    publications: tuple[Publication, ...]
    meanings: dict[str, dict[str, str]]
    style: str
    stamp: str
    boundaries: Boundaries | None = None
    policy: Path | None = None
    kept: Kept = field(default_factory=Kept)

    @property
    def newest(self) -> Edition:
        """The edition that was made last."""
        return max(self.editions.values(), key=lambda each: (each.created, each.release_id))

    @property
    def modified(self) -> str:
        """When the newest release was made, as HTTP writes it."""
        return format_datetime(self.newest.created)

    def edition_of(self, table_id: str) -> Edition | None:
        """The edition that holds a table."""
        return next((each for each in self.editions.values() if table_id in each.cubes), None)


class Current:
    """The releases in force; looked at every few seconds, and read by a thread of its own while the ones before go on being given."""

    def __init__(self, source: Source, boundaries: Boundaries | None = None, policy: Path | None = None) -> None:
        self.source = source
        self._boundaries, self._policy = boundaries, policy
        self._lock = threading.Lock()
        self._now: OnShow | None = None
        self._ids: tuple[str, ...] = ()
        self._looked = 0.0

    def get(self) -> OnShow:
        """What is in force.

        Raises:
            NoReleaseError: nothing has been published yet.
        """
        if self._now is None:
            with self._lock:
                if self._now is None:
                    self._read()
        elif time.monotonic() - self._looked > REFRESH_SECONDS and self._lock.acquire(blocking=False):
            self._looked = time.monotonic()
            threading.Thread(target=self._refresh, name="releases", daemon=True).start()
        assert self._now is not None
        return self._now

    def _refresh(self) -> None:
        try:
            self._read()
        except Exception:  # noqa: BLE001 - readers keep the last releases whatever happens to the store; the log says why
            _log.warning("the store does not give the release in force; %s goes on being served", ", ".join(self._ids), exc_info=True)
        finally:
            self._lock.release()

    def _read(self) -> None:
        ids = self.source.current()
        if ids != self._ids:
            self._now = read_in_force(self.source, ids, self._boundaries, self._policy)
            self._ids = ids
        self._looked = time.monotonic()


def read_in_force(source: Source, release_ids: tuple[str, ...], boundaries: Boundaries | None = None, policy: Path | None = None) -> OnShow:
    """Read releases, one of each law."""
    editions = [read_edition(source, each) for each in release_ids]
    tables = {
        table_id: read_table(table_id, release_id, statline_of(source, release_id, table_id))
        for release_id in release_ids
        for table_id in tables_of_release(source, release_id)
    }
    publications = read_publications(source, editions)
    style = files("gmsd.web").joinpath("site", "stijl.css").read_text(encoding="utf-8")
    told = [style, repr(boundaries), _of_policy(policy), *(f"{each.digest} {each.in_force} {each.is_given}" for each in publications)]
    stamp = hashlib.sha256("\n".join(told).encode()).hexdigest()
    return OnShow({each.law: each for each in editions}, tables, publications, _meanings(tables), style, stamp, boundaries, policy)


def _meanings(tables: dict[str, ServedTable]) -> dict[str, dict[str, str]]:
    listed = {table: each.sets["DataProperties"].rows.select("Key", "Description") for table, each in tables.items()}
    return {table: {key: text or "" for key, text in rows.iter_rows()} for table, rows in listed.items()}


def _of_policy(folder: Path | None) -> str:
    """What the policy traits say, so that other ones are another page."""
    return "" if folder is None else "".join(each.read_text(encoding="utf-8") for each in sorted(folder.glob("*.*")))
