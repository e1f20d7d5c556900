"""An explanation is printed when the engineer has approved it: versions, sent back with a reason, and never changed."""

from __future__ import annotations

import datetime as dt
import json

import polars as pl
import pytest
from sqlalchemy import text

from gmsd.clock import AMSTERDAM
from gmsd.consent import explanations, process_forms
from gmsd.database import read_frame
from gmsd.intake import register_inbox
from gmsd.journal import Context
from tests.support.mails import Maildir, text_of


@pytest.fixture(scope="module")
def context(settings, clock) -> Context:
    clock.move(dt.datetime(2020, 2, 10, 9, tzinfo=AMSTERDAM))
    return Context.open(settings)


def explain(context: Context, words: str, municipality: str = "0518") -> str:
    form = {"half_year": "H22019", "municipality": municipality, "name": "Coördinator", "text": words}
    key = f"H22019/{municipality}/formulieren/toelichting.json"
    context.store.put(context.settings.bucket_inbox, key, json.dumps(form).encode())
    register_inbox(context)
    ((form_id, state),) = process_forms(context).items()
    return form_id if state == "filed" else state


def printed(context: Context) -> list[str]:
    schema = dict.fromkeys(("half_year", "municipality", "text"), pl.String)
    with context.engine.connect() as connection:
        return read_frame(connection, "releases/explanations", schema, law="wmo", round="2019-H2", release="")["text"].to_list()


def states(context: Context) -> list[tuple[int, str]]:
    with context.engine.connect() as connection:
        return [(each.version, each.state) for each in explanations(connection) if each.place.municipality == "0518"]


def test_it_waits_is_approved_and_printed_and_a_newer_version_takes_its_place(context: Context, gmsd, maildir):
    first = explain(context, "In 2019 is de regeling verruimd.")
    assert printed(context) == []
    told = [text_of(mail) for mail in Maildir(maildir.folder).mails(context.settings.mail_engineer)]
    assert any(f"gmsd explanations approve {first}" in each for each in told)
    shown = gmsd("explanations", "show", first).stdout
    assert "In 2019 is de regeling verruimd." in shown
    assert (gmsd("explanations", "approve", first).returncode, printed(context)) == (0, ["In 2019 is de regeling verruimd."])
    second = explain(context, "Wij zijn van aanbieder gewisseld.")
    assert printed(context) == ["In 2019 is de regeling verruimd."], "the one that was approved stays until the newer one has been read"
    back = gmsd("explanations", "send-back", second, "--reason", "Noem de aanbieder niet.", "--json")
    assert (back.returncode, json.loads(back.stdout)["state"]) == (0, "sent_back")
    assert printed(context) == ["In 2019 is de regeling verruimd."]
    mail = " ".join(text_of(maildir.mails("wmo-0518")[-1]).split())
    assert "Noem de aanbieder niet." in mail
    assert "zet tot en met vrijdag 20 maart 2020 een nieuw formulier klaar" in mail
    third = explain(context, "Wij zijn gewisseld.")
    assert json.loads(gmsd("explanations", "approve", third, "--json").stdout)["version"] == 3
    assert printed(context) == ["Wij zijn gewisseld."]
    assert states(context) == [(1, "replaced"), (2, "sent_back"), (3, "approved")]
    with context.engine.connect() as connection:
        rows = connection.execute(
            text("SELECT subject, event, details FROM audit WHERE event IN ('approved', 'sent_back') ORDER BY 1")
        ).all()
    assert [(row.subject, row.event, row.details["version"]) for row in rows] == [
        (first, "approved", 1), (second, "sent_back", 2), (third, "approved", 3),
    ]  # fmt: skip
    assert "gewisseld" not in str(rows)
    assert {each["version"] for each in json.loads(gmsd("explanations", "list", "--state", "approved", "--json").stdout)} == {3}


def test_what_cannot_be_done_is_said_in_one_line(context: Context, gmsd):
    waiting = explain(context, "x" * 2000, "0363")
    assert explain(context, "x" * 2001, "0344") == "malformed"
    for arguments, status in (
        (("approve", "form.9999"), 1),
        (("show", "form.9999"), 1),
        (("list", "--state", "lost"), 2),
        (("send-back", waiting, "--reason", " "), 2),
        (("send-back", waiting, "--reason", "999990019"), 2),
    ):
        done = gmsd("explanations", *arguments)
        assert (done.returncode, done.stdout) == (status, ""), arguments
        assert "Traceback" not in done.stderr
    assert gmsd("explanations", "approve", waiting).returncode == 0
    again = gmsd("explanations", "send-back", waiting, "--reason", "Toch niet.")
    assert (again.returncode, "it is approved" in again.stderr) == (1, True)
