"""Two questions that the S3 door asks about every put are answered at once instead of by the whole pipeline and a storage server.

Before it writes an object, s3api asks who signed the request (a `TEST` that ends in the proxy's 405) and what the bucket allows whom (a
`HEAD` of the container). Who signed is known when tempauth has let the question through; what the bucket allows changes only by a request
that passes here. Right for exactly one proxy process (`workers = 0`); stands behind `tempauth`, so that nobody is answered unknown.
"""

# ruff: noqa: ARG001 - the names of the arguments are those of paste.deploy

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from swift.common.swob import HTTPMethodNotAllowed, Request

from services.gate import WRITES_OBJECT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
    Answer = tuple[str, list[tuple[str, str]], float]

SECONDS = 60  # as long as Swift itself trusts what it remembers of a container
_CHANGES = frozenset(("PUT", "POST", "DELETE"))


class Shortcuts:
    """The filter; remembers what was last answered about each container, and how often one began or ended to change."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.answers: dict[str, Answer] = {}
        self.changes = 0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer the two questions; pass everything else on, and forget a container that is changed."""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if method == "TEST":
            return HTTPMethodNotAllowed(request=Request(environ))(environ, start_response)
        if not _is_container(path):
            return self.app(environ, start_response)
        if method in _CHANGES:
            self.changes += 1
            try:
                return self.app(environ, start_response)
            finally:
                self.changes += 1
                self.answers.pop(path, None)
        if method == "HEAD" and environ.get(WRITES_OBJECT) and not environ.get("QUERY_STRING"):
            return self._head(path, environ, start_response)
        return self.app(environ, start_response)

    def _head(self, path: str, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        known = self.answers.get(path)
        if known is None or known[2] < time.monotonic():
            changes = self.changes
            response = Request(environ).get_response(self.app)
            response.body  # noqa: B018 - read to its end, so that the connection behind it is free again
            known = (response.status, list(response.headers.items()), time.monotonic() + SECONDS)
            if response.is_success and changes == self.changes:  # an answer from before a change must not outlive it
                self.answers[path] = known
        start_response(known[0], list(known[1]))
        return [b""]


def _is_container(path: str) -> bool:
    version, account, container, *rest = [*path.removeprefix("/").split("/"), "", ""][:5]
    return bool(version and account and container) and not any(rest)


def filter_factory(global_conf: dict[str, str], **local_conf: str) -> type[Shortcuts]:
    """Paste's door."""
    return Shortcuts
