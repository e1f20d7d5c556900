"""What waits in the triggerer for a fact in the warehouse."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

POLL_SECONDS = 2.0


class WarehouseTrigger(BaseTrigger):
    """Fires when there is nothing to wait for any more.

    What it fires says nothing of what came of it: the task reads that in the warehouse. Addresses come from the settings, as Airflow stores
    a trigger's arguments.
    """

    def __init__(self, run_id: str) -> None:
        super().__init__()
        self.run_id = run_id

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Import path and arguments, from which the triggerer makes it, also after a restart."""
        return f"{type(self).__module__}.{type(self).__qualname__}", {"run_id": self.run_id}

    @abstractmethod
    def waits(self) -> bool:
        """Whether it has to be waited for still; asked in a thread, as the driver of the database blocks."""

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Poll until there is something to read."""
        said = ""
        while True:
            try:
                waits = await asyncio.to_thread(self.waits)
            except Exception as error:  # noqa: BLE001 - whatever keeps the database from answering: the question may stand for days
                if str(error) != said:
                    self.log.warning("the warehouse does not answer, going on trying: %s", error)
                said = str(error)
            else:
                said = ""
                if not waits:
                    yield TriggerEvent({"run_id": self.run_id})
                    return
            await asyncio.sleep(POLL_SECONDS)
