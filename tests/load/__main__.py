"""`python -m tests.load`: a release of all municipalities, tables and ten half-years, the site over it on one core, and readers who ask.

Requests leave at fixed moments, whether the ones before were answered or not, and a time counts from the moment it should have left.
Nothing is judged; the figures are for docs/decisions/0050.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import os
import random
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gmsd.reference import municipalities
from gmsd.rounds import HalfYear
from tests.support.releases import content
from tests.support.served import release_folder
from tests.support.stack import PROJECT

if TYPE_CHECKING:
    from collections.abc import Iterator

HALVES = tuple(HalfYear(year, half) for year in range(2019, 2024) for half in (1, 2))
TABLES = ("83262NED", "83264NED", "86050NED", "83268NED", "GMSDMA01")
WHOLE = "/ODataApi/odata/86050NED/TypedDataSet?$format=json"


def main() -> None:
    """Build, serve, ask, and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--rate", type=int, default=100, help="requests a second")
    parser.add_argument("--warm", type=int, default=30, help="seconds after the start; 240 and every usual page has been made")
    parser.add_argument("--folder", type=Path, default=PROJECT / "var" / "load", help="where the release is made, once")
    parser.add_argument("--against", type=Path, help="another checkout, whose OData is asked the same")
    parser.add_argument("--export", action="store_true", help="write the site as files too, twice")
    given = parser.parse_args()
    folder = given.folder / "release"
    if not (folder / "release.json").is_file():
        begin = time.monotonic()
        release_folder(folder, content(*HALVES, all_places=True, every_table=True))
        print(f"release of {len(HALVES)} half-years made in {time.monotonic() - begin:.0f} s")
    with served(PROJECT, folder) as (port, process):
        asyncio.run(warmed(port, given.warm))
        told("all municipalities for the first time", asyncio.run(asked(port, first_time(), given.rate)), process)
        told(f"mixed, {given.seconds} s", asyncio.run(asked(port, mixed(given.rate * given.seconds), given.rate)), process)
        ours = [asyncio.run(whole(port)) for _ in range(4)]
        print(f"OData, a whole table of {ours[0][1]:,} rows: {times(ours)}; {memory(process)}")
    if given.against:
        with served(given.against, folder) as (port, process):
            theirs = [asyncio.run(whole(port)) for _ in range(4)]
            print(f"the other build: {times(theirs)}; {memory(process)}")
    if given.export:
        for name in ("one", "other"):
            begin = time.monotonic()
            command = [sys.executable, "-m", "gmsd.cli", "site", "export", "--folder", str(folder), "--to", str(given.folder / name)]
            subprocess.run(command, env=environment(PROJECT), check=True)
            print(f"exported in {time.monotonic() - begin:.0f} s")
        same = subprocess.run(["diff", "-rq", given.folder / "one", given.folder / "other"], check=False).returncode == 0
        print(f"both exports are {'the same' if same else 'DIFFERENT'}, byte for byte")


def times(found: list[tuple[float, int]]) -> str:
    return f"first {found[0][0]:.2f} s, then {min(each for each, _ in found[1:]):.2f} s"


def environment(checkout: Path) -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(checkout / "plugins"), "PYTHONUNBUFFERED": "1", "GMSD_SITE_REQUESTS_PER_SECOND": "0"}


@contextmanager
def served(checkout: Path, folder: Path) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """The site of a checkout, held to one core."""
    command = ["taskset", "-c", "0", sys.executable, "-m", "gmsd.cli", "serve", "--folder", str(folder)]
    with subprocess.Popen(command, env=environment(checkout), stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = next(match for line in process.stdout if (match := re.search(r"catalog_url [\d.]+:(\d+)", line)))
            yield int(found[1]), process
        finally:
            process.terminate()


def memory(process: subprocess.Popen[str]) -> str:
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    found = dict(re.findall(r"^(VmRSS|VmHWM):\s+(\d+) kB", status, re.MULTILINE))
    return f"memory {int(found['VmRSS']) >> 10} MB, at most {int(found['VmHWM']) >> 10} MB"


def first_time() -> list[str]:
    """Every municipality once: nothing of it has been made."""
    return [f"/gemeente/GM{code}" for code in municipalities(HALVES[-1])]


def mixed(count: int) -> list[str]:
    """What readers ask: municipalities, some in other periods and as list, topics, comparisons, the start, searches."""
    draw = random.Random(1)
    codes = sorted(municipalities(HALVES[-1]))
    periods = [half.statline for half in HALVES]
    made = []
    for _ in range(count):
        code, kind = draw.choice(codes), draw.random()
        if kind < 0.55:
            made.append(f"/gemeente/GM{code}")
        elif kind < 0.70:
            made.append(f"/gemeente/GM{code}?periode={draw.choice(periods)}")
        elif kind < 0.75:
            made.append(f"/gemeente/GM{code}?weergave=lijst")
        elif kind < 0.87:
            made.append(f"/onderwerp/{draw.choice(TABLES)}")
        elif kind < 0.92:
            made.append(f"/vergelijken/GM{code}")
        else:
            made.append(draw.choice(("/", "/?zoek=den+haag", "/uitgaven", "/stijl.css")))
    return made


async def warmed(port: int, seconds: int) -> None:
    """The release is read at the first request; that is the start, not an answer."""
    await one(port, "/")
    await asyncio.sleep(seconds)  # and then the first pages are made


async def asked(port: int, addresses: list[str], rate: int) -> list[tuple[float, int]]:
    """Ask at fixed moments; of each answer its time from when it should have left, and its status."""
    begin = time.monotonic() + 0.2
    return await asyncio.gather(*(at(port, address, begin + number / rate) for number, address in enumerate(addresses)))


async def at(port: int, address: str, moment: float) -> tuple[float, int]:
    await asyncio.sleep(max(0.0, moment - time.monotonic()))
    status, *_ = await one(port, address)
    return time.monotonic() - moment, status


async def one(port: int, address: str) -> tuple[int, bytes, bytes]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"GET {address.replace(' ', '%20')} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n"
    writer.write(head.encode())
    answer = await reader.read()
    writer.close()
    said, _, body = answer.partition(b"\r\n\r\n")
    return int(said.split()[1]), said, body


def unpacked(said: bytes, body: bytes) -> bytes:
    return gzip.decompress(body) if b"content-encoding: gzip" in said.lower() else body


async def whole(port: int) -> tuple[float, int]:
    """Read a whole table page by page: seconds waited for the service (unpacking and parsing are ours), and rows."""
    address, rows, waited = WHOLE, 0, 0.0
    while address:
        begin = time.monotonic()
        status, head, body = await one(port, address)
        waited += time.monotonic() - begin
        assert status == 200, body[:200]
        said = json.loads(unpacked(head, body))
        rows += len(said["value"])
        address = re.sub(r"^https?://[^/]+", "", said.get("odata.nextLink", ""))
    return waited, rows


def told(what: str, answers: list[tuple[float, int]], process: subprocess.Popen[str]) -> None:
    taken = sorted(each for each, _ in answers)
    wrong = sum(status != 200 for _, status in answers)
    parts = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    share = {name: 1000 * taken[min(len(taken) - 1, int(len(taken) * part))] for name, part in parts.items()}
    print(
        f"{what}: {len(taken)} answers, {wrong} not 200, " + ", ".join(f"{name} {value:.1f} ms" for name, value in share.items()), end="; "
    )
    print(memory(process))


main()
