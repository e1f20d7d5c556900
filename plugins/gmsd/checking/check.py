"""`check_file`: one file, every rule, one result."""

from __future__ import annotations

import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, NotRequired, TypedDict, Unpack

from gmsd.checking.damage import explain_characters, explain_file, explain_lines, explain_name, explain_unreadable
from gmsd.checking.header import explain_header, judge_header
from gmsd.checking.judging import judge_with_gx
from gmsd.checking.naming import FileName, name_faults
from gmsd.checking.result import CheckResult, Finding
from gmsd.delimited import Lines, physical_lines, read_text, split_body
from gmsd.dutch import dutch_number
from gmsd.masking import mask_bsn
from gmsd.protocol import Protocol, law_of, newest_protocol, protocol_or_newest
from gmsd.rounds import WMO

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from gmsd.checking.judging import Judge
    from gmsd.rounds import HalfYear, Place

_HASHED_BESIDE = 1 << 23
_PLACES = 20


class Known(TypedDict):
    """What is known of a file before it is read, from its receipt or from who asks; `check_file` says what each means."""

    municipality: str | None
    half_year: HalfYear | None
    received_on: dt.date
    law_id: NotRequired[str]
    max_lines: NotRequired[int | None]


def check_file(
    data: bytes,
    *,
    file_name: str,
    municipality: str | None,
    half_year: HalfYear | None,
    received_on: dt.date,
    law_id: str = WMO,
    max_bytes: int | None = None,
    max_lines: int | None = None,
    judge: Judge = judge_with_gx,
) -> CheckResult:
    """Check one delivery.

    Args:
        data: The file as it was delivered.
        file_name: Its name as it was uploaded.
        municipality: The delivering municipality (four digits), when known: the inbox folder or the command's option.
        half_year: The half-year of the inbox folder or of the command's option; the name's goes first, and a conflict is a fault.
        received_on: The day of receipt in Europe/Amsterdam.
        law_id: The law that the file is about: that of the inbox folder, or what `law_in_name` tells.
        max_bytes: The largest file that is read; the protocol's limit when None.
        max_lines: The most lines that are read; the protocol's limit when None.
        judge: The way to ask the suites; every way gives the same result.

    Returns:
        The result. A file fault stops the check of the content.
    """
    # Hashing a large file lets go of the interpreter, and of the other core: the check goes on beside it.
    with ThreadPoolExecutor(max_workers=1) if len(data) >= _HASHED_BESIDE else nullcontext() as beside:
        hashed = None if beside is None else beside.submit(hashlib.sha256, data)
        result = _checked(
            data,
            file_name=file_name,
            municipality=municipality,
            half_year=half_year,
            received_on=received_on,
            law_id=law_id,
            max_bytes=max_bytes,
            max_lines=max_lines,
            judge=judge,
        )
        digest = hashlib.sha256(data) if hashed is None else hashed.result()
    return replace(result, sha256=digest.hexdigest())


def _checked(
    data: bytes,
    *,
    file_name: str,
    municipality: str | None,
    half_year: HalfYear | None,
    received_on: dt.date,
    law_id: str,
    max_bytes: int | None,
    max_lines: int | None,
    judge: Judge,
) -> CheckResult:
    """The result, all but its hash."""
    name = FileName.parse(file_name, law_of(law_id))
    about = name.half_year or half_year
    rules = protocol_or_newest(about, law_id)
    protocol = rules if about is not None and rules.holds_for(about) else None
    shown = mask_bsn(file_name.encode("utf-8", "replace").decode())
    result = CheckResult(shown, protocol.id if protocol else None, about, municipality, "", len(data), 0, (), law=law_id)
    faults = _name_findings(name, shown, rules, expected=half_year, received_on=received_on)
    limits = {"max_bytes": max_bytes or rules.max_bytes, "max_lines": max_lines or rules.max_lines}
    if len(data) > limits["max_bytes"]:
        return replace(result, findings=(*faults, _over_size(rules, **limits)))
    text = read_text(data)
    if text.kind is not None:
        fault = explain_file(Finding.of(rules.rule_of("undecodable")), text.kind, law_id)
        return replace(result, records=max(physical_lines(text.content, rules.separator).count - 1, 0), findings=(*faults, fault))
    lines = physical_lines(text.content, rules.separator)
    result = replace(result, records=max(lines.count - 1, 0))
    faults += _byte_findings(lines, rules, limits, unreadable_line=text.unreadable_line)
    if faults or protocol is None or about is None:
        return replace(result, findings=tuple(faults))
    return _checked_content(result, lines, protocol, about, received_on, judge, name.provider)


def check_beginning(beginning: bytes, *, whole: bool, file_name: str, place: Place, received_on: dt.date) -> tuple[Finding, ...]:
    """File faults that the beginning of a file shows already: its name, kind, encoding and header. `check_file` finds each of them too.

    Args:
        beginning: The first bytes, at least the first line of a file that has no fault.
        whole: They are all of the file.
        file_name: Its name as it was uploaded.
        place: Where it is delivered.
        received_on: The day of receipt in Europe/Amsterdam.
    """
    if not whole:  # half a character or half a line at the end is no fault of the file
        beginning = beginning[: beginning.rfind(b"\n") + 1] or beginning
    rules = protocol_or_newest(place.half_year, place.law)
    name = FileName.parse(file_name, law_of(place.law))
    shown = mask_bsn(file_name.encode("utf-8", "replace").decode())
    faults = _name_findings(name, shown, rules, expected=place.half_year, received_on=received_on)
    text = read_text(beginning)
    if text.kind is not None:
        return (*faults, explain_file(Finding.of(rules.rule_of("undecodable")), text.kind, place.law))
    lines = physical_lines(text.content, rules.separator)
    limits = {"max_bytes": rules.max_bytes, "max_lines": rules.max_lines}
    found = [*faults, *_byte_findings(lines, rules, limits, unreadable_line=text.unreadable_line)]
    if not whole:
        found = [finding for finding in found if finding.rule != rules.rule_of("no_records").code]
    return tuple(found)


def check_path(path: Path, *, max_bytes: int | None = None, judge: Judge = judge_with_gx, **known: Unpack[Known]) -> CheckResult:
    """Check a file on disk; one over the size limit is not read into memory.

    Args:
        path: The file; its name is the delivery's name.
        max_bytes: As in `check_file`.
        judge: As in `check_file`.
        known: What is known of it.

    Raises:
        OSError: When the file cannot be opened.
    """
    with path.open("rb") as opened:
        size = os.fstat(opened.fileno()).st_size
        limit = max_bytes or newest_protocol(known.get("law_id", WMO)).max_bytes
        if size <= limit:
            # as much as was measured: what is still being written to it meanwhile is no part of it
            return check_file(opened.read(size), file_name=path.name, max_bytes=max_bytes, judge=judge, **known)
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return check_unread(size, digest, file_name=path.name, max_bytes=limit, **known)


def check_unread(size: int, sha256: str, *, file_name: str, max_bytes: int, **known: Unpack[Known]) -> CheckResult:
    """What can be said of a file over the size limit, which is not read: its size and its name.

    Args:
        size: Its bytes.
        sha256: Of them.
        file_name: As in `check_file`.
        max_bytes: The limit that it is over.
        known: What is known of it.
    """
    result = check_file(b"", file_name=file_name, max_bytes=max_bytes, **known)
    rules = protocol_or_newest(result.half_year, result.law)
    named = [finding for finding in result.findings if finding.rule != rules.rule_of("empty").code]
    over = _over_size(rules, max_bytes=max_bytes, max_lines=known.get("max_lines") or rules.max_lines)
    return replace(result, sha256=sha256, bytes=size, findings=(*named, over))


def _name_findings(name: FileName, shown: str, rules: Protocol, *, expected: HalfYear | None, received_on: dt.date) -> list[Finding]:
    wanted = "onbekend" if expected is None else expected.upload_code
    findings = []
    for check in name_faults(name, expected=expected, received_on=received_on):
        finding = Finding.of(rules.rule_of(check), expected=wanted)
        if check == "name_characters":
            finding = explain_characters(finding, name.forbidden)
        findings.append(explain_name(finding, check, shown, rules.law.id))
    return findings


def _over_size(rules: Protocol, *, max_bytes: int, max_lines: int) -> Finding:
    return Finding.of(rules.rule_of("over_size"), megabytes=f"{max_bytes / 2**20:.0f}", max_lines=dutch_number(max_lines))


def _byte_findings(lines: Lines, rules: Protocol, limits: dict[str, int], *, unreadable_line: int | None) -> list[Finding]:
    """The file faults in the content, each once."""
    if not lines.count:
        return [Finding.of(rules.rule_of("empty"))]
    findings = []
    if lines.count > limits["max_lines"]:
        findings.append(_over_size(rules, **limits))
    if unreadable_line is not None:
        findings.append(explain_unreadable(Finding.of(rules.rule_of("undecodable")), unreadable_line))
    if b"\0" in lines.content:
        findings.append(Finding.of(rules.rule_of("nul")))
    if unreadable_line is None:
        about_lines = [] if b"\0" in lines.header else _header_findings(lines.header, rules)
        if lines.count == 1:
            about_lines.append(Finding.of(rules.rule_of("no_records")))
        findings += explain_header(about_lines, lines.content, rules)
    return findings


def _header_findings(header: bytes, rules: Protocol) -> list[Finding]:
    faults = judge_header(header, rules.header, rules.separator)
    findings = []
    if faults.missing:
        columns = ", ".join(faults.missing) if len(faults.missing) < len(rules.header) else f"alle {len(rules.header)}"
        findings.append(Finding.of(rules.rule_of("columns_missing"), lines=(1,), columns=columns))
    if faults.doubled:
        findings.append(Finding.of(rules.rule_of("columns_doubled"), lines=(1,), columns=", ".join(faults.doubled)))
    if faults.unknown:
        places, rest = [str(place) for place in faults.unknown[:_PLACES]], len(faults.unknown) - _PLACES
        more = f" en nog {dutch_number(rest)} andere" if rest > 0 else ""
        findings.append(Finding.of(rules.rule_of("columns_unknown"), lines=(1,), positions=f"{', '.join(places)}{more}"))
    if faults.disordered:
        findings.append(Finding.of(rules.rule_of("columns_order"), lines=(1,)))
    return findings


def _checked_content(
    result: CheckResult, lines: Lines, protocol: Protocol, half_year: HalfYear, received_on: dt.date, judge: Judge, provider: str | None
) -> CheckResult:
    from gmsd.checking.content import check_content

    body = split_body(lines, len(protocol.fields), protocol.separator)
    findings = []
    if len(body.faulty):
        fault = Finding.of(protocol.rule_of("lines"), count=len(body.faulty), lines=body.faulty)
        findings.append(explain_lines(fault, lines, protocol))
    for check, emptied in (("lines_empty", body.emptied), ("lines_empty_at_end", lines.emptied)):
        if len(emptied):
            findings.append(Finding.of(protocol.rule_of(check), count=len(emptied), lines=emptied, number=dutch_number(len(emptied))))
    content = check_content(
        body,
        protocol,
        half_year=half_year,
        municipality=result.municipality,
        provider=provider,
        received_on=received_on,
        records=result.records,
        judge=judge,
    )
    order = {"file": 0, "base": 1, "facultative": 2, "notice": 3}
    ordered = sorted((*findings, *content.findings), key=lambda finding: order[finding.level])
    return replace(result, findings=tuple(ordered), not_run=tuple(content.not_run), municipality=content.municipality)
