"""Copying uploads into the private place, under the id that each will get, and hashing them while they are read."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gmsd.deliveries.arrival import NOT_READABLE
from gmsd.store import Gone, NotReadable, trouble

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gmsd.deliveries.arrival import Arrival, Name
    from gmsd.journal import Context
    from gmsd.store import Copied, Version

READERS = 8
# Where in the private place bytes are put that stood under a number without a receipt.
LEFT = "left/"
VANISHED = "deleted or overwritten after it was listed and before it could be read"


@dataclass(frozen=True, slots=True)
class Read:
    """What came of reading an upload, and for which delivery it was copied."""

    delivery_id: str
    copied: Copied | None
    problem: str = ""

    def of(self, arrival: Arrival) -> Arrival:
        """The arrival with what is known of its bytes now."""
        if self.copied is None:
            return replace(arrival, problem=self.problem)
        return replace(arrival, sha256=self.copied.sha256, version=replace(arrival.version, size=self.copied.size))


class Copying:
    """The copies of one registration in the private place."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.bucket, self.private = context.settings.bucket_inbox, context.settings.bucket_deliveries
        self.read: dict[Name, Read] = {}
        self.written: set[str] = set()

    def of(self, arrival: Arrival) -> Read | None:
        """What came of reading an upload, as far as it has been read."""
        return self.read.get(arrival.name)

    def copy(self, arrivals: Sequence[Arrival], planned: Mapping[Name, str]) -> dict[Name, str]:
        """Copy every upload to where it belongs, several at a time.

        Args:
            arrivals: What is to be copied; what lies under its planned id already is left as it is.
            planned: The id that each upload will get.

        Returns:
            Why, for each upload of which the store cannot copy the bytes.

        Raises:
            Exception: whatever the store says when it is away.
        """
        jobs = [(a, planned[a.name]) for a in arrivals if planned.get(a.name, self._copied_for(a)) != self._copied_for(a)]
        if not jobs:
            return {}
        standing = {stored.key: stored.etag for stored in self.context.store.objects(self.private)}
        self.written |= {delivery_id for _, delivery_id in jobs}

        def copied(job: tuple[Arrival, str]) -> Read | Exception:
            arrival, delivery_id = job
            try:
                return self._copied(arrival.version, delivery_id, standing.get(delivery_id, ""))
            except NotReadable as error:
                return Read(delivery_id, None, VANISHED if isinstance(error, Gone) else NOT_READABLE)
            except Exception as error:
                if trouble(error) is None:
                    raise
                return error

        with ThreadPoolExecutor(READERS) as pool:
            found = list(pool.map(copied, jobs))
        failed = [error for error in found if isinstance(error, Exception)]
        if failed:
            self._answering(failed[0])
        refused: dict[Name, str] = {}
        for (arrival, _), outcome in zip(jobs, found, strict=True):
            if isinstance(outcome, Exception):
                refused[arrival.name] = f"its bytes cannot be copied: {trouble(outcome)}"
            else:
                self.read[arrival.name] = outcome
        return refused

    def _copied_for(self, arrival: Arrival) -> str:
        read = self.of(arrival)
        return read.delivery_id if read else ""

    def _copied(self, version: Version, delivery_id: str, standing: str) -> Read:
        """One upload in the private place.

        What stands there already, by its ETag, has no receipt: it was left by a registration that was killed, or the database is older than
        the store. Other bytes than those to be written are put aside, since nobody else may have them.
        """
        store = self.context.store
        source = (self.bucket, version.key, version.identity)
        if standing:
            if standing != version.etag:
                self._put_aside(delivery_id, standing)
            store.delete(self.private, delivery_id)
        try:
            return Read(delivery_id, store.copy(source, self.private, delivery_id))
        except FileExistsError:  # a listing may lag behind
            store.delete(self.private, delivery_id)
            return Read(delivery_id, store.copy(source, self.private, delivery_id))

    def _put_aside(self, delivery_id: str, etag: str) -> None:
        with suppress(FileExistsError):  # by an earlier registration that was killed
            self.context.store.copy((self.private, delivery_id, ""), self.private, f"{LEFT}{delivery_id}/{etag}")

    def clear(self) -> None:
        """Delete copies that were made under a number that was given to nothing in the end."""
        used = {read.delivery_id for read in self.read.values()}
        for delivery_id in self.written - used:
            self.context.store.delete(self.private, delivery_id)

    def _answering(self, error: Exception) -> None:
        """Raise the error when it is the store that is in trouble, not one object of it."""
        if not all(self.context.store.answers(bucket) for bucket in (self.bucket, self.private)):
            raise error
