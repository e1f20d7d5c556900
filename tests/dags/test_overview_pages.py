"""The pages of the overview: whole without a script, each view an address, hostile text only ever text."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from gmsd.feedback import Checked
from gmsd.overview import (
    GROUPS,
    AccountedStep,
    Deadline,
    DeliveryAccount,
    Happening,
    MunicipalityAccount,
    Remarks,
    RoundOverview,
    Selection,
    totals_by_day,
)
from gmsd.overview.accounts import FiledForm, Letter
from gmsd.overview.totals import Move
from gmsd.rounds import HalfYear, load_calendar
from gmsd_airflow.overview_page import (
    COLOURS,
    HEIGHT,
    OverviewPage,
    chart_of,
    render_delivery,
    render_municipality,
    render_overview,
    told_apart,
)
from tests.unit import samples as s
from tests.unit.overview.made import delivery, row

NOW = s.moment(11)
FAULTS = Remarks(10, 0, 4, 1, 2, has_op_orde=False)
HOSTILE = delivery("rejected", "0363", file_name=s.HOSTILE, object_key=f"H22019/0363/{s.HOSTILE}", reason=s.HOSTILE)
ROWS = (
    row("0518", explanation="filed", kept=None),
    row("0363", standing=HOSTILE, newest=HOSTILE, attempts=3, uploads=4, remarks=FAULTS, mails_waiting=2),
    row("0599", standing=None, newest=None, attempts=0, uploads=0, remarks=None, deadline=Deadline("delivery", dt.date(2020, 3, 6), 5)),
    row("0344", newest=delivery("repeat", "0344", 2), withdrawal="filed", participation="delivered"),
)
MOVES = [Move("0518", "2019-H2.0518.01", s.moment(4), "accepted"), Move("0363", "2019-H2.0363.01", s.moment(5), "rejected")]
TOTALS = totals_by_day(MOVES, len(ROWS), s.ROUND.window_first, NOW.date())
HAPPENINGS = (
    Happening(7, s.moment(4), "2019-H2.0363.01", "registered", None, "received", "", "intake"),
    Happening(9, s.moment(4), "2019-H2.0363.01", "state", "received", "rejected", "rejected for <b>BSN-02</b>", "check"),
)
LETTERS = (Letter("2019-H2.0363.01", "verdict", "wmo-0363@gemeente.invalid", s.moment(4), None, 2),)
FORMS = (FiledForm("form.0001", "withdrawal", "wmo", "2019-H2", "2019-H2", s.moment(10), "filed", ""),)


BEFORE = (replace(s.ROUND, code=HalfYear(2016, 1), takes=(HalfYear(2016, 1),)),)


def overview(**query: str) -> str:
    asked = Selection.of(query)
    found = RoundOverview(s.ROUND, s.H2, NOW, ROWS, TOTALS)
    unplaced = (replace(HOSTILE, place=None, round=None),)
    return render_overview(OverviewPage(found, asked, asked.apply(ROWS), chart_of(TOTALS), (s.ROUND,), BEFORE, unplaced))


def account(state: str = "rejected") -> str:
    steps = (AccountedStep("check", 10, 0, {"file rejected": 10}), AccountedStep("load", 10, 8, {"outside the half-year": 1}))
    checked = None if state == "withdrawn" else Checked.of(s.RESULTS["rejected"])
    reports = () if state == "withdrawn" else ("terugkoppeling.html",)
    gone = replace(HOSTILE, state=state)
    return render_delivery(DeliveryAccount(gone, "Amsterdam", checked, steps, HAPPENINGS, ("r0002",), LETTERS, reports, NOW))


def municipality() -> str:
    remarks = {HOSTILE.delivery_id: FAULTS}
    found = MunicipalityAccount("0363", "Amsterdam", "wmo-0363@gemeente.invalid", (HOSTILE,), remarks, FORMS, LETTERS, HAPPENINGS, NOW)
    return render_municipality(found)


PAGES = {"overview": overview(), "delivery": account(), "withdrawn": account("withdrawn"), "municipality": municipality()}


class Read(HTMLParser):
    """The elements of a page, and every address in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.names: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]
        self.names += [name for name, _ in attrs]


@pytest.mark.parametrize("name", list(PAGES))
def test_a_page_is_whole_without_a_script_and_a_hostile_name_is_only_text(name):
    read = Read(PAGES[name])
    assert not {"script", "img", "iframe", "link"} & set(read.tags)
    assert not [each for each in read.names if each.startswith("on")]
    assert all(link.startswith(("/gmsd/", "/dags/", "#")) for link in read.links), read.links
    assert s.BSN not in PAGES[name]
    assert "\r" not in PAGES[name]


@pytest.mark.parametrize("name", list(PAGES))
def test_ids_are_used_once_and_links_inside_a_page_lead_somewhere(name):
    ids = re.findall(r'\bid="([^"]*)"', PAGES[name])
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in Read(PAGES[name]).links if link.startswith("#")} <= set(ids)


def test_a_row_tells_state_attempts_remarks_forms_deadline_and_coordinator():
    text = " ".join(re.sub(r"<[^>]+>", " ", PAGES["overview"]).split())
    assert "0599 Rotterdam not delivered 0 - - - - - delivery by 2020-03-06 5 days late - wmo-0599@gemeente.invalid" in text
    assert (
        "0363 Amsterdam rejected 3 (2 of 20 corrections) rejected - 0 file, 4 base, 1 facultative; 2 notices - - "
        "verdict done 2020-03-04, due 2020-03-09 2019-H2.0363.01 wmo-0363@gemeente.invalid 2 mails wait" in text
    )
    assert "0344 Utrecht accepted at the close: delivered 1 (0 of 20 corrections) accepted ready" in text
    assert "2019-H2.0344.02 (repeat; counts: 2019-H2.0344.01 )" in text
    assert "4 of 4 municipalities shown" in text
    assert "2 have not delivered" in text


def test_rounds_of_before_without_a_delivery_are_no_work_but_can_be_opened():
    page = PAGES["overview"].partition("<details>")[2].partition("</details>")[0]
    assert "1 rounds that are over and hold no delivery" in page
    assert '<a href="/gmsd/rounds?round=2016-H1&amp;half_year=2016-H1">Round 2016-H1</a>' in page


def test_only_a_round_that_is_over_and_empty_and_not_shown_is_set_aside():
    rounds = load_calendar().rounds
    shown = next(each for each in rounds if each.id == "2016-H1")
    listed, empty = told_apart(rounds, {"2017-H2", "2019-H1"}, shown, s.moment(11))  # in the window of 2019-H2
    names = [each.id for each in listed if each.code <= HalfYear(2019, 2)]
    assert names == ["2019-H2", "2019-H1", "2017-H2", "2016-H1"]
    assert [each.id for each in empty] == ["2018-H2", "2018-H1", "2017-H1", "2016-H2", "2015-H2", "2015-H1"]
    assert set(listed) | set(empty) == set(rounds)


def test_rounds_stand_apart_and_the_one_shown_is_marked():
    listed = re.findall(r"<li>(<a [^>]*>[^<]*</a>)</li>", PAGES["overview"].partition("<details>")[0])
    assert [re.sub("<[^>]*>", "", each) for each in listed] == [
        "Round 2019-H2 (half-year 2019-H1)", "Round 2019-H2", "Approvals of releases (uitgaven)"
    ]  # fmt: skip
    assert [' aria-current="page"' in each for each in listed] == [False, True, False]


def test_calendar_says_where_today_stands():
    text = " ".join(re.sub(r"<[^>]+>", " ", PAGES["overview"]).split())
    assert "Delivery (aanlevering) 2020-02-03 2020-03-06 past" in text
    assert "Withdrawal (intrekking) 2020-03-09 2020-03-20 today, 9 days left" in text
    assert "Close 2020-03-23 2020-03-23 to come, in 12 days" in text


def test_a_view_keeps_what_was_asked_in_its_form_and_in_its_headings():
    page = overview(q='"><script>', state="rejected", sort="late", order="desc")
    assert "0 of 4 municipalities shown" in page
    assert '<option value="rejected" selected>' in page
    assert 'aria-sort="descending"' in page
    assert "script" not in Read(page).tags
    assert any(link.startswith("/gmsd/rounds?q=%22%3E%3Cscript%3E&state=rejected") for link in Read(page).links)


def test_chart_stacks_every_municipality_each_day_and_the_table_says_the_same():
    chart = chart_of(TOTALS)
    assert chart is not None
    assert set(COLOURS) == set(GROUPS)
    by_day: dict[float, float] = {}
    for bar in chart.bars:
        by_day[bar.x] = by_day.get(bar.x, 0) + bar.height
        assert 0 <= bar.y <= bar.y + bar.height <= HEIGHT
    assert len(by_day) == len(TOTALS)
    assert max(by_day.values()) - min(by_day.values()) < 0.1
    assert [str(day.day) for day in chart.totals] == ["2020-02-03", "2020-03-04", "2020-03-05"]
    assert chart_of(()) is None


def test_a_delivery_shows_receipt_run_release_reports_and_rows_that_do_not_add_up():
    page = PAGES["delivery"]
    links = Read(page).links
    assert {"/dags/gmsd_delivery/runs/2019-H2.0363.01", "/gmsd/releases/r0002/approval", "#receipt"} <= set(links)
    assert "/gmsd/municipalities/0363" in links
    assert "/gmsd/deliveries/2019-H2.0363.01/reports/terugkoppeling.html" in links
    assert s.SHA in page
    assert "no: 1 missing" in page
    assert page.count("<td>yes</td>") == 1
    assert "reports/" not in PAGES["withdrawn"]
    assert "the data was deleted" in PAGES["withdrawn"]


def test_history_tells_who_did_what_and_why():
    text = " ".join(re.sub(r"<[^>]+>", " ", PAGES["municipality"]).split())
    assert "state received rejected rejected for &lt;b&gt;BSN-02&lt;/b&gt; check" in text
    assert "form.0001 withdrawal (intrekking) 2019-H2 2019-H2" in text
    assert "waits, tried 2 times" in text
