"""What stands before every page: how often one address may ask, what every answer carries, and what is noted of a request."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, Final

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

access = logging.getLogger("gmsd.portal.access")

HEADERS: Final = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cache-control": "no-store",
}
_A_YEAR: Final = "max-age=31536000"


class Limits:
    """How often an address may do something, counted in the memory of this process."""

    def __init__(self, requests_per_minute: int, tries_per_quarter: int) -> None:
        self._window = MovingWindowRateLimiter(MemoryStorage())
        self._requests = parse(f"{requests_per_minute}/minute")
        self._tries = parse(f"{tries_per_quarter}/15 minutes")

    def may_ask(self, who: str) -> bool:
        """Count a request; whether it may be answered."""
        return self._window.hit(self._requests, "request", who)

    def may_try(self, *whom: str) -> bool:
        """Whether another secret may be tried: from this address, for this account."""
        return all(self._window.test(self._tries, "try", who) for who in whom)

    def tried(self, *whom: str) -> None:
        """Count a secret that was wrong."""
        for who in whom:
            self._window.hit(self._tries, "try", who)


class Guard:
    """The outermost layer of the portal."""

    def __init__(self, app: ASGIApp, limits: Limits, *, behind_tls: bool) -> None:
        """`behind_tls`: browsers reach the portal by https, and are told to stay with it."""
        self._app, self._limits = app, limits
        headers = HEADERS | ({"strict-transport-security": _A_YEAR} if behind_tls else {})
        self._headers = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, told = time.monotonic(), {"status": 0}

        async def answered(message: Message) -> None:
            if message["type"] == "http.response.start":
                told["status"] = message["status"]
                given = {name.lower() for name, _ in message["headers"]}
                message = {**message, "headers": [*message["headers"], *(each for each in self._headers if each[0] not in given)]}
            await send(message)

        try:
            if self._limits.may_ask(client_of(scope)):
                await self._app(scope, receive, answered)
            else:
                words = "U vraagt te snel achter elkaar. Wacht een minuut en probeer het opnieuw."
                await PlainTextResponse(words, 429, {"retry-after": "60", "content-language": "nl"})(scope, receive, answered)
        except Exception:
            if not told["status"]:
                raise
            # its handler has answered and noted it
        finally:
            access.info("%s %s %d %.0f ms", scope["method"], address_of(scope), told["status"], 1000 * (time.monotonic() - begun))


def client_of(scope: MutableMapping[str, Any]) -> str:
    """The address that asks; behind a proxy on this machine the one that it names."""
    client = scope.get("client")
    return client[0] if client else ""


def address_of(scope: MutableMapping[str, Any]) -> str:
    """What is noted of an address: never its query, nor a token."""
    path = str(scope["path"])
    for before in ("/link/", "/wachtwoord/", "/intrekken/"):
        # below /intrekken/ also lie places, which have two or three parts
        if path.startswith(before) and (before != "/intrekken/" or "/" not in path.removeprefix(before)):
            return f"{before}…"
    return "".join(sign if sign.isprintable() else "?" for sign in path[:100])
