"""What another account of this machine can do: a function run in a process of such an account."""

from __future__ import annotations

import json
import os
import sys
import traceback
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

NOBODY = 65534


def as_stranger(function: Callable[[], Any]) -> Any:
    """What `function` returns (plain values) in a process of uid 65534.

    Only root can become another account; without that right it runs as ourselves, who then merely lack the secrets that `function` does
    not read.

    Raises:
        RuntimeError: `function` raised; the message holds its traceback.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        _run(function, writing)
    os.close(writing)
    with os.fdopen(reading) as stream:
        answer = json.loads(stream.read() or '{"failed": "it said nothing"}')
    os.waitpid(child, 0)
    if "failed" in answer:
        raise RuntimeError(answer["failed"])
    return answer["result"]


def _run(function: Callable[[], Any], writing: int) -> None:
    try:
        if os.getuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            os.chdir("/")
        answer = {"result": function()}
    except BaseException:  # noqa: BLE001 - whatever it is, the parent must hear it
        answer = {"failed": traceback.format_exc()}
    with os.fdopen(writing, "w") as stream:
        stream.write(json.dumps(answer))
    os._exit(0)
