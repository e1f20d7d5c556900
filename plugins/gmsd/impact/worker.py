"""A process that checks files by one version of the rules: `python -m gmsd.impact.worker`, with GMSD_HOME at that version.

It is spoken to in lines of JSON on standard input and answers one line for each. `start` in the first holds the half-years to get
ready for; `data` in a later one says how many bytes of a file follow, `path` where it lies instead. When the input ends the asking
process was killed: then this one clears away the temporary folder, as nobody else is left to do it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import tempfile
import time
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from gmsd.rounds import HalfYear

if TYPE_CHECKING:
    from gmsd.checking import CheckResult, Finding, Known
    from gmsd.protocol import Protocol

PREFIX = "gmsd-rules-impact-"


def main() -> None:
    """Start, then check what is asked for until there is no more."""
    asked = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    try:
        while line := asked.readline():
            task = json.loads(line)
            _answer(answers, _started(task["start"]) if "start" in task else _checked(task, asked))
    except BrokenPipeError:
        pass  # the same as input that ends
    _clear_away(Path(os.environ["GMSD_HOME"]).parent)


def _answer(answers: BinaryIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer | {"peak_mb": peak_mb(), "cpu": time.process_time()}).encode() + b"\n")
    answers.flush()


def _clear_away(folder: Path) -> None:
    """Remove the folder of the comparison, and nothing that is not one."""
    if folder.name.startswith(PREFIX) and folder.parent == Path(tempfile.gettempdir()):
        shutil.rmtree(folder, ignore_errors=True)


def peak_mb() -> int:
    """The most memory this process has held, 0 where Linux does not tell. Getrusage begins at what the starting process held: not that."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) // 1024


def _started(half_years: list[str]) -> dict[str, Any]:
    """Read the rules and try them on a file of one empty record, so that nothing later pays for what happens once."""
    from gmsd.protocol import ProtocolError, has_protocol, laws, newest_protocol, protocol_for

    try:
        protocols = {(newest := newest_protocol(law.id)).id: newest for law in laws()}
        for half_year, law in product(map(HalfYear.parse, half_years), laws()):
            if has_protocol(half_year, law.id):
                found = protocol_for(half_year, law.id)
                protocols[found.id] = found
                _tried(found, half_year)
    except ProtocolError as error:
        return {"error": _plain(error)}
    except Exception as error:  # noqa: BLE001  whatever a rule file can bring about is an answer to who changed it
        return {"error": f"{type(error).__name__}: {_plain(error)}"}
    return {"rules": {name: {code: described(protocol, code) for code in protocol.rules} for name, protocol in protocols.items()}}


def _tried(protocol: Protocol, half_year: HalfYear) -> None:
    header, record = protocol.separator.join(protocol.header), protocol.separator * (len(protocol.header) - 1)
    task = {
        "law": protocol.law.id,
        "file_name": f"{protocol.law.prefix}_{half_year.upload_code}_x.csv",
        "half_year": str(half_year),
        "received_on": half_year.last_day.isoformat(),
    }
    _outcome(task, f"{header}\n{record}\n".encode())


def _plain(error: Exception) -> str:
    """What is wrong, a line each, with places as the person knows them."""
    return str(error).replace(os.environ["GMSD_HOME"] + os.sep, "")


def _checked(task: dict[str, Any], asked: BinaryIO) -> dict[str, Any]:
    data = asked.read(task["data"]) if "data" in task else None
    wall, cpu = time.perf_counter(), time.process_time()
    outcome = _outcome(task, data)
    return outcome | {"seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu}


def _outcome(task: dict[str, Any], data: bytes | None) -> dict[str, Any]:
    """The result of a check in short; or why there is none. No value of a cell is in either."""
    from gmsd.checking import check_file, check_path
    from gmsd.protocol import NoLawError, ProtocolError

    known: Known = {
        "municipality": task.get("municipality"),
        "half_year": None if task.get("half_year") is None else HalfYear.parse(task["half_year"]),
        "received_on": dt.date.fromisoformat(task["received_on"]),
        "law_id": task["law"],
        "max_lines": task.get("max_lines"),
    }
    limit = task.get("max_bytes")
    try:
        if data is None:
            result = check_path(Path(task["path"]), max_bytes=limit, **known)
        else:
            result = check_file(data, file_name=task["file_name"], max_bytes=limit, **known)
    except (NoLawError, ProtocolError) as error:
        return {"failed": _plain(error)}
    except OSError as error:
        return {"unreadable": (error.strerror or type(error).__name__).lower()}
    except Exception as error:  # noqa: BLE001  a fault of one file or rule must not end the comparison; its text may quote a cell
        return {"failed": type(error).__name__}
    return compared(result)


def compared(result: CheckResult) -> dict[str, Any]:
    """What is compared of a result."""
    return {
        "verdict": result.verdict,
        "records": result.records,
        "protocol": result.protocol,
        "findings": {finding.rule: _finding(finding) for finding in result.findings},
        "not_run": [rule.rule for rule in result.not_run],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    everything = hashlib.sha256(np.asarray(finding.all_lines, dtype=np.int64).tobytes()).hexdigest()[:16]
    words = _digest([finding.message, finding.repair, finding.source])
    return {"level": finding.level, "field": finding.field, "count": finding.count, "lines": everything, "wording": words}


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:16]


def described(protocol: Protocol, code: str) -> dict[str, str]:
    """A rule's level, a digest of all that decides what it finds (its arguments, derived columns, code lists), and one of its words."""
    rule = protocol.rules[code]
    entries = [each for suite in protocol.suites.values() for each in suite["expectations"] if each["meta"]["code"] == code]
    decides = [[entry["type"], entry["kwargs"]] for entry in entries]
    text = json.dumps(decides, default=str)
    rests_on: dict[str, Any] = {}
    for derived in reversed(protocol.derived):  # what a column is made of was made before it
        if f'"{derived.column}"' in text:
            rests_on[derived.column] = [derived.kind, derived.of, derived.settings]
            text += json.dumps([derived.of, derived.settings], default=str)
    for name, codes in protocol.code_lists.items():
        if f'"CODES_{name.upper()}"' in text or f'"{name}"' in text:
            rests_on[name] = [(each.code, each.valid_from, each.valid_to) for each in codes.codes]
    if rule.check is not None and rule.check.startswith("name_"):
        rests_on["name"] = [protocol.law.prefix, protocol.law.extensions, sorted(protocol.law.forbidden)]
    definition = _digest([rule.level, rule.field, rule.check, decides, rests_on])
    return {"level": rule.level, "definition": definition, "wording": _digest([rule.message, rule.repair, rule.source])}


if __name__ == "__main__":
    main()
