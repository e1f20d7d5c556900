"""How often one address may ask: a bucket for each that fills up again, in memory and bounded."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Receive, Scope, Send

MOST_ADDRESSES = 50_000
_ONE = 1 - 1e-9


class Allowance:
    """Refuses with 429 who asks more often than the limit for two seconds on end."""

    def __init__(self, app: ASGIApp, *, per_second: int, ticks: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._per_second = per_second
        self._ticks = ticks
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "http" and scope["path"] != "/gezond" and not self.allows((scope.get("client") or ("",))[0]):
            said = PlainTextResponse("Te veel vragen tegelijk; probeer het over een seconde nog eens.", 429, {"Retry-After": "1"})
            await said(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def allows(self, address: str) -> bool:
        """Whether an address may ask once more now."""
        at, most = self._ticks(), 2.0 * self._per_second
        left, since = self._left.pop(address, (most, at))
        left = min(most, left + (at - since) * self._per_second)
        allowed = left >= _ONE
        self._left[address] = (left - 1 if allowed else left, at)
        if len(self._left) > MOST_ADDRESSES:
            self._left.popitem(last=False)
        return allowed
