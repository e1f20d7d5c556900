"""One case in a process of its own: set up, then once through for each line that comes in, an answer in JSON for each.

`python -m tests.bench.worker <module>:<function> <folder>`. The function takes the folder and returns what is measured, a function without
arguments; what it needs but is no part of the measurement (imports, a first run on one record) it does before it returns.
`python -m tests.bench.worker <module>:<function> <folder> <rows>` makes files and tells how many rows there are.
"""

from __future__ import annotations

import contextlib
import json
import resource
import sys
import time
from importlib import import_module
from pathlib import Path

from tests.bench.commands import Measured


def main() -> None:
    """Serve the process that measures."""
    module, _, function = sys.argv[1].partition(":")
    work, folder = getattr(import_module(module), function), Path(sys.argv[2])
    answers, sys.stdout = sys.stdout, sys.stderr
    if len(sys.argv) > 3:
        answers.write(json.dumps({"rows": work(folder, int(sys.argv[3]))}) + "\n")
        return
    run = work(folder)
    for _ in sys.stdin:
        start, busy = time.perf_counter(), time.process_time()
        answer = run()
        seconds, cpu = time.perf_counter() - start, time.process_time() - busy
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        if isinstance(answer, Measured):
            seconds, cpu, peak, answer = *answer, None
        answers.write(json.dumps({"seconds": seconds, "cpu": cpu, "peak_mb": peak, "answer": answer}) + "\n")
        answers.flush()
        del answer


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
