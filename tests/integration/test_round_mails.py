"""What the calendar says to coordinators: each mail once, with the personal link, and apart for each municipality."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import text

from gmsd.clock import AMSTERDAM
from gmsd.consent import process_forms
from gmsd.intake import check_delivery, register_inbox, report_delivery
from gmsd.journal import Context, send_queued, trail
from gmsd.registration import add_term, coordinator_of, end_terms, find_link, revoke_links
from gmsd.round_mails import queue_round_mails
from gmsd.warehouse import close_round
from tests.support.mails import Maildir, text_of
from tests.support.published import file_of

OPEN = dt.datetime(2020, 2, 3, 4, tzinfo=AMSTERDAM)
HAGUE, BOTH, MERGED = "den-haag@{}", "samen@{}", "eemsdelta@{}"


@pytest.fixture(scope="module")
def domain(settings) -> str:
    return settings.mail_engineer.removeprefix("beheer@").replace(".cbs.", ".gemeente.")


@pytest.fixture(scope="module")
def context(settings, clock, domain) -> Context:
    """The Hague by itself, Amsterdam and Rotterdam by one coordinator with two addresses, and somebody who serves from a later day on."""
    clock.move(OPEN)
    made = Context.open(settings)
    with made.engine.begin() as connection:

        def add(address: str, code: str, day: dt.date = dt.date(2019, 9, 1), **more) -> None:
            add_term(connection, address.format(domain), code, day, at=OPEN, actor="engineer", **more)

        add(HAGUE, "0518", correspondence_number="17.204")
        add(BOTH, "0363", further=[f"tweede@{domain}"])
        add(BOTH, "0599")
        add("later@{}", "0014", dt.date(2020, 2, 10))
    return made


def sent(context: Context, address: str) -> list[tuple[str, str]]:
    """Subject and text of each mail to an address, oldest first."""
    send_queued(context)
    mails = Maildir(Path(context.settings.maildir)).mails(address)
    return [(" ".join(str(mail["Subject"]).split()), text_of(mail)) for mail in mails]


def tokens(text_: str) -> list[str]:
    return re.findall(r"/link/([\w-]{43})", text_)


def upload(context: Context, store, code: str, half: str = "H22019", rows: int = 100) -> str:
    store.put(context.settings.bucket_inbox, f"{half}/{code}/WMO_{half}_x.csv", file_of(half, code, rows))
    (delivery_id,) = register_inbox(context).new_deliveries
    check_delivery(context, delivery_id)
    report_delivery(context, delivery_id)
    return str(delivery_id)


def test_the_window_opens_with_a_link_and_a_mail_for_each_municipality(context, domain):
    assert queue_round_mails(context) == {"window_opened": 3}
    assert queue_round_mails(context) == {}
    ((subject, told),) = sent(context, HAGUE.format(domain))
    assert subject == "GMSD 's-Gravenhage: u kunt leveren tot en met 6 maart 2020 (H22019)"
    assert "17.204" in told
    with context.engine.connect() as connection:
        found = find_link(connection, context.calendar, tokens(told)[0], OPEN)
        assert found is not None
        assert found.coordinator_id == coordinator_of(connection, HAGUE.format(domain)).coordinator_id
    both = sent(context, BOTH.format(domain))
    assert [subject.partition(":")[0] for subject, _ in both] == ["GMSD Amsterdam", "GMSD Rotterdam"]
    assert "Rotterdam" not in both[0][1]
    assert [told for _, told in sent(context, f"tweede@{domain}")] == [told for _, told in both]
    assert len({token for _, told in both for token in tokens(told)}) == 1


def test_the_token_waits_nowhere(context, domain):
    (token, *_) = tokens(sent(context, HAGUE.format(domain))[0][1])
    with context.engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM mail")).mappings().all()
        assert not [row for row in rows if token in str(dict(row))]
        assert not [row for row in trail(connection) if token in str(row) or "gemeente" in str(row)]


def test_who_begins_while_the_window_is_open_is_told_and_who_was_replaced_is_not(context, clock, domain):
    clock.move(dt.datetime(2020, 2, 11, 4, tzinfo=AMSTERDAM))
    assert queue_round_mails(context) == {"window_opened": 1}
    ((_, told),) = sent(context, f"later@{domain}")
    with context.engine.begin() as connection:
        end_terms(connection, f"later@{domain}", "0014", dt.date(2020, 2, 20), at=context.clock.now(), actor="engineer")
        add_term(connection, f"nieuw@{domain}", "0014", dt.date(2020, 2, 20), at=context.clock.now(), actor="engineer")
    assert queue_round_mails(context) == {}
    clock.move(dt.datetime(2020, 2, 20, 4, tzinfo=AMSTERDAM))
    assert queue_round_mails(context) == {"window_opened": 1}
    ((_, new),) = sent(context, f"nieuw@{domain}")
    assert tokens(new) != tokens(told)
    with context.engine.connect() as connection:
        assert find_link(connection, context.calendar, tokens(told)[0], context.clock.now()) is None


def test_receipt_and_verdict_go_to_who_serves_and_carry_the_link(context, store, domain):
    upload(context, store, "0363")
    mails = sent(context, BOTH.format(domain))[2:]
    assert "ontvangen" in mails[0][0]
    verdict = next(told for subject, told in mails if "goedgekeurd" in subject)
    assert tokens(verdict) == tokens(sent(context, BOTH.format(domain))[0][1])
    assert len(sent(context, f"tweede@{domain}")) == 2 + len(mails)
    # a municipality for which nobody is registered
    upload(context, store, "0344")
    fallback = sent(context, context.settings.mail_template_address.format(municipality="0344"))
    assert len(fallback) == 3
    assert not [told for _, told in fallback if tokens(told)]
    assert any(f"{context.settings.portal_url}/\n" in told for _, told in fallback)


def test_only_who_has_nothing_accepted_is_reminded_once_for_each_day(context, clock, domain):
    clock.move(dt.datetime(2020, 2, 26, 4, tzinfo=AMSTERDAM))
    assert queue_round_mails(context) == {"reminder_7": 3}
    subject, told = sent(context, HAGUE.format(domain))[-1]
    assert "nog 7 werkdagen om te leveren" in subject
    assert "H12019" not in told
    assert [subject for subject, _ in sent(context, BOTH.format(domain)) if "werkdagen" in subject] == [
        "GMSD Rotterdam: nog 7 werkdagen om te leveren, tot en met 6 maart 2020 (H22019)"
    ]
    clock.move(dt.datetime(2020, 3, 4, 4, tzinfo=AMSTERDAM))
    with context.engine.begin() as connection:
        known = coordinator_of(connection, HAGUE.format(domain))
        revoke_links(connection, known.coordinator_id, context.calendar.round("2019-H2"), at=context.clock.now(), actor="engineer")
    assert queue_round_mails(context) == {"reminder_2": 3}
    assert queue_round_mails(context) == {}
    subject, told = sent(context, HAGUE.format(domain))[-1]
    assert "nog 2 werkdagen om te leveren" in subject
    assert tokens(told) == []  # what was revoked is not made again by a mail


def test_withdrawal_close_and_publication_say_what_became_of_each_place(context, store, clock, domain, settings):
    upload(context, store, "0599")
    clock.move(dt.datetime(2020, 3, 9, 4, tzinfo=AMSTERDAM))
    assert queue_round_mails(context) == {"withdrawal_opened": 2}
    subject, told = sent(context, BOTH.format(domain))[-1]
    assert subject == "GMSD Rotterdam: intrekken kan tot en met 20 maart 2020 (H22019)"
    assert "2e halfjaar 2019: WMO_H22019_x.csv" in told
    process_forms(context)
    clock.move(dt.datetime(2020, 3, 23, 4, tzinfo=AMSTERDAM))
    assert queue_round_mails(context) == {}
    close_round(context, "2019-H2")
    assert queue_round_mails(context) == {"round_closed": 4}
    assert "wat u in deze ronde leverde, telt mee" in " ".join(sent(context, BOTH.format(domain))[-1][1].split())
    assert "wij kregen geen bestand" in sent(context, HAGUE.format(domain))[-1][1]
    clock.move(dt.datetime(2020, 5, 4, 4, tzinfo=AMSTERDAM))
    assert queue_round_mails(context) == {}
    with context.engine.connect() as connection:
        kinds = Counter(connection.scalars(text("SELECT kind FROM mail WHERE subject_id LIKE 'round.%'")))
    # Amsterdam and Rotterdam twice: two addresses
    assert kinds == {"window_opened": 7, "reminder_7": 4, "reminder_2": 4, "withdrawal_opened": 4, "round_closed": 6}
