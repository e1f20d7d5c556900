"""The technical check of one delivery: its raw bytes, compared with the receipt, against the protocol of its half-year."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from gmsd.checking import CheckResult, Finding, check_file
from gmsd.clock import AMSTERDAM
from gmsd.protocol import NoProtocolError, Protocol, newest_protocol, protocol_for
from gmsd.rounds import HalfYear
from gmsd.store import NotReadable

if TYPE_CHECKING:
    from gmsd.deliveries import Context, Delivery

_CANNOT_BE_READ = ("empty", "undecodable", "nul", "over_size")


class ReceiptBroken(Exception):
    """The bytes in the store are not those of the receipt."""


def raw_bytes(context: Context, delivery: Delivery) -> bytes:
    """The bytes of a delivery, as the receipt has them.

    Raises:
        NotReadable: no right to read them, or gone.
        ReceiptBroken: they are not those of the receipt.
    """
    if delivery.sha256 is None:
        raise NotReadable("it could not be read when it was registered")
    data = context.store.get(delivery.bucket, delivery.object_key, delivery.version_id)
    if hashlib.sha256(data).hexdigest() != delivery.sha256:
        raise ReceiptBroken(f"the bytes of {delivery.delivery_id} in the store are not those of its receipt")
    return data


def judge(context: Context, delivery: Delivery, data: bytes | None) -> CheckResult:
    """Check a delivery.

    Args:
        context: The doors; the settings give the size limits.
        delivery: A delivery with a place.
        data: Its bytes; None when it is over the size limit and was not read.
    """
    settings = context.settings
    result = check_file(
        data or b"",
        file_name=delivery.file_name,
        municipality=delivery.municipality,
        half_year=HalfYear.parse(delivery.half_year or ""),
        received_on=delivery.received_at.astimezone(AMSTERDAM).date(),
        max_bytes=settings.max_file_bytes,
        max_lines=settings.max_file_lines,
    )
    if data is not None:
        return result
    rules = _rules(delivery)
    megabytes, max_lines = f"{settings.max_file_bytes / 2**20:.0f}", f"{settings.max_file_lines:,}".replace(",", ".")
    named = [finding for finding in result.findings if finding.rule != rules.rule_of("empty").code]
    findings = (*named, Finding.of(rules.rule_of("over_size"), megabytes=megabytes, max_lines=max_lines))
    return replace(result, sha256=delivery.sha256 or "", bytes=delivery.size_bytes, findings=findings)


def cannot_be_read(delivery: Delivery, result: CheckResult) -> bool:
    """Whether the file could not be read at all: empty, undecodable, with NUL bytes, or over the size limit."""
    rules = _rules(delivery)
    codes = {rules.rule_of(check).code for check in _CANNOT_BE_READ}
    return any(finding.rule in codes for finding in result.findings)


def rules_version(delivery: Delivery) -> str:
    """The rules that a delivery is checked by: the protocol and a fingerprint of its suites."""
    rules = _rules(delivery)
    content = json.dumps(rules.suites, sort_keys=True, default=str).encode()
    return f"{rules.id}:{hashlib.sha256(content).hexdigest()[:12]}"


def _rules(delivery: Delivery) -> Protocol:
    try:
        return protocol_for(HalfYear.parse(delivery.half_year or ""))
    except NoProtocolError:
        return newest_protocol()
