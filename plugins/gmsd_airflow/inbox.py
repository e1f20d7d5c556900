"""The watcher of the inbox: an asset event whenever the bucket's listing is no longer what it was."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING, Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

from gmsd_airflow.failures import service_of
from gmsd_airflow.incidents import Watch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from gmsd.outages import Service


class InboxTrigger(BaseEventTrigger):
    """Fires when the listing of the inbox differs from the one it reported last.

    It says only that something changed. What is new is found by intake against the register, so an event too many does no harm and the
    sweep repairs an event too few. The last listing is kept in Airflow's asset state store, which survives a restart. Addresses and
    credentials come from the settings: Airflow stores a trigger's arguments.
    """

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Import path and arguments, from which the triggerer makes it."""
        return f"{type(self).__module__}.{type(self).__qualname__}", {}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Poll for ever, through outages of the store, the warehouse and Airflow itself: an exception here would end the watch."""
        from gmsd.settings import get_settings

        store = self.asset_state_store
        if store is None:
            raise RuntimeError("the inbox is watched for an asset only")
        watch, said = Watch(), ""
        while True:
            begun = dt.datetime.now(dt.UTC)
            silent: Service | None = None
            try:
                # the clients block: in a thread, or every trigger would stand still
                fingerprint = await asyncio.to_thread(_look)
                if fingerprint != await store.aget("fingerprint"):
                    yield TriggerEvent({"inbox": fingerprint})
                    # after the event: a crash in between repeats it, which is better than losing it
                    await store.aset("fingerprint", fingerprint)
                said = ""
            except Exception as error:  # noqa: BLE001 - whatever keeps a service from answering: the next look may find it well
                if type(error).__name__ != said:
                    self.log.warning("the inbox cannot be watched, going on trying: %s", type(error).__name__)
                said = type(error).__name__
                silent = service_of(error)
                if silent is not None:
                    watch.silent(silent, begun)
            try:
                await asyncio.to_thread(watch.note, silent_now=silent)
            except Exception as error:  # noqa: BLE001 - as above; what is not noted now is noted later
                self.log.warning("an outage is not noted yet: %s", type(error).__name__)
            await asyncio.sleep(get_settings().inbox_poll_seconds)


def _look() -> str:
    """What is in the inbox; it fails when the warehouse does not answer either."""
    from gmsd.database import connect, statement
    from gmsd.deliveries import inbox_fingerprint
    from gmsd.settings import get_settings
    from gmsd.store import get_store

    settings = get_settings()
    found = inbox_fingerprint(get_store(settings), settings.bucket_inbox)
    with connect(settings, "loader").connect() as connection:
        connection.execute(statement("clock/read"))
    return found
