"""The watcher of the inbox: an asset event whenever the bucket's listing is no longer what it was."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class InboxTrigger(BaseEventTrigger):
    """Fires when the listing of the inbox differs from the one it reported last.

    It says only that something changed. What is new is found by intake against the register, so an event too many does no harm and the
    sweep repairs an event too few. The last listing is kept in Airflow's asset state store, which survives a restart. Addresses and
    credentials come from the settings: Airflow stores a trigger's arguments.
    """

    def __init__(self, poll_seconds: float) -> None:
        super().__init__()
        self.poll_seconds = poll_seconds

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Import path and arguments, from which the triggerer makes it."""
        return f"{type(self).__module__}.{type(self).__qualname__}", {"poll_seconds": self.poll_seconds}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Poll for ever."""
        store = self.asset_state_store
        if store is None:
            raise RuntimeError("the inbox is watched for an asset only")
        said = ""
        while True:
            try:
                # the S3 client blocks: in a thread, or every trigger would stand still
                fingerprint = await asyncio.to_thread(_fingerprint)
            except Exception as error:  # noqa: BLE001 - whatever keeps the store from answering: a trigger that raises is not started again
                if str(error) != said:
                    self.log.warning("the inbox cannot be listed, going on trying: %s", error)
                said = str(error)
            else:
                said = ""
                if fingerprint != await store.aget("fingerprint"):
                    yield TriggerEvent({"inbox": fingerprint})
                    # after the event: a crash in between repeats it, which is better than losing it
                    await store.aset("fingerprint", fingerprint)
            await asyncio.sleep(self.poll_seconds)


def _fingerprint() -> str:
    from gmsd.deliveries import inbox_fingerprint
    from gmsd.settings import get_settings
    from gmsd.store import get_store

    settings = get_settings()
    return inbox_fingerprint(get_store(settings), settings.bucket_inbox)
