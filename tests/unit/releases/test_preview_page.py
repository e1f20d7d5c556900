"""The pages of a preview and of its approval say the same, and give nothing away to who may only look."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Any

import pytest

from gmsd.clock import AMSTERDAM
from gmsd.releases import Proposal, Question
from gmsd.releases.plan import Plan
from gmsd.rounds import HalfYear
from gmsd_airflow import approval_page, preview_page
from tests.support.releases import content

H1, H2 = HalfYear(2019, 1), HalfYear(2019, 2)
RUN = "manual__2020-05-01T09:00:00+00:00"
ADDRESS = "/gmsd/previews/manual__2020-05-01T09%3A00%3A00%2B00%3A00"
EMBARGO = dt.datetime(2020, 5, 4, 6, 30, tzinfo=AMSTERDAM)
PROPOSAL = Proposal("wmo", H2, targets=("statline", "files"), embargo=EMBARGO, reason="<b>Kamerbrief</b>")
MOVEMENTS = [
    {"period": "2019HJ01", "is": "both", "entering": 1, "leaving": 61, "enters": ["0363 Amsterdam"], "leaves": ["0518 's-Gravenhage"]},
    {"period": "2019HJ02", "is": "new", "entering": 4, "leaving": 0},
]


def made(proposal: Proposal = PROPOSAL, disclosed: int = 0, **more: Any) -> dict[str, Any]:
    preview = Plan(2, H2, content(H1, H2, release_id="r0002", every_table=True)).preview()
    for table in preview["tables"]:
        for period in table["periods"]:
            period["held"] = 3
    attack = {"cells": 4321, "found": 7, "disclosed": disclosed, "repaired": 6, "seconds": 1.5}
    cells = {"key": "previews/x.csv", "sha256": "0" * 64, "rows": 987}
    return {**preview, "attack": attack, "movements": MOVEMENTS, "cells": cells, **proposal.describe(), **more}


def approval(preview: dict[str, Any]) -> str:
    at = dt.datetime(2020, 5, 1, 9, tzinfo=AMSTERDAM)
    asked = Question(1, "r0002", "f", "wmo", str(H2), RUN, "engineer", at, preview, None, None, None, None, counts=True)
    return approval_page.render(asked, [], user="approver", hindrance="", csrf="ab")


PAGES = {
    "dry run": preview_page.render(made(dry_run=True), RUN, may_download=True),
    "asked": preview_page.render(made(), RUN, may_download=True),
    "approval": approval(made()),
    "recall": preview_page.render(made(Proposal("wmo", H2, "recall", H1, reason="wrong mapping"), dry_run=True), RUN, may_download=False),
}


@pytest.mark.parametrize("name", ["dry run", "asked", "approval"])
def test_what_is_proposed_and_what_was_found_is_on_every_page(name: str) -> None:
    page = PAGES[name]
    for told in (
        "Waarstaatjegemeente (waarstaatjegemeente): <b>left out</b>",
        "from 2020-05-04 06:30 (Europe/Amsterdam); until then nothing of it can be read",
        "&lt;b&gt;Kamerbrief&lt;/b&gt;",
        "4321, in 1.5 seconds",
        '<th scope="row">Found before anything was hidden</th><td>7</td>',
        '<th scope="row">Cells hidden for it</th><td>6</td>',
        "1: 0363 Amsterdam",
        "61: 0518 &#39;s-Gravenhage and more",
        "a new period",
        "Held by the ledger",
        '<td class="number">3</td>',
    ):
        assert told in page, told
    assert "StatLine (statline)</li>" in page


def test_a_dry_run_says_that_nobody_was_asked_and_the_other_leads_to_its_approval() -> None:
    assert "Nobody was asked" in PAGES["dry run"]
    assert "/approval" not in PAGES["dry run"]
    assert 'href="/gmsd/releases/r0002/approval"' in PAGES["asked"]
    assert f'href="{ADDRESS}"' in PAGES["approval"]
    assert "Recall 2019-H1: a release without it" in PAGES["recall"]


def test_changed_cells_are_a_link_for_who_may_have_them() -> None:
    assert f'href="{ADDRESS}/cells.csv"' in PAGES["asked"]
    assert "cells.csv" not in PAGES["recall"]
    assert "who may start the publication or answer it can download them" in PAGES["recall"]


def test_a_dry_run_that_would_tell_counts_says_so_and_no_other_does() -> None:
    told = "It would tell counts"
    assert told in preview_page.render(made(disclosed=3, dry_run=True), RUN, may_download=True)
    assert told not in PAGES["dry run"]
    assert "warns and does not stop" in approval(made(disclosed=3))


def test_what_was_asked_before_there_were_proposals_is_still_shown() -> None:
    old = {name: value for name, value in made().items() if name not in {*asdict(PROPOSAL), "movements", "cells"}} | {
        "law": "wmo",
        "round": str(H2),
    }
    for table in old["tables"]:
        for period in table["periods"]:
            del period["held"]
    del old["attack"]["found"]
    for page in (preview_page.render(old, RUN, may_download=True), approval(old)):
        assert "as soon as it is approved and built" in page
        assert "cells.csv" not in page
