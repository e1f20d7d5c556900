"""The proof of a deletion: a document that a program can check and a person can read, without a name or anything that stood in a file."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import TYPE_CHECKING, Any

from gmsd.clock import AMSTERDAM
from gmsd.deletion.inventory import WHERE, columns_of
from gmsd.reference import name
from gmsd.rendering import Party, render_page
from gmsd.rounds import HalfYear, Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gmsd.deletion.deletion import Deletion

SCHEMA = "gmsd-deletion/1"

# Dutch, since a coordinator reads it: what stays, and why.
_STAYS = (
    ("Dat er geleverd en ingetrokken is: kenmerk, tijdstip, grootte en controlegetal (SHA-256) van elk bestand",
     "Zo kan iedereen nagaan wat er met een bestand is gebeurd. De naam van het bestand en de inhoud staan er niet bij."),
    ("Regels in het logboek (audit trail)",
     "Het logboek bewijst wat er is gebeurd en kan niet worden veranderd. Er staan geen namen of gegevens van personen in."),
    ("Mails die al bij de gemeente aankwamen", "Die staan in de mailbox van de gemeente. Bij ons zijn onderwerp en tekst verwijderd."),
)  # fmt: skip
_PUBLISHED = (
    "Afgeronde cijfers in uitgaven die al gepubliceerd zijn, en het besloten verslag daarvan (kenmerk, controlegetal, aantal regels)",
    "Een uitgave verandert nooit: anderen hebben haar al. De volgende uitgave laat de cijfers van deze gemeente weg.",
)
_CLASSES = {
    "raw_versions": "Ingeleverde bestanden, alle versies",
    "unfinished_uploads": "Uploads die nooit zijn afgemaakt",
    "private_copies": "Kopieën van bestanden",
    "staged_records": "Bewerkte bestanden",
    "reports": "Rapporten",
    "check_results": "Uitkomsten van de controle",
    "confirmations": "Redenen die bij opmerkingen zijn gegeven",
    "replies": "Antwoorden op de vraag hoe het leveren ging",
    "records": "Regels in het magazijn",
    "arrangements": "Samengevoegde regels in het magazijn",
    "load_accounts": "Verantwoordingen van het laden",
    "figures": "Getelde aantallen",
    "mails": "Mails die bij ons bewaard waren",
    "names": "Namen van bestanden",
    "markers": "Namen in de lijst van wat in de map stond",
}

# Where that was, in the words of who reads the page.
_PLACES = {
    "raw_versions": "Inkomende map, elke versie",
    "unfinished_uploads": "Inkomende map",
    "private_copies": "Besloten opslag van leveringen",
    "staged_records": "Besloten opslag van bewerkte bestanden",
    "reports": "Uitgaande map",
    "check_results": "Tabel check_result",
    "confirmations": "Tabel confirmation",
    "replies": "Tabel portal_reply",
    "records": "Tabel record",
    "arrangements": "Tabel arrangement",
    "load_accounts": "Tabel load_account",
    "figures": "Tabel figure",
    "mails": "Tabel mail, onderwerp en tekst",
    "names": "Tabel delivery, naam en plaats van het bestand",
    "markers": "Tabel inbox_marker",
}


def proof_of(
    deletion: Deletion,
    steps: Mapping[str, Any],
    *,
    asked_at: dt.datetime,
    done_at: dt.datetime,
    head: tuple[int, str] | None,
    published: bool,
    backup_days: int,
) -> str:
    """Write the proof of a deletion, as JSON.

    Args:
        deletion: What it took away.
        steps: What each step did (`carry_on`).
        asked_at: When the form came in.
        done_at: The moment of the clock.
        head: Number and hash of the newest row of the audit trail: the proof comes after it.
        published: Whether figures of it are public.
        backup_days: How long backups are kept.
    """
    searched = steps["search"]
    stays = [*_STAYS, *([_PUBLISHED] if published else [])]
    told = {
        "schema": SCHEMA,
        "form": deletion.form_id,
        **columns_of(deletion.place),
        "asked_at": _moment(asked_at),
        "began_at": _moment(deletion.began_at),
        "done_at": _moment(done_at),
        "deliveries": [
            {name: each[name] for name in ("delivery_id", "sha256", "bytes", "key_hash", "name_hash")}
            for each in deletion.inventory["deliveries"]
        ],
        "removed": [{"what": what, "where": where, "count": deletion.inventory["counts"][what]} for what, where in WHERE.items()],
        "steps": [{"step": name, "done_at": _moment(step["done_at"]), "seconds": step["seconds"]} for name, step in steps.items()],
        "search": {
            "buckets_and_tables": "every bucket, and the tables above",
            "database_files": searched["database_files"],
            "bytes": searched["bytes"],
            "names_looked_for": searched["names"],
            "rows_looked_for": searched["rows"],
            "store_names_swept": steps["names"]["swept"],
            "found": 0,
        },
        "audit": None if head is None else {"sequence": head[0], "hash": head[1]},
        "stays": [{"what": what, "why": why} for what, why in stays],
        "backups": {"hold_it_until": str((done_at + dt.timedelta(days=backup_days)).astimezone(AMSTERDAM).date()), "days": backup_days},
    }
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def digest_of(proof: str) -> str:
    """What the audit trail holds of a proof."""
    return hashlib.sha256(proof.encode()).hexdigest()


def proof_page(proof: str) -> str:
    """The proof as a page that opens without internet, in Dutch."""
    told = json.loads(proof)
    removed = [(_CLASSES[each["what"]], _PLACES[each["what"]], each["count"]) for each in told["removed"]]
    party = None
    if told["municipality"] is not None:
        party = Party(Place(told["law"], HalfYear.parse(told["half_year"]), told["municipality"]), name(told["municipality"]))
    return render_page("deletion/bewijs", proof=told, party=party, removed=removed, digest=digest_of(proof))


def _moment(at: dt.datetime) -> str:
    return at.astimezone(AMSTERDAM).isoformat(timespec="seconds")
