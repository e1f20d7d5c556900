"""Run every case in a process of its own, print one table of ratios and write `var/bench/latest.json`.

A ratio compares the best times of two cases of this run; times by themselves say more of the machine than of the code.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

REPEATS = 5
RESULT = Path("var/bench/latest.json")


def measure(folder: Path, name: str) -> dict[str, Any]:
    """Best time of one case in this process, after a first run that warms up, and the peak memory."""
    from tests.bench.cases import cases

    run, _ = cases(folder)[name]
    run()
    best = float("inf")
    for _ in range(REPEATS):
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return {"seconds": best, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}


def main() -> None:
    """Measure all cases, then compare."""
    from tests.bench.cases import cases, prepare

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        rows = prepare(folder)
        compared = {name: ratio_to for name, (_, ratio_to) in cases(folder).items()}
        found: dict[str, dict[str, Any]] = {}
        for name in compared:
            sys.stderr.write(f"measuring: {name}\n")
            answer = subprocess.run([sys.executable, "-m", "tests.bench", str(folder), name], check=True, capture_output=True, text=True)
            found[name] = json.loads(answer.stdout.splitlines()[-1])
    runs = []
    for name, ratio_to in compared.items():
        ratio = found[name]["seconds"] / found[ratio_to]["seconds"] if ratio_to else 1.0
        runs.append({"name": name, "rows": rows, **found[name], "ratio_to": ratio_to, "ratio": round(ratio, 2)})
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps({"runs": runs}, indent=1) + "\n", encoding="utf-8")
    print(f"{'case':32} {'rows':>9} {'seconds':>9} {'peak MB':>8}  ratio")
    for each in runs:
        against = f"{each['ratio']:.2f} x {each['ratio_to']}" if each["ratio_to"] else "1"
        print(f"{each['name']:32} {each['rows']:9,} {each['seconds']:9.3f} {each['peak_mb']:8}  {against}")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        print(json.dumps(measure(Path(sys.argv[1]), sys.argv[2])))
    else:
        main()
