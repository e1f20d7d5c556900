"""A new key for pseudonyms: everything that was made with the old one is made anew from the raw files, and the old one is destroyed."""

from __future__ import annotations

import os
import secrets
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gmsd.checking import usable_records
from gmsd.database import statement
from gmsd.deliveries import ReceiptBroken, differing, listing, locked
from gmsd.errors import GmsdError
from gmsd.installation import KeyChanged, fingerprint
from gmsd.intake import raw_records, write_staged
from gmsd.journal import alone_in_loading, audit, in_turn, lock_pseudonym_key
from gmsd.protocol import law_of
from gmsd.rounds import HalfYear
from gmsd.store import NotReadable
from gmsd.warehouse.load import Basis, bases_of, prepared, replace_place
from gmsd.warehouse.staged import KEPT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Connection, Row

    from gmsd.deliveries import Delivery
    from gmsd.journal import Context
    from gmsd.settings import Settings
    from gmsd.warehouse.load import Loaded

AT_ONCE = 4
_SUBJECT = "pseudonym key"


class LoadRuns(GmsdError):
    """A half-year is being loaded or counted, or another change of the key runs: the pseudonyms cannot be changed meanwhile."""


class NotAllThere(GmsdError):
    """Raw files are missing or changed, so that not all records can be made anew."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a change of the key made anew: of `deliveries` the records, `records` in all, `loaded` of them in the warehouse too.

    `went_on` says that an earlier run had been broken off, which had done `done_before` of the deliveries.
    """

    rotation: int
    deliveries: int
    records: int
    loaded: int
    went_on: bool
    done_before: int


class KeyFiles:
    """The file of the key, beside it the next one while it takes over, and the old one until it is destroyed.

    At every moment there is a file under the key's own name, so that nothing that starts meanwhile makes a key of its own.
    """

    def __init__(self, settings: Settings) -> None:
        self.current: Path = settings.home / settings.pseudonym_key_file
        self.next = self.current.with_name(self.current.name + ".next")
        self.old = self.current.with_name(self.current.name + ".old")

    def make_next(self) -> bytes:
        """The next key: a new one, or the one that an earlier run made and did not come to note."""
        if not self.next.exists():
            draft = self.next.with_name(self.next.name + ".draft")
            draft.unlink(missing_ok=True)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as stream:
                stream.write(secrets.token_hex(32) + "\n")
                stream.flush()
                os.fsync(stream.fileno())
            draft.rename(self.next)
            self._lasting()
        return self._read(self.next)

    def key_of(self, wanted: str) -> bytes:
        """The key with a fingerprint.

        Raises:
            KeyChanged: no file holds it.
        """
        for path in (self.next, self.current):
            if path.exists() and fingerprint("pseudonym", self._read(path)) == wanted:
                return self._read(path)
        raise KeyChanged(f"the new key is not at hand: put back the backup of {self.next.name} beside {self.current}, then go on")

    def take_over(self) -> None:
        """The next key takes the place of the current one; the old one is kept beside it. Safe to repeat."""
        if not self.next.exists():
            return
        self.old.unlink(missing_ok=True)
        os.link(self.current, self.old)
        self.next.replace(self.current)
        self._lasting()

    def destroy_old(self) -> None:
        """Write over the old key, and delete it. Safe to repeat."""
        if not self.old.exists():
            return
        with self.old.open("r+b") as stream:
            stream.write(b"0" * self.old.stat().st_size)
            stream.flush()
            os.fsync(stream.fileno())
        self.old.unlink()
        self._lasting()

    @staticmethod
    def _read(path: Path) -> bytes:
        return bytes.fromhex(path.read_text(encoding="ascii").strip())

    def _lasting(self) -> None:
        folder = os.open(self.current.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def rotate_pseudonym_key(context: Context, actor: str, progress: Callable[[int, int], None] | None = None) -> Rotated:
    """Make every pseudonym anew with a new key, from the raw files: staged records, and records and arrangements of the warehouse.

    Counts do not depend on the key: figures and releases stay what they are. Each delivery is made anew by itself and noted in the
    database; a run that is killed is gone on with by running it again. Until all are done nothing is staged, loaded or counted. Then the
    new key takes the place of the old one, which is destroyed.

    Args:
        context: The doors.
        actor: Who asked for it, for the audit trail.
        progress: Called with (deliveries done, in all) after each of them.

    Raises:
        LoadRuns: a half-year is being loaded.
        NotAllThere: raw files are missing. When that is known before anything was begun, nothing has been changed.
        KeyChanged: the key at hand is neither the noted one nor, while a change is under way, the new one.
    """
    with context.engine.begin() as alone:  # holds the locks, and nothing else
        if not alone_in_loading(alone):
            raise LoadRuns("a half-year is being loaded or counted, or the key is being changed already: try again when that is over")
        lock_pseudonym_key(alone)
        return _Rotation(context, actor).run(progress)


class _Rotation:
    """One run of a change of the key."""

    def __init__(self, context: Context, actor: str) -> None:
        self.context, self.actor = context, actor
        self.files = KeyFiles(context.settings)

    def run(self, progress: Callable[[int, int], None] | None) -> Rotated:
        """Begin or go on, make anew what is left, finish."""
        with self.context.engine.connect() as connection:
            row = connection.execute(statement("keys/rotating")).first()
        went_on = row is not None
        rotation = self._begin() if row is None else row
        new = self.files.key_of(rotation.to_fingerprint)
        with self.context.engine.connect() as connection:
            done = set(connection.scalars(statement("keys/rotated"), {"rotation": rotation.rotation}))
            wanted = _to_make_anew(connection)
            loaded = _loaded(self.context, connection, rotation.to_fingerprint)
        left = [each for each in wanted if each.delivery_id not in done]
        before = len(wanted) - len(left)
        self._make_all(rotation, new, left, loaded, before, len(wanted), progress)
        return self._finish(rotation, went_on=went_on, done_before=before)

    def _begin(self) -> Row[tuple[int, str, str]]:
        self.files.destroy_old()
        with self.context.engine.begin() as connection:
            noted = connection.scalar(statement("keys/read"), {"name": "pseudonym"})
            current = fingerprint("pseudonym", self.context.settings.key("pseudonym"))
            if noted is not None and noted != current:
                raise KeyChanged("the pseudonym key is not the one this database was made with; put back the backup of pseudonym.key")
            missing = set(differing(connection, self.context.store, self.context.settings.bucket_deliveries))
            missing &= {each.delivery_id for each in _to_make_anew(connection)}
            if missing:
                raise NotAllThere(_told(sorted(missing)) + "; nothing has been changed. See the runbook, A delivery's bytes are missing")
            at = self.context.clock.now()
            connection.execute(statement("keys/note"), {"name": "pseudonym", "fingerprint": current, "at": at})
            values = {"from": current, "to": fingerprint("pseudonym", self.files.make_next()), "at": at, "by": self.actor}
            connection.execute(statement("keys/begin_rotation"), values)
            row = connection.execute(statement("keys/rotating")).one()
            self._audit(connection, "change began", row)
        return row

    def _audit(self, connection: Connection, event: str, row: Row[tuple[int, str, str]], **more: int) -> None:
        details = {"rotation": row.rotation, "from": row.from_fingerprint, "to": row.to_fingerprint, **more}
        audit(connection, _SUBJECT, event, at=self.context.clock.now(), actor=self.actor, details=details)

    def _make_all(
        self,
        rotation: Row[tuple[int, str, str]],
        key: bytes,
        left: Sequence[Delivery],
        loaded: dict[str, Basis],
        before: int,
        of: int,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        made = before

        @contextmanager
        def take(delivery: Delivery) -> Iterator[_MakingAnew]:
            nonlocal made
            with self.context.engine.begin() as connection:
                now = locked(connection, delivery.delivery_id)
                basis = loaded.get(delivery.delivery_id)
                yield _MakingAnew(self.context, connection, now, basis, rotation, key, self.context.clock.now().isoformat())
            made += 1
            if progress is not None:
                progress(made, of)

        failed = in_turn(left, take, apart=lambda delivery: delivery.placed[0].id, at_once=AT_ONCE)
        if failed:
            broken = [each for each in failed if isinstance(each.error, NotReadable | ReceiptBroken)]
            if len(broken) < len(failed):
                raise next(each.error for each in failed if each not in broken)
            raise NotAllThere(_told([each.item.delivery_id for each in broken]) + "; put their bytes back, or withdraw them, then go on")

    def _finish(self, rotation: Row[tuple[int, str, str]], *, went_on: bool, done_before: int) -> Rotated:
        with self.context.engine.begin() as connection:
            count = connection.execute(statement("keys/count_rotated"), {"rotation": rotation.rotation}).one()
            at = self.context.clock.now()
            values = {"name": "pseudonym", "fingerprint": rotation.to_fingerprint, "at": at}
            connection.execute(statement("keys/change"), values)
            connection.execute(statement("keys/finish_rotation"), {"rotation": rotation.rotation, "at": at})
            self._audit(connection, "changed", rotation, deliveries=count.deliveries, records=count.records)
            # before the commit: were it killed in between, the change would not be over, and would be gone on with
            self.files.take_over()
        self.files.destroy_old()
        return Rotated(rotation.rotation, count.deliveries, count.records, count.loaded, went_on, done_before)


@dataclass(frozen=True, slots=True)
class _MakingAnew:
    """One delivery, made anew within its transaction."""

    context: Context
    connection: Connection
    delivery: Delivery
    basis: Basis | None
    rotation: Row[tuple[int, str, str]]
    key: bytes
    at: str

    def work(self) -> tuple[int, Basis, Loaded] | int | None:
        """Stage its records with the new key, and join them again when the warehouse holds them; how many there are."""
        context, delivery = self.context, self.delivery
        if delivery.state not in KEPT or delivery.deleted_at is not None:  # withdrawn meanwhile
            return None
        frame = write_staged(context, delivery, raw_records(context, self.connection, delivery), self.key)
        if self.basis is None:
            return frame.height
        place = delivery.placed[0]
        used = usable_records(frame, law_of(place.law), facultative_used=bool(delivery.facultative_used))
        # as it is staged now, so that the next load finds the same content
        basis = self.basis.staged_anew(context)
        return frame.height, basis, prepared(context, place.half_year, basis, used)

    def keep(self, made: tuple[int, Basis, Loaded] | int | None) -> None:
        """Replace its rows, and note that it is done."""
        if made is None:
            return
        if not isinstance(made, int):
            made, basis, loaded = made
            place = self.delivery.placed[0]
            replace_place(self.connection, {"law": place.law, "half_year": str(place.half_year)}, basis, loaded, self.at)
        values = {"rotation": self.rotation.rotation, "delivery_id": self.delivery.delivery_id, "records": made, "at": self.at}
        self.connection.execute(statement("keys/note_rotated"), values)


def _to_make_anew(connection: Connection) -> list[Delivery]:
    return [each for each in listing(connection) if each.state in KEPT and each.deleted_at is None]


def _loaded(context: Context, connection: Connection, key_fingerprint: str) -> dict[str, Basis]:
    """What the warehouse holds, by delivery; one that gave way at a close and was not replaced yet is among it."""
    held: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for row in connection.execute(statement("keys/loaded")):
        held[row.law, row.half_year].add(row.delivery_id)
    found: dict[str, Basis] = {}
    for (law, half_year), ids in sorted(held.items()):
        half = HalfYear.parse(half_year)
        deliveries = [each for each in listing(connection, law=law, half_year=half) if each.delivery_id in ids]
        found |= {each.delivery.delivery_id: each for each in bases_of(context, connection, law, half, deliveries, key_fingerprint)}
    return found


def _told(delivery_ids: Sequence[str]) -> str:
    more = f" and {len(delivery_ids) - 5} more" if len(delivery_ids) > 5 else ""
    return f"the raw files of {', '.join(delivery_ids[:5])}{more} are gone, changed, or were never copied"
