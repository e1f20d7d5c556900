"""A release as files: the same content gives the same bytes."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gmsd.disclosure import Protection
from gmsd.errors import GmsdError
from gmsd.figures import periods
from gmsd.formats import ReleaseBefore, change_list, other_days, written
from gmsd.reference import inhabitants_date
from gmsd.rounds import WMO, HalfYear
from gmsd.tables import main_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gmsd.figures import Period
    from gmsd.formats import ReleaseContent

DOCUMENT = "release.json"
Bundle = dict[str, bytes]
"""Path within the release -> bytes."""


class NoReleaseError(GmsdError):
    """There is no such release, or none in force."""


def to_json(document: Any) -> bytes:
    """JSON with sorted keys, so that equal documents are equal bytes."""
    return (json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def to_long_json(document: Any) -> bytes:
    """The same for documents of a million values that nobody looks at: on one line, which Python writes ten times as fast."""
    return (json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n").encode()


def bundle(content: ReleaseContent, account_sha256: str) -> Bundle:
    """All files of a release; `release.json` names the hash of every other one.

    Args:
        content: What the release says.
        account_sha256: The hash that the private full account is named by.
    """
    rendered = written(content, {"CHANGES.md": change_list(content)})
    hashes = {path: hashlib.sha256(data).hexdigest() for path, data in rendered.items()}
    return {**rendered, DOCUMENT: to_json(document(content, account_sha256, hashes))}


def document(content: ReleaseContent, account_sha256: str, hashes: dict[str, str]) -> dict[str, Any]:
    """The content of `release.json`.

    Nothing in it may undo the protection: no row, client or suppression count, no state of a delivery, no file name, and delivery ids
    only as keyed hashes.
    """
    halves = [
        {
            "half_year": str(period.halves[0]),
            "period": period.key,
            "status": content.statuses[period.key],
            "participation": dict(zip(("n", "of"), content.participation[str(period.halves[0])], strict=True)),
            **_inhabitants(period),
        }
        for period in content.periods
        if not period.is_year
    ]
    years = [
        {"period": period.key, "status": content.statuses[period.key], **_inhabitants(period)}
        for period in content.periods
        if period.is_year
    ]
    return {
        "schema": "gmsd-release/1",
        "id": content.release_id,
        "created": content.created.isoformat(timespec="seconds"),
        "synthetic": content.synthetic,
        "notice": "Gemaakt van verzonnen gegevens." if content.synthetic else "",
        "previous": content.previous,
        "half_years": halves,
        "years": years,
        "laws": [content.law],
        "tables": [each.table.table_id for each in content.tables],
        "deliveries": list(content.deliveries),
        "rule": content.tables[0].protection.describe(),
        "rules": {each.table.table_id: each.protection.describe() for each in content.tables},
        "versions": content.versions,
        "publisher": asdict(content.publisher),
        "account": account_sha256,
        "files": hashes,
        **({} if content.targets is None else {"targets": list(content.targets)}),
    }


def read_document(said: Mapping[str, Any]) -> ReleaseBefore:
    """What a release says of itself in its `release.json`, as the next one is compared with it; the first of them named one table."""
    halves = periods(HalfYear.parse(each["half_year"]) for each in said["half_years"])
    rules = said.get("rules") or {main_table(WMO).table_id: said["rule"]}
    return ReleaseBefore(
        release_id=said["id"],
        day=dt.datetime.fromisoformat(said["created"]).date(),
        periods=halves,
        statuses={each["period"]: each["status"] for each in (*said["half_years"], *said["years"])},
        protections={table_id: Protection.of(rule) for table_id, rule in rules.items()},
        versions=said["versions"],
    )


def _inhabitants(period: Period) -> dict[str, Any]:
    """The day of the inhabitants that rates of a period stand on, and the municipalities with another."""
    others = {f"GM{code}": day.isoformat() for code, day in other_days(period.reference).items()}
    return {"inhabitants_date": inhabitants_date(period.reference).isoformat(), "inhabitants_other_dates": others}
