"""A put that is refused because an object stands there already leaves nothing behind, in a bucket with versions too.

Swift writes the bytes of a put into its container of versions first, and only then finds out that `If-None-Match: *` forbids it: the client
gets a 412, and the bytes stay as a version above the current one. Here the question is asked before anything is written; should another put
of the same key come in between, what was written is deleted again. Stands in front of `versioned_writes`.
"""

# ruff: noqa: ARG001 - the names of the arguments are those of paste.deploy

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swift.common.middleware.versioned_writes.object_versioning import SYSMETA_VERSIONS_ENABLED
from swift.common.swob import HTTPPreconditionFailed, Request, wsgi_quote
from swift.common.utils import config_true_value, split_path
from swift.common.wsgi import make_pre_authed_request
from swift.proxy.controllers.base import get_container_info

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_ENABLED = SYSMETA_VERSIONS_ENABLED.lower().removeprefix("x-container-sysmeta-")


class Refusals:
    """The filter."""

    def __init__(self, app: App) -> None:
        self.app = app

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Pass a request on, unless it is a put that would be refused after it was written."""
        if environ["REQUEST_METHOD"] != "PUT" or "HTTP_IF_NONE_MATCH" not in environ or not self._versioned(environ):
            return self.app(environ, start_response)
        if self._ask(environ, "HEAD").is_success:
            return HTTPPreconditionFailed(request=Request(environ))(environ, start_response)
        path = environ["PATH_INFO"]
        response = Request(environ).get_response(self.app)
        written = response.headers.get("X-Object-Version-Id")
        if response.status_int == HTTPPreconditionFailed().status_int and written:
            self._ask({**environ, "PATH_INFO": path}, "DELETE", f"version-id={written}")
        return response(environ, start_response)

    def _versioned(self, environ: dict[str, Any]) -> bool:
        try:
            *_, name = split_path(environ["PATH_INFO"], 4, 4, rest_with_last=True)
        except ValueError:
            return False
        info = get_container_info(environ, self.app, swift_source="GMSD")
        return bool(name) and config_true_value((info.get("sysmeta") or {}).get(_ENABLED))

    def _ask(self, environ: dict[str, Any], method: str, query: str = "") -> Any:
        path = wsgi_quote(environ["PATH_INFO"]) + (f"?{query}" if query else "")
        answer = make_pre_authed_request(environ, method=method, path=path, swift_source="GMSD").get_response(self.app)
        answer.body  # noqa: B018 - read to its end, so that the connection behind it is free again
        return answer


def filter_factory(global_conf: dict[str, str], **local_conf: str) -> type[Refusals]:
    """Paste's door."""
    return Refusals
