"""`python -m tests.growth [--municipalities 30,355,3550]`: time and memory of each stage for half-years of several sizes; prints a table.

More municipalities than there are come of a country that is as many times as large. Nothing is judged here but that each way ends: what the
numbers mean stands in docs/growth.md. Sizes measured before are kept in the file of results beside new ones.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from gmsd.demo import municipalities_of
from tests.bench.whole import INBOX
from tests.growth.country import HALF_YEAR, deliveries, enlarged
from tests.support.stack import PROJECT

FOLDER = PROJECT / "var" / "test-growth"


def main() -> int:
    """Each size in a process of its own, the smallest first."""
    parser = argparse.ArgumentParser(prog="python -m tests.growth", description=__doc__)
    parser.add_argument("--municipalities", default="30,355", help="how many, separated by commas; beyond the country a multiple of it")
    parser.add_argument("--out", type=Path, default=FOLDER / "latest.json", help="where the numbers go as JSON")
    options = parser.parse_args()
    country = len(municipalities_of("all", HALF_YEAR))
    sizes = sorted(int(each) for each in options.municipalities.split(","))
    if wrong := [each for each in sizes if each > country and each % country]:
        parser.error(f"{wrong[0]} is no multiple of {country}")
    known: dict[str, Any] = json.loads(options.out.read_text(encoding="utf-8")) if options.out.exists() else {}
    for size in sizes:
        known[str(size)] = measured(size, max(1, size // country))
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    print(table({size: known[size] for size in sorted(known, key=int)}))
    return 0


def measured(size: int, times: int) -> dict[str, Any]:
    """What was measured of one size; its files and services are gone afterwards."""
    folder, begin = FOLDER / str(size), time.monotonic()

    def say(what: str) -> None:
        sys.stderr.write(f"{time.monotonic() - begin:6.0f} s  {size} municipalities: {what}\n")

    shutil.rmtree(folder, ignore_errors=True)
    records = 0
    try:
        for key, data, rows in deliveries(size if times == 1 else "all", times):
            path = folder / INBOX / key
            path.parent.mkdir(parents=True)
            path.write_bytes(data)
            records += rows
        say(f"{records:,} rows")
        library = enlarged(folder / "library", times) if times > 1 else PROJECT / "plugins"
        environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(library), str(PROJECT))), "GMSD_HOME": str(PROJECT)}
        command = [sys.executable, "-W", "ignore", "-m", "tests.growth.way", str(folder)]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True, cwd=PROJECT)
        say("walked")
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def table(found: dict[str, dict[str, Any]]) -> str:
    """A line for each stage, as Markdown: seconds, seconds of processor and MB of this process, for each size."""
    heads = ["stage", *(f"{size} ({each['rows']:,} rows)" for size, each in found.items())]
    lines = [heads, ["---"] * len(heads)]
    for stage in next(iter(found.values()))["stages"]:
        cells = [each["stages"][stage] for each in found.values()]
        lines.append([stage, *(f"{cell['seconds']:.1f} s, {cell['cpu']:.1f} s busy, {cell['peak_mb']:.0f} MB" for cell in cells)])
    for name, unit in (("figures", ""), ("database_mb", " MB"), ("children_peak_mb", " MB")):
        lines.append([name.removesuffix("_mb").replace("_", " "), *(f"{each[name]:,}{unit}" for each in found.values())])
    lines.append(
        ["store", *(", ".join(f"{bucket} {size}" for bucket, size in each["store_mb"].items()) + " MB" for each in found.values())]
    )
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
