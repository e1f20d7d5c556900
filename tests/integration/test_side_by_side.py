"""Many deliveries checked and reported on at a time give what one after the other gives: verdicts, trail, reports, records, mails."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from gmsd.deliveries import ReceiptBroken, listing
from gmsd.intake import SomeFailed, check_and_report, check_delivery, register_inbox, report_delivery
from gmsd.journal import Context, lock_round, trail
from gmsd.rounds import WMO, HalfYear
from gmsd.store import ObjectStore
from tests.integration.test_rounds import file_of, moment, rows_of, upload
from tests.support.stack import KEYS, installation
from tests.support.waiting import patience

if TYPE_CHECKING:
    from collections.abc import Iterator

PLACES = ("0344", "0363", "0518", "0599", "0772", "0995")
MAILS = "SELECT message_id, recipient, subject, body_text, body_html, queued_at, sent_at IS NOT NULL FROM mail ORDER BY 1"
VERDICTS = "SELECT delivery_id, result, op_orde, lines, rules_version, checked_at FROM check_result ORDER BY 1"
STATES = "SELECT delivery_id, state, reason, attempt, verdict, checked_at, facultative_used FROM delivery ORDER BY 1"


@contextmanager
def town(stack: Any, folder: Any) -> Iterator[Context]:
    """An installation with the same keys and uploads as every other: right, wrong, doubled and corrected ones."""
    from gmsd.clock import DatabaseClock
    from gmsd.installation import prepare

    folder.mkdir()
    for settings in installation(stack, folder):
        for number, name in enumerate(KEYS):
            (folder / f"{name}.key").write_text(f"{number:064x}")
        same = settings.model_copy(
            update={"mail_template_address": "wmo-{municipality}@gemeente.invalid", "mail_engineer": "beheer@cbs.invalid"}
        )
        prepare(same)
        context = Context.open(same)
        DatabaseClock(context.engine).move(moment(2019, 9, 10, 9))
        for municipality in PLACES:
            upload(context, "H12019", municipality, file_of(municipality, faulty_unit=municipality == "0363"))
        upload(context, "H12019", "0518", file_of("0363"))  # of another municipality: rejected
        upload(context, "H12019", "0344", file_of("0344", numbers=True))
        upload(context, "H12019", "0772", b"no file at all")
        yield context


def came_of_it(context: Context) -> dict[str, Any]:
    """All that a check and a report leave behind."""
    store, settings = context.store, context.settings
    with context.engine.connect() as connection:
        told = [{**row, "details": {k: v for k, v in row["details"].items() if k != "version_id"}} for row in trail(connection)]
    return {
        "trail": [{name: value for name, value in row.items() if name not in ("hash", "previous_hash")} for row in told],
        "states": rows_of(context, STATES),
        "verdicts": rows_of(context, VERDICTS),
        "mails": rows_of(context, MAILS),
        "reports": {key: store.get(settings.bucket_outbox, key) for key in store.keys(settings.bucket_outbox)},
        "staged": {key: store.get(settings.bucket_staging, key) for key in store.keys(settings.bucket_staging)},
    }


@pytest.fixture(scope="module")
def one_by_one(stack, tmp_path_factory) -> dict[str, Any]:
    """What one delivery after the other gives."""
    with town(stack, tmp_path_factory.mktemp("one") / "keys") as context:
        ids = register_inbox(context).new_deliveries
        for delivery_id in ids:
            check_delivery(context, delivery_id)
            report_delivery(context, delivery_id)
        return came_of_it(context)


def test_what_comes_of_it_is_the_same(stack, tmp_path, one_by_one: dict[str, Any]) -> None:
    with town(stack, tmp_path / "keys") as context:
        ids = register_inbox(context).new_deliveries
        assert len(ids) == 9
        outcomes = check_and_report(context, ids)
        assert [each.delivery_id for each in outcomes] == list(ids)
        assert sorted({each.state for each in outcomes}) == ["accepted", "rejected", "superseded"]
        assert rows_of(context, "SELECT count(*) FROM mail WHERE sent_at IS NULL") == [(0,)]
        assert came_of_it(context) == one_by_one
        # run again it gives the same, and nothing twice
        assert check_and_report(context, ids) == outcomes
        assert came_of_it(context) == one_by_one


def test_one_of_a_place_is_checked_after_those_that_came_before_it(stack, tmp_path) -> None:
    with town(stack, tmp_path / "keys") as context:
        register_inbox(context)
        (outcome,) = check_and_report(context, ["2019-H1.0344.02"])
        assert outcome.state == "accepted"
        with context.engine.connect() as connection:
            states = {each.delivery_id: each.state for each in listing(connection)}
        assert {each for each, state in states.items() if state != "received"} == {"2019-H1.0344.01", "2019-H1.0344.02"}


def test_one_that_was_checked_before_a_kill_is_reported_on_before_the_next_of_its_place_is_checked(
    stack, tmp_path, one_by_one: dict[str, Any]
) -> None:
    with town(stack, tmp_path / "keys") as context:
        ids = register_inbox(context).new_deliveries
        check_delivery(context, ids[0])
        assert f"{ids[0].removesuffix('.01')}.02" in ids
        check_and_report(context, ids)
        assert came_of_it(context) == one_by_one


class LosingStore(ObjectStore):
    """The real store, that gives other bytes of one delivery than were registered."""

    def __init__(self, store: ObjectStore, lost: str) -> None:
        super().__init__(store.client)
        self.lost = lost

    def get(self, bucket: str, key: str, version_id: str = "") -> bytes:
        data = super().get(bucket, key, version_id)
        return data + b"x" if key == self.lost else data


def test_one_that_cannot_be_checked_is_told_and_the_others_go_on(stack, tmp_path) -> None:
    with town(stack, tmp_path / "keys") as context:
        ids = register_inbox(context).new_deliveries
        losing = replace(context, store=LosingStore(context.store, "2019-H1.0363.01"))
        with pytest.raises(SomeFailed, match="1 of 9 deliveries could not be checked and reported on") as told:
            check_and_report(losing)
        assert {each: type(error) for each, error in told.value.errors.items()} == {"2019-H1.0363.01": ReceiptBroken}
        with context.engine.connect() as connection:
            assert [each.delivery_id for each in listing(connection, state="received")] == ["2019-H1.0363.01"]
        assert [each.state for each in check_and_report(context, ids)].count("received") == 0


def test_a_close_that_waits_for_the_round_lets_what_is_in_hand_come_to_its_end(stack, tmp_path) -> None:
    """A close wants the round for itself while many of its deliveries share it: none of them waits for the close, nor it for ever."""
    from threading import Thread

    with town(stack, tmp_path / "keys") as context:
        register_inbox(context)
        alone: list[int] = []

        def close() -> None:
            with context.engine.begin() as connection:
                lock_round(connection, WMO, HalfYear(2019, 1), alone=True)
                alone.append(rows_of(context, "SELECT count(*) FROM delivery WHERE state = 'received'")[0][0])

        class Closing(ObjectStore):
            """The real store; at its first question the close begins."""

            def get(self, bucket: str, key: str, version_id: str = "") -> bytes:
                if not closing.is_alive() and not alone:
                    closing.start()
                    closing.join(0.3)
                return super().get(bucket, key, version_id)

        closing = Thread(target=close, daemon=True)
        outcomes = check_and_report(replace(context, store=Closing(context.store.client)))
        closing.join(patience(30))
        assert len(alone) == 1
        assert "received" not in {each.state for each in outcomes}
