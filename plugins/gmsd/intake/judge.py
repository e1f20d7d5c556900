"""The technical check of one delivery: its bytes against the protocol of its half-year."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from gmsd.checking import CheckResult, Known, check_file, check_unread
from gmsd.clock import AMSTERDAM
from gmsd.protocol import Protocol, protocol_or_newest

if TYPE_CHECKING:
    from gmsd.deliveries import Delivery
    from gmsd.journal import Context

_CANNOT_BE_READ = ("empty", "undecodable", "nul", "over_size")


def judge(context: Context, delivery: Delivery, data: bytes | None) -> CheckResult:
    """Check a delivery.

    Args:
        context: The doors; the settings give the size limits.
        delivery: A delivery with a place.
        data: Its bytes; None when it is over the size limit and was not read.
    """
    settings, place = context.settings, delivery.placed[0]
    known: Known = {
        "municipality": place.municipality,
        "half_year": place.half_year,
        "law_id": place.law,
        "received_on": delivery.received_at.astimezone(AMSTERDAM).date(),
        "max_lines": settings.max_file_lines,
    }
    name, limit = delivery.file_name, settings.max_file_bytes
    if data is None:
        return check_unread(delivery.size_bytes, delivery.sha256 or "", file_name=name, max_bytes=limit, **known)
    return check_file(data, file_name=name, max_bytes=limit, **known)


def cannot_be_read(delivery: Delivery, result: CheckResult) -> bool:
    """Whether the file could not be read at all: empty, undecodable, with NUL bytes, or over the size limit."""
    rules = _rules(delivery)
    codes = {rules.rule_of(check).code for check in _CANNOT_BE_READ}
    return any(finding.rule in codes for finding in result.findings)


def rules_version(delivery: Delivery) -> str:
    """The protocol that a delivery is checked by, and a fingerprint of all that decides: rules, code lists, limits, how a file is named."""
    rules = _rules(delivery)
    limits = (rules.separator, rules.max_bytes, rules.max_lines)
    name = (rules.law.prefix, rules.law.extensions, sorted(rules.law.forbidden))
    content = repr((rules.suites, rules.rules, rules.fields, rules.derived, sorted(rules.code_lists.items()), limits, name))
    return f"{rules.id}:{hashlib.sha256(content.encode()).hexdigest()[:12]}"


def _rules(delivery: Delivery) -> Protocol:
    place = delivery.placed[0]
    return protocol_or_newest(place.half_year, place.law)
