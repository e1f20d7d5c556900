"""The pipeline without a scheduler: uploads in the inbox to a public release, step by step, and the commands that an engineer types."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl
from sqlalchemy import text

from gmsd.attack import CELLS
from gmsd.attack.hiding import REPAIR
from gmsd.clock import AMSTERDAM, DatabaseClock, FixedClock
from gmsd.database import connect, read_frame, statement
from gmsd.deliveries import get
from gmsd.figures import compute
from gmsd.intake import check_and_report, register_inbox
from gmsd.journal import Context
from gmsd.releases import (
    Proposal,
    answer,
    attack_series,
    build_approved,
    compare_releases,
    get_document,
    get_release,
    newest_closed_round,
    propose,
    publish_approved,
    question_of,
)
from gmsd.releases.cells import CELL
from gmsd.releases.repair import repaired_cells
from gmsd.rounds import WMO, HalfYear
from gmsd.store import get_store
from gmsd.warehouse import close_round, load_half_year
from tests.fullsize.attacks import Made
from tests.fullsize.country import H1, H2, calendar
from tests.fullsize.readers import Released
from tests.support.stack import environment_of

if TYPE_CHECKING:
    import datetime as dt

    from gmsd.releases import Bundle, Difference
    from gmsd.settings import Settings
    from tests.fullsize.account import Account
    from tests.fullsize.country import Sent

_AT_ONCE = 8
_FIGURE: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(("period", "municipality", "content"), pl.String),
    "value": pl.Int64,
}


@dataclass(frozen=True, slots=True)
class Done:
    """A command that ended."""

    status: int
    said: str
    seconds: float
    peak_mb: int


class Play:
    """One installation, and what is done in it.

    Args:
        settings: Of an empty installation.
        account: Where times go.
    """

    def __init__(self, settings: Settings, account: Account) -> None:
        self.settings, self.account = settings, account
        self.context = replace(Context.open(settings), calendar=calendar())
        self.clock = DatabaseClock(self.context.engine)
        self.publisher = connect(settings, "publisher")
        self.runs = 0

    def _at(self, moment: dt.datetime) -> Context:
        """The doors at a moment; commands find it in the database."""
        self.clock.move(moment)
        return replace(self.context, clock=FixedClock(moment.astimezone(AMSTERDAM)))

    def round(self, code: HalfYear, sent: list[Sent], *, withdrawn: str = "") -> str:
        """A round from its uploads to a release; returns its id. `withdrawn` is in no release any more from the close on."""
        known = self.context.calendar.round(code)
        name = f"r{self.runs + 1:04d}"
        context = self._at(known.opens_at.replace(hour=12))
        if sent:
            self._upload(sent)
            self._take_in(context, name, len(sent))
        context = self._at(known.closes_at.replace(hour=12))
        with self.account.stage(name, "close"):
            close_round(context, str(code), empty_confirmed_by="" if sent else "engineer")
        if withdrawn:
            self._withdraw(code, withdrawn)
        with self.account.stage(name, "load"):
            for half in (H1, H2) if H2 in known.takes else (H1,):
                load_half_year(context, str(half))
        with self.account.stage(name, "count"), context.engine.begin() as connection:
            compute(connection, WMO, code, context.clock.now())
        return self.publish(context)

    def _upload(self, sent: list[Sent]) -> None:
        client, bucket = get_store(self.settings, "portal").client, self.settings.bucket_inbox
        self.account.say(f"{len(sent)} uploads")

        def put(each: Sent) -> None:
            client.put_object(Bucket=bucket, Key=each.key, Body=each.data(), ACL="bucket-owner-full-control")

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for _ in pool.map(put, sent):
                pass

    def _take_in(self, context: Context, name: str, number: int) -> None:
        with self.account.stage(name, "register"):
            ids = list(register_inbox(context).new_deliveries)
        with self.account.stage(name, "check and report"):
            check_and_report(context, ids)
        with context.engine.connect() as connection:
            emptied = connection.scalar(text("SELECT count(*) FROM delivery WHERE facultative_used IS FALSE"))
            accepted = sum(get(connection, each).state == "accepted" for each in ids)
        self.account.claim(
            "Deliveries", f"{name}: accepted with all variables, of {number} uploads", accepted, holds=(accepted, emptied) == (number, 0)
        )

    def _withdraw(self, code: HalfYear, municipality: str) -> None:
        """A withdrawal after publication as the warehouse has it: of this municipality nothing counts from this close on."""
        with self.context.engine.begin() as connection:
            gone = connection.execute(
                text("UPDATE frozen SET status = 'withdrawn', delivery_id = NULL WHERE round = :round AND municipality = :municipality"),
                {"round": str(code), "municipality": municipality},
            )
        assert gone.rowcount == 2

    def publish(self, context: Context | None = None) -> str:
        """What four tasks and another person do; returns the id of the release."""
        context = context or self._at(self.clock.now())
        self.runs += 1
        name, at, settings = f"r{self.runs:04d}", context.clock.now(), self.settings
        with self.account.stage(name, "plan and attack"), self.publisher.begin() as connection:
            round_ = newest_closed_round(connection, WMO)
            assert round_ is not None
            asked = propose(
                connection, context.store, settings, Proposal(WMO, round_), run_id=name, named=name, started_by="engineer", at=at
            )
        with connect(settings, "approver").begin() as connection:
            answer(connection, asked.question, "approved", answered_by="approver", reason="", at=at)
        with self.account.stage(name, "protect and write"):
            build_approved(self.publisher, context.store, settings, name, at)
        with self.account.stage(name, "publish"):
            publish_approved(self.publisher, context.store, settings, name, at)
        return name

    def gate(self, release_id: str) -> dict[str, Any]:
        """What the gate found of a release: cells, found, repaired, disclosed, seconds, faults, guesses; and the loss of each table."""
        with self.publisher.connect() as connection:
            asked = question_of(connection, release_id)
            known = {"release_id": release_id, "fingerprint": asked.fingerprint}
            row = connection.execute(statement("releases/attack_report"), known).one()
        loss = {each["table"]: each["loss"] for each in asked.preview["tables"] if each["loss"] is not None}
        return {
            "cells": row.cells,
            "found": row.report["found"],
            "repaired": row.repaired,
            "disclosed": row.disclosed,
            "seconds": row.seconds,
            "solved": row.report["solved"],
            "guesses": row.report["guesses"],
            "loss": loss,
        }

    def made(self, release_id: str) -> Made:
        """What a release was made of: its true counts, and the contents that the gate had hidden by then."""
        with self.publisher.connect() as connection:
            counts = read_frame(connection, "releases/figures_of", _FIGURE, release_id=release_id)
            hidden = repaired_cells(connection, WMO, up_to=release_id)
        return Made(release_id, counts, hidden.select("period", "content", region=pl.format("GM{}", "municipality")).select(list(REPAIR)))

    def cells(self, release_id: str) -> pl.DataFrame:
        """The ledger of a release."""
        with self.publisher.connect() as connection:
            return read_frame(connection, "releases/cells_of", CELLS, release_id=release_id)

    def files(self, release_id: str) -> Bundle:
        """What is public of it."""
        return get_release(get_store(self.settings, "reader"), self.settings.bucket_publication, release_id)

    def released(self, release_id: str) -> Released:
        """Its tables, by the ledger."""
        document = get_document(self.context.store, self.settings.bucket_publication, release_id)
        with self.publisher.connect() as connection:
            return Released.of(
                WMO,
                [HalfYear.parse(each["half_year"]) for each in document["half_years"]],
                lambda table: read_frame(connection, "releases/cells", CELL, release_id=release_id, table_id=table),
            )

    def series(self) -> tuple[int, int, float]:
        """Attack everything that is public: cells, disclosed, seconds."""
        with self.publisher.connect() as connection:
            found = attack_series(connection, self.settings, WMO)
        assert found is not None
        return found.cells, found.disclosed, found.seconds

    def difference(self, before: str, after: str) -> Difference:
        """Two releases compared."""
        with self.publisher.connect() as connection:
            return compare_releases(connection, before, after)

    def command(self, *arguments: str) -> Done:
        """`gmsd`, in a process of its own."""
        began = time.perf_counter()
        command = [sys.executable, "-m", "gmsd.cli", *arguments]
        with subprocess.Popen(
            command, env=environment_of(self.settings), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            assert process.stdout is not None
            said = process.stdout.read()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        return Done(process.returncode, said.strip(), time.perf_counter() - began, usage.ru_maxrss // 1024)

    def records(self) -> dict[str, int]:
        """Half-year -> records of the deliveries that count in the release in force."""
        with self.context.engine.connect() as connection:
            rows = connection.execute(text("SELECT half_year, sum(rows_in) FROM load_account GROUP BY 1 ORDER BY 1"))
            return {half: int(number) for half, number in rows}
