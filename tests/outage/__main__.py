"""`python -m tests.outage [--minutes 10] [--only PostgreSQL,...] [--again]`: the outage table; exit status 1 when a cell is wrong."""

from __future__ import annotations

import argparse
import json
import secrets
import shutil
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from services.state import PORTS, free_port
from tests.outage.play import Outage, Outcome, Play
from tests.support.outage import GROUPS
from tests.support.played import Home
from tests.support.stack import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS = ("pseudonym", "rounding", "reference")
WHEN = ("burst of uploads", "publication")
# A publication sends no mail: nobody notices that the mail server is away, and there is nothing to tell.
UNNOTICED = {("mail server", "publication")}
STARTS = 3
FOLDER = PROJECT / "var" / "test-outage"


def main() -> int:
    """Play undisturbed, then once for each service, and compare."""
    parser = argparse.ArgumentParser(prog="tests.outage", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="how long a service is away")
    parser.add_argument("--only", default=",".join(GROUPS), help="services, separated by commas")
    parser.add_argument("--side-by-side", type=int, default=2, help="installations at the same time")
    parser.add_argument("--again", action="store_true", help="play only what has not been played to its end before")
    arguments = parser.parse_args()
    names = [name for name in arguments.only.split(",") if name]
    if unknown := set(names) - set(GROUPS):
        parser.error(f"no such service: {', '.join(sorted(unknown))}; there are {', '.join(GROUPS)}")
    begin = time.monotonic()

    def say(who: str, what: str) -> None:
        print(f"{time.monotonic() - begin:6.0f} s  {who}: {what}", flush=True)

    starting = threading.Lock()

    def play(name: str) -> Outcome | None:
        kept = FOLDER / f"{name.replace(' ', '-')}.json"
        if arguments.again and kept.exists():
            return Outcome(**json.loads(kept.read_text(encoding="utf-8")))
        kept.unlink(missing_ok=True)
        home = Home(FOLDER / name.replace(" ", "-"))
        _give_keys(home.var)
        outage = Outage(name, arguments.minutes) if name in GROUPS else None
        say(name, "plays")
        with tempfile.TemporaryDirectory() as folder:
            try:
                with starting:  # two that start at once would choose the same ports
                    _start(home, lambda what: say(name, what))
                found = Play(home, burst=outage, publication=outage, say=lambda what: say(name, what)).play(Path(folder))
            except Exception as error:  # noqa: BLE001 - whatever ends one play, the others go on
                say(name, f"broke off: {type(error).__name__}: {error}")
                return None
            finally:
                home.stop()
        say(name, "played")
        kept.write_text(json.dumps(asdict(found), indent=1) + "\n", encoding="utf-8")
        return found

    _make_keys()  # before two play at once
    with ThreadPoolExecutor(arguments.side_by_side) as pool:
        undisturbed, *outcomes = pool.map(play, ["undisturbed", *names])
    if undisturbed is None:
        print("WRONG: the play without an outage did not come to its end; there is nothing to compare with")
        return 1
    rows: list[dict[str, object]] = []
    wrong = [f"{name}: it did not come to its end by itself" for name, found in zip(names, outcomes, strict=True) if found is None]
    for name, found in zip(names, outcomes, strict=True):
        if found is None:
            continue
        problems = deviations(undisturbed, found, name)
        wrong += [f"{name}: {problem}" for problem in problems]
        rows += [row(name, when, arguments.minutes, undisturbed, found, problems) for when in WHEN]
    print(table(rows))
    (FOLDER / "latest.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    for each in wrong:
        print(f"WRONG: {each}")
    return 1 if wrong else 0


def _own_ports(var: Path) -> None:
    """Free ports of its own for each installation: where several start at once, two may settle on the same."""
    chosen: dict[str, int] = {}
    for name in PORTS:
        chosen[name] = free_port(chosen)
    (var / "secrets" / "ports.json").write_text(json.dumps(chosen), encoding="ascii")


def _start(home: Home, say: Callable[[str], None]) -> None:
    """Start an empty installation; on a busy machine Airflow may need a second attempt."""
    for attempt in range(STARTS):
        try:
            _own_ports(home.var)
            return home.start()
        except RuntimeError as error:
            say(f"did not start: {str(error).strip().splitlines()[-1]}")
            if attempt == STARTS - 1:
                raise
    return None


def _make_keys() -> None:
    """The keys that every installation gets: a release's bytes depend on them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in KEYS:
        shared = FOLDER / f"{name}.key"
        if not shared.exists():
            shared.write_text(secrets.token_hex(32) + "\n", encoding="ascii")


def _give_keys(var: Path) -> None:
    folder = var / "secrets"
    folder.mkdir(parents=True, exist_ok=True)
    for name in KEYS:
        shutil.copy(FOLDER / f"{name}.key", folder / f"{name}.key")


def deviations(undisturbed: Outcome, found: Outcome, service: str) -> list[str]:
    """Everything that an outage changed and should not have."""
    wrong = []
    if found.states != undisturbed.states:
        wrong.append(f"states of deliveries: {sorted(set(found.states.items()) ^ set(undisturbed.states.items()))}")
    if found.forms != undisturbed.forms:
        wrong.append(f"states of forms: {sorted(set(found.forms.items()) ^ set(undisturbed.forms.items()))}")
    if "received" in found.states.values():
        wrong.append("a delivery waits for its check")
    if missing := set(undisturbed.mails) ^ set(found.mails):
        wrong.append(f"mails that only one play sent: {sorted(missing)}")
    if doubled := [name for name, count in found.mails.items() if count != 1]:
        wrong.append(f"mails not sent once: {sorted(doubled)}")
    if found.release != undisturbed.release or not found.release:
        wrong.append(f"files of the release: {sorted(set(found.release.items()) ^ set(undisturbed.release.items()))}")
    if found.failed:
        wrong.append(f"runs that failed: {found.failed}")
    if not_running := [name for name, state in found.programs.items() if state != "RUNNING"]:
        wrong.append(f"programs that do not run: {not_running}")
    about = f"<outage.{service.replace(' ', '-')}."
    told = [name for name, _ in found.told]
    expected = {when: 0 if (service, when) in UNNOTICED else 1 for when in WHEN}
    if found.noticed != expected or len(set(told)) != len(told) or not all(name.startswith(about) for name in told):
        wrong.append(f"mails to the engineer, of whom {expected} were expected: {found.told}")
    return wrong


def row(name: str, when: str, minutes: float, undisturbed: Outcome, found: Outcome, problems: list[str]) -> dict[str, object]:
    """One cell of the table."""
    once = sum(found.mails.get(mail) == 1 for mail in undisturbed.mails)
    final = sum(state != "received" for state in found.states.values())
    same = sum(found.release.get(path) == digest for path, digest in undisturbed.release.items())
    return {
        "service": name,
        "taken away in the": when,
        "minutes": minutes,
        "settled after (s)": round(found.seconds[when]),
        "engineer had to do": "nothing" if not problems else "see below",
        "deliveries final": f"{final} of {len(undisturbed.states)}",
        "mails sent once": f"{once} of {len(undisturbed.mails)}",
        "mails to the engineer": found.noticed[when],
        "release files equal": f"{same} of {len(undisturbed.release)}",
    }


def table(rows: list[dict[str, object]]) -> str:
    """The rows as Markdown."""
    if not rows:
        return "no cells"
    lines = [" | ".join(rows[0]), " | ".join("---" for _ in rows[0]), *(" | ".join(str(value) for value in each.values()) for each in rows)]
    return "\n".join(f"| {line} |" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
