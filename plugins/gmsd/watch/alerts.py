"""Alerts as data: their words, the numbers that decide, and the mail that is made of one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import yaml

from gmsd.folders import data_folder
from gmsd.journal import tell_engineer

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from gmsd.settings import Settings


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that the engineer has to know of.

    Attributes:
        name: What it is called in the code.
        title: What it is called in the documents.
        subject: Of its mail, a template.
        sees: What happened, a template.
        means: What that means, a template.
        does: What to do, a template.
        limits: The numbers that decide.
    """

    name: str
    title: str
    subject: str
    sees: str
    means: str
    does: str
    limits: Mapping[str, int]


@cache
def all_alerts() -> Mapping[str, Alert]:
    """Every alert by name, in the order of `expectations/alerts.yaml`."""
    entries = yaml.safe_load((data_folder("expectations") / "alerts.yaml").read_text(encoding="utf-8"))
    made = [Alert(each.pop("alert"), **each) for each in entries]
    return {each.name: each for each in made}


def tell(connection: Connection, settings: Settings, name: str, about: str, facts: Mapping[str, object], at: dt.datetime) -> bool:
    """Queue the mail of an alert, once for each thing that it is about. `send_queued` sends it.

    Args:
        connection: With the loader's rights; nothing is committed.
        settings: Where the engineer's address stands.
        name: Of the alert.
        about: What it is about, in a word that may stand in a Message-ID.
        facts: Fill its templates; no personal data, and no count that is not protected.
        at: The moment of the clock.

    Returns:
        Whether it is queued now; false when the same has been told before.
    """
    alert = all_alerts()[name]
    filled = {**alert.limits, **facts}
    text = "\n\n".join(
        (
            alert.sees.format_map(filled),
            f"What it means: {alert.means.format_map(filled)}",
            f"What to do: {alert.does.format_map(filled)}",
            "You get one mail about this.",
        )
    )
    return tell_engineer(connection, settings, about, name, f"GMSD: {alert.subject.format_map(filled)}", text, at)
