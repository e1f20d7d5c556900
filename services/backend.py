"""Closes Swift's storage servers: they answer only to requests that prove to come from a process of the same installation.

Swift trusts whoever reaches its account, container and object servers; on loopback that is every account of the machine. Here each request
between Swift's own processes carries a proof: the HMAC-SHA256 of method, port, moment and address under a secret that only our account can
read. The secret itself never travels, so that a program which takes a port while its server is away learns nothing that opens another.
"""

# ruff: noqa: ARG001 - the names of the arguments are those of paste.deploy

from __future__ import annotations

import hashlib
import hmac
import time
from configparser import RawConfigParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

HEADER = "X-Gmsd-Proof"
SECONDS = 60  # both ends have the same clock; a request may wait this long in a busy server
SETTING = "gmsd_backend_key"  # in [DEFAULT] of every configuration of Swift


def proof(key: bytes, method: str, port: int | str, address: str, moment: str) -> str:
    """What shows that a request was made by who holds the key; `address` is path and query as they stand in the request line."""
    text = "\n".join((method, str(port), moment, address))
    return hmac.new(key, text.encode("utf-8", "surrogateescape"), hashlib.sha256).hexdigest()


def sign_calls(key_file: str) -> None:
    """Let every connection that this process makes to a storage server carry the proof.

    All of Swift's calls to them (proxy, updaters, expirer, replicators, direct client) pass through BufferedHTTPConnection.
    """
    from swift.common.bufferedhttp import BufferedHTTPConnection

    key = Path(key_file).read_bytes().strip()
    plain = BufferedHTTPConnection.putrequest
    if getattr(plain, "signs", False):
        return

    def putrequest(self: Any, method: str, url: Any, *arguments: Any, **options: Any) -> Any:
        result = plain(self, method, url, *arguments, **options)
        moment = f"{time.time():.3f}"
        address = url.decode("latin-1") if isinstance(url, bytes) else url
        self.putheader(HEADER, f"{moment} {proof(key, method, self.port, address, moment)}")
        return result

    putrequest.signs = True  # type: ignore[attr-defined]
    BufferedHTTPConnection.putrequest = putrequest


def key_file_of(configuration: str) -> str:
    """Where a configuration of Swift says that the secret lies."""
    parser = RawConfigParser()
    parser.read(configuration)
    return parser.defaults()[SETTING]


def caller_factory(global_conf: dict[str, str], **local_conf: str) -> Callable[[App], App]:
    """A filter that changes nothing of what comes in, and signs what this process asks of storage servers."""
    sign_calls(global_conf[SETTING])
    return lambda app: app


def closed_factory(global_conf: dict[str, str], **local_conf: str) -> Callable[[App], App]:
    """The first filter of a storage server: whatever carries no proof gets 403, whatever its method and address."""
    sign_calls(global_conf[SETTING])  # a storage server calls others: it reports new objects and counts
    key = Path(global_conf[SETTING]).read_bytes().strip()

    def make(app: App) -> App:
        def call(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            if is_ours(key, environ, time.time()):
                return app(environ, start_response)
            start_response("403 Forbidden", [("Content-Length", "0")])
            return [b""]

        return call

    return make


def is_ours(key: bytes, environ: dict[str, Any], now: float) -> bool:
    """Whether a request carries a proof, made just now, for itself."""
    moment, _, given = environ.get("HTTP_X_GMSD_PROOF", "").partition(" ")
    try:
        fresh = abs(now - float(moment)) < SECONDS  # also false for nan
    except ValueError:
        return False
    query = environ.get("QUERY_STRING")
    address = environ["RAW_PATH_INFO"] + (f"?{query}" if query else "")
    wanted = proof(key, environ["REQUEST_METHOD"], environ["SERVER_PORT"], address, moment)
    return hmac.compare_digest(wanted.encode(), given.encode("utf-8", "surrogateescape")) and fresh
