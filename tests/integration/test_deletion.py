"""A withdrawal leaves nothing on any disk, by plain reading of every file and by the command; steps may be killed, proofs are checked."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import os
import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from gmsd import deletion
from gmsd.clock import AMSTERDAM
from gmsd.consent import PROOFS, FormsWait, find_left, process_forms, proofs, search_disk
from gmsd.database import connect
from gmsd.deletion import pages, steps
from gmsd.deliveries import get
from gmsd.intake import check_delivery, register_inbox, report_delivery
from gmsd.journal import Context
from tests.integration.test_rounds import file_of
from tests.support.mails import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.stack import Stack

# A sender may name a file after a person; these words stand nowhere else.
WORD = {code: f"Zonnebloemveld-{code}" for code in ("0518", "0363", "0344", "0599", "0772", "0014")}


def moment(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=AMSTERDAM)


@pytest.fixture(scope="module")
def context(settings, clock) -> Context:
    clock.move(moment(2020, 2, 10, 9))
    return Context.open(settings)


def deliver(context: Context, code: str) -> str:
    """Upload, check and report; an upload in parts is begun beside it and never finished."""
    key = f"H22019/{code}/WMO_H22019_{WORD[code]}.csv"
    context.store.put(context.settings.bucket_inbox, key, file_of(code))
    client = context.store.client
    begun = client.create_multipart_upload(Bucket=context.settings.bucket_inbox, Key=f"H22019/{code}/WMO_H22019_{WORD[code]}_2.csv")
    client.upload_part(Bucket=context.settings.bucket_inbox, Key=begun["Key"], UploadId=begun["UploadId"], PartNumber=1, Body=file_of(code))
    found = register_inbox(context).new_deliveries[-1]
    assert check_delivery(context, found).state == "accepted"
    report_delivery(context, found)
    return found


def say(context: Context, delivery_id: str, words: str) -> None:
    """Give a reason for a remark, and say how easy it was, in words that may hold a name."""
    values = {"id": delivery_id, "words": f"Zie {words}.", "at": context.clock.now()}
    with connect(context.settings, "owner").begin() as connection:
        connection.execute(text("INSERT INTO confirmation VALUES (:id, 'few_clients', :words, :at)"), values)
        connection.execute(text("INSERT INTO portal_reply VALUES (:id, 3, :words, :at)"), values)


def withdraw(context: Context, code: str) -> None:
    form = {"half_year": "H22019", "municipality": code, "name": "Coördinator", "reason": None}
    context.store.put(context.settings.bucket_inbox, f"H22019/{code}/formulieren/intrekking.json", json.dumps(form).encode())
    register_inbox(context)


def read_anew(state: Path, word: str) -> list[str]:
    """Every file below a folder that holds a word, in its bytes, its name, its attributes or in base64: by plain reading."""
    wanted, found = word.encode(), []
    for path in (each for each in state.rglob("*") if each.is_file()):
        try:
            pieces = [path.read_bytes(), bytes(path), *(os.getxattr(path, name) for name in os.listxattr(path))]
        except OSError:
            continue
        if path.suffix == ".pending":
            pieces += [base64.b64decode(each + b"===") for each in re.findall(rb"[A-Za-z0-9+/]{16,}", pieces[0])]
        if any(wanted in piece for piece in pieces):
            found.append(str(path.relative_to(state)))
    return found


def services_of(stack: Stack) -> Iterator[Path]:
    assert stack.state is not None, "the files of the services have to be at hand"
    yield from (stack.state / name for name in ("postgres", "swift", "log"))


def on_disk(stack: Stack, context: Context, word: str) -> list[str]:
    deletion.flush(context.settings)
    return [path for folder in services_of(stack) for path in read_anew(folder, word)]


def test_nothing_of_it_is_left_on_any_disk_and_the_proof_says_what_went(context: Context, stack: Stack, gmsd, maildir, tmp_path):
    delivered = deliver(context, "0518")
    deliver(context, "0363")
    say(context, delivered, WORD["0518"])
    before = on_disk(stack, context, WORD["0518"])
    assert any("pg_wal" in path for path in before), "the search finds it as long as it is there"
    assert any(path.endswith((".db", ".pending")) for path in before)
    withdraw(context, "0518")
    assert list(process_forms(context).values()) == ["carried_out"]
    assert on_disk(stack, context, WORD["0518"]) == []
    assert on_disk(stack, context, WORD["0363"]) != []
    with context.engine.connect() as connection:
        receipt = get(connection, delivered)
        form = str(connection.scalar(text("SELECT max(form_id) FROM form")))
    assert (receipt.state, receipt.file_name, receipt.object_key, receipt.sha256) == (
        "withdrawn", "", "", hashlib.sha256(file_of("0518")).hexdigest(),
    )  # fmt: skip
    proof = json.loads(gmsd("consent", "proof", form).stdout)
    there = {each["what"]: each["count"] for each in proof["removed"]}
    assert (there["raw_versions"], there["unfinished_uploads"], there["private_copies"], there["staged_records"]) == (1, 1, 1, 1)
    assert there["reports"] >= 6
    assert (there["check_results"], there["confirmations"], there["replies"]) == (1, 1, 1)
    assert there["mails"] >= 2
    assert proof["search"]["database_files"] > 5
    assert proof["backups"]["hold_it_until"] == "2020-03-16"
    assert WORD["0518"] not in json.dumps(proof)
    page = gmsd("consent", "proof", form, "--format", "html").stdout
    assert "Bewijs van verwijdering" in page
    assert receipt.sha256 in page
    outbox = list(context.store.keys(context.settings.bucket_outbox, "bewijzen/"))
    assert outbox == [f"bewijzen/{form}/bewijs.html", f"bewijzen/{form}/bewijs.json"]
    assert not list(context.store.keys(context.settings.bucket_outbox, "H22019/0518/"))
    held = tmp_path / "bewijs.json"
    held.write_bytes(context.store.get(context.settings.bucket_outbox, outbox[1]))
    verified = gmsd("consent", "verify", str(held), "--json")
    assert (verified.returncode, json.loads(verified.stdout)["gone"]) == (0, True), verified.stderr
    assert json.loads(verified.stdout)["files"] > 100
    held.write_text(held.read_text().replace('"count": 1', '"count": 2', 1))
    assert "it was changed" in gmsd("consent", "verify", str(held)).stderr
    told = next(text_of(mail) for mail in maildir.mails("wmo-0518") if "zijn verwijderd" in str(mail["Subject"]))
    assert WORD["0518"] not in told
    assert f"bewijzen/{form}/bewijs.html" in told


BROUGHT_BACK = {
    "a check result": "INSERT INTO check_result VALUES ('{id}', '{{}}', NULL, 'x', now())",
    "a reason": "INSERT INTO confirmation VALUES ('{id}', 'x', 'x', now())",
    "a copy": "INSERT INTO delivery_copy (delivery_id, missing_since) VALUES ('{id}', now())",
    "the words of a mail": "UPDATE mail SET body_text = 'x' WHERE subject_id = '{id}'",
    "a row": (
        "INSERT INTO record (law, half_year, municipality, line, person, product_category, start_date, delivery_form)"
        " VALUES ('wmo', '2019-H2', '0518', 2, 1, 1, '2019-07-01', 1)"
    ),
}


@pytest.mark.parametrize("what", BROUGHT_BACK)
def test_one_thing_brought_back_into_the_database_is_found(context: Context, what: str):
    with context.engine.connect() as connection:
        searched = proofs(connection, "2019-H2.0518.01")
    assert find_left(context, searched) == []
    with context.engine.connect() as connection, connection.begin():
        connection.execute(text(BROUGHT_BACK[what].format(id="2019-H2.0518.01")))
        connection.commit()
    found = find_left(context, searched)
    with context.engine.begin() as connection:
        for table in ("check_result", "confirmation", "delivery_copy"):
            connection.execute(text(f"DELETE FROM {table} WHERE delivery_id = '2019-H2.0518.01'"))
        connection.execute(text("DELETE FROM record"))
        connection.execute(text("UPDATE mail SET body_text = '' WHERE subject_id = '2019-H2.0518.01'"))
    assert [left.delivery_id for left in found] == ["2019-H2.0518.01"]
    if what == "a row":  # deleted, and not overwritten: nobody sees it by asking
        assert find_left(context, searched) == []
        on_disk, _ = search_disk(context, searched)
        assert {left.delivery_id for left in on_disk} == {"2019-H2.0518"}
        assert any("/base/" in left.where for left in on_disk)
        with context.engine.begin() as connection:
            after = connection.scalar(text("SELECT CAST(pg_current_xact_id() AS text)"))
        pages.rewrite(context.settings, ["record_2019_h2"], after)
        pages.begin_log_anew(context.settings)
        assert search_disk(context, searched)[0] == []


def test_one_thing_brought_back_to_a_bucket_is_found(context: Context):
    store, settings = context.store, context.settings
    with context.engine.connect() as connection:
        searched = proofs(connection, "2019-H2.0518.01")
    for bucket, key, data in (
        (settings.bucket_staging, "2019-H2.0518.01.parquet", b"x"),
        (settings.bucket_deliveries, "2019-H2.0518.01", b"x"),
        (settings.bucket_outbox, "H22019/0518/2019-H2.0518.01/terugkoppeling.json", b"x"),
        (settings.bucket_inbox, "H22019/0518/anders.csv", file_of("0518")),
    ):
        store.put(bucket, key, data)
        found = find_left(context, searched)
        store.erase(bucket, key)
        assert [left.delivery_id for left in found] == ["2019-H2.0518.01"], bucket
        assert found[0].where.startswith(bucket)
    assert find_left(context, searched) == []


def test_its_name_brought_back_to_any_file_is_found_by_the_command(stack: Stack, gmsd):
    assert stack.state is not None
    line = f"GET /gmsd-inbox/H22019/0518/WMO%5FH22019_{WORD['0518']}.csv 200".encode()
    stray = stack.state / "log" / "stray.log"
    stray.write_bytes(os.urandom(3 << 20) + line)
    found = gmsd("consent", "verify", "2019-H2.0518.01")
    stray.unlink()
    assert (found.returncode, found.stdout) == (1, "")
    assert re.fullmatch(rf"gmsd: 2019-H2\.0518\.01 was withdrawn and is in {re.escape(str(stray))}, at byte \d+\n", found.stderr)


class Killed(BaseException):
    """What no handler of ours catches."""


def _killed(*_given: object) -> None:
    raise Killed


def test_killed_at_any_step_and_run_again_it_ends_the_same(context: Context, stack: Stack, monkeypatch):
    deliver(context, "0344")
    withdraw(context, "0344")
    for name, step in list(steps._STEPS.items()):
        for at in ("before", "after"):

            def dies(*given, step=step, at=at):
                if at == "after":
                    step(*given)
                raise Killed

            with monkeypatch.context() as patched:
                patched.setitem(steps._STEPS, name, dies)
                with pytest.raises(Killed):
                    process_forms(context)
    for late in ("_prove", "_lay_down"):
        with monkeypatch.context() as patched:
            patched.setattr(f"gmsd.consent.withdrawal.{late}", _killed)
            with pytest.raises(Killed):
                process_forms(context)
    ((form, state),) = process_forms(context).items()
    assert state == "carried_out"
    assert [key.rpartition(".")[2] for key in context.store.keys(context.settings.bucket_outbox, f"{PROOFS}{form}/")] == ["html", "json"]
    assert on_disk(stack, context, WORD["0344"]) == []
    with context.engine.connect() as connection:
        searched = proofs(connection, "2019-H2.0344.01")
        rows = connection.execute(text("SELECT count(*) FROM audit WHERE subject = '2019-H2.0344.01' AND event = 'erased'")).scalar()
    assert (len(searched), rows) == (1, 1)
    assert find_left(context, searched) == []


def test_somebody_who_reads_the_database_as_it_was_is_waited_for(context: Context, stack: Stack, monkeypatch):
    deliver(context, "0599")
    withdraw(context, "0599")
    monkeypatch.setattr(pages, "PATIENCE_SECONDS", 0.3)
    monkeypatch.setattr(pages.rewrite, "__kwdefaults__", {"patience": 0.3})
    with connect(context.settings, "loader").connect().execution_options(isolation_level="REPEATABLE READ") as reader:
        assert reader.execute(text("SELECT count(*) FROM mail")).scalar()
        with pytest.raises(FormsWait, match=r"1 forms wait, such as form\.\d+ \(StillRead"):
            process_forms(context)
        with context.engine.connect() as connection:
            assert get(connection, "2019-H2.0599.01").deleted_at is not None, "nobody else sees it any more"
    assert list(process_forms(context).values()) == ["carried_out"]
    assert on_disk(stack, context, WORD["0599"]) == []


def test_the_log_of_the_database_and_errors_show_no_row(context: Context, stack: Stack):
    with pytest.raises(Exception, match="check constraint") as raised, context.engine.begin() as connection:
        connection.execute(
            text("INSERT INTO delivery_copy (delivery_id, etag) VALUES (:id, :etag)"), {"id": "2019-H2.0363.01", "etag": WORD["0772"]}
        )
    assert WORD["0772"] not in str(raised.value)
    assert stack.state is not None
    assert read_anew(stack.state / "log", WORD["0772"]) == []
