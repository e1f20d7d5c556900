"""Steps in drawn orders against real services, and what has to hold after each of them."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import http.client
import json
import re
import tempfile
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import text

from gmsd.clock import AMSTERDAM
from gmsd.consent import find_left, proofs
from gmsd.database import connect
from gmsd.deletion import flush
from gmsd.deliveries import progress_of
from gmsd.installation import prepare
from gmsd.intake import extend
from gmsd.journal import Context, verify_trail
from gmsd.rounds import WMO, HalfYear, Place
from gmsd.warehouse import close_round
from tests.round_trip.model import COUNTED, Model, Sent
from tests.round_trip.tasks import NEVER, SIGKILL, Runner
from tests.support.portal import Browser, account, personal_link, portal_of
from tests.support.portal import field as hidden_field
from tests.support.published import HEAD
from tests.support.stack import Stack, installation
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BEGIN = dt.datetime(2020, 2, 3, 9, 0, tzinfo=AMSTERDAM)
ROUND = "2019-H2"
TEAMS = {"twee": ("0518", "0363"), "een": ("0202",)}
PLACES = [Place(WMO, HalfYear(2019, half), code) for codes in TEAMS.values() for code in codes for half in (2, 1)]
SINCE = dt.date(2020, 1, 1)
# Of a task, before how many calls to a service it may be killed; a check makes about forty, a withdrawal hundreds.
DEEPEST = 250
DELIVERIES = (
    "SELECT delivery_id, received_at, verdict IS NOT NULL AS is_checked, state FROM delivery_row ORDER BY registered_at, upload_number"
)
WITHDRAWALS = "SELECT * FROM form WHERE kind = 'withdrawal' ORDER BY form_number"
CHECKED = ("accepted", "rejected", "superseded", "withdrawn")
ANSWERS = ("receipt", "early", "late", "repeat", "over_limit")
"""What the first mail about an upload is called."""

places, killed = st.sampled_from(PLACES), st.one_of(st.just(NEVER), st.integers(0, 40), st.integers(0, DEEPEST))


@dataclass
class Played:
    """What was played: how many steps of each kind, and what came of them."""

    steps: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Step:
    """Something that may happen: how often, when, and what is drawn for it."""

    weight: int
    when: Callable[[RoundTrip], object]
    drawn: dict[str, Any]


STEPS: dict[str, Step] = {}


def may_happen(weight: int = 1, when: Callable[[RoundTrip], object] = lambda _: True, **drawn: Any) -> Callable[[Any], Any]:
    """Of a method: it is a step. `drawn` are its arguments, as strategies, or as functions from the machine to what there is."""

    def keep(method: Any) -> Any:
        STEPS[method.__name__] = Step(weight, when, drawn)
        return method

    return keep


class RoundTrip(RuleBasedStateMachine):
    """Three municipalities of two coordinators, both halves of a year, one round."""

    stack: ClassVar[Stack]
    like: ClassVar[str]
    runners: ClassVar[tuple[Runner, Runner]]
    played: ClassVar[Played]

    def __init__(self) -> None:
        super().__init__()
        self.held = ExitStack()
        self.number = 0

    @initialize(drawn=st.integers(0, 1 << 32))
    def open(self, drawn: int) -> None:
        """An empty installation, its portal, and who is registered."""
        assume(drawn)  # what Hypothesis tries first is always the simplest: one rule with the same values, over and over
        folder = Path(self.held.enter_context(tempfile.TemporaryDirectory()))
        made = installation(self.stack, folder, like=self.like)
        self.settings = next(made)
        self.held.callback(lambda: next(made, None))
        prepare(self.settings)
        self.context = Context.open(self.settings)
        self.now = BEGIN
        self.context.clock.move(BEGIN)  # type: ignore[attr-defined]
        close_round(self.context, "2019-H1", empty_confirmed_by="engineer")
        self.model = Model(self.context.calendar.round(ROUND))
        limits = {"portal_requests_per_minute": "100000", "portal_tries_per_quarter": "100000"}
        log = self.held.enter_context((folder / "portal.log").open("w"))
        self.portal = self.held.enter_context(portal_of(self.settings, log=log, **limits))
        self.word = self.settings.mail_engineer.removeprefix("beheer@").split(".")[0]
        self.domain = f"@{self.word}.gemeente.invalid"
        self.links = {team: personal_link(self.context, team + self.domain, ROUND, *codes, since=SINCE) for team, codes in TEAMS.items()}
        self.by_link = {team: self.held.enter_context(Browser(self.portal.url)) for team in TEAMS}
        self.by_account = {team: self.held.enter_context(Browser(self.portal.url)) for team in TEAMS}
        self.codes: dict[str, list[str]] = {team: [] for team in TEAMS}
        self.carried_out: set[str] = set()
        self.asked: dict[Place, list[tuple[str, dt.datetime, str]]] = {place: [] for place in PLACES}
        self.kills = 0
        self.ran = False
        # a form lies in the inbox or waits to be carried out
        self.unsettled = False

    def teardown(self) -> None:
        """Settle everything, hold all of it once more, close the round, and leave nothing behind."""
        try:
            if hasattr(self, "unsettled"):
                self._end()
        finally:
            self.held.close()

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        """One of what may happen now; drawn here and not by rules, of which Hypothesis leaves some out in every example."""
        may = [name for name, each in STEPS.items() if each.when(self) for _ in range(each.weight)]
        name = data.draw(st.sampled_from(may), label="step")
        drawn = {
            about: data.draw(each if isinstance(each, st.SearchStrategy) else st.sampled_from(each(self)), label=about)
            for about, each in STEPS[name].drawn.items()
        }
        getattr(self, name)(**drawn)

    def of_state(self, *states: str) -> list[Sent]:
        """The uploads that should be in such a state."""
        return [each for each in self.model.all_sent() if each.state in states]

    # --- what people do -------------------------------------------------------------------------------------------------------------

    @may_happen(3, place=places, good=st.sampled_from([True, True, False]), number=st.sampled_from([1, 1, 1, 2, 13]), again=st.booleans())
    def upload_to_the_bucket(self, place: Place, good: bool, number: int, again: bool) -> None:
        """A system puts files into the bucket, new ones or the last one again under its own name."""
        self._tick("upload to the bucket")
        for _ in range(number):
            sent = self._file(place, good=good, again=again and number == 1)
            self.context.store.put(self.settings.bucket_inbox, sent.key, sent.data)
            self.model.waiting.append(sent)

    @may_happen(2, place=places, good=st.sampled_from([True, True, False]), again=st.booleans(), twice=st.booleans())
    def upload_by_the_portal(self, place: Place, good: bool, again: bool, twice: bool) -> None:
        """A coordinator sends a file by the form; with a double click it is sent twice."""
        self._tick("upload by the portal")
        browser, address = self._link(place), f"/levering/{place.folder}"
        self._adopt_waiting_first()
        page = browser.get(address)
        may = self.model.is_open(place, self.now) and self.model.left(place) > 0 and self.now < self.model.of.withdrawal_ends_at
        assert (page.status_code == 200) == may, (page.status_code, place, self.now)
        if not may:
            return
        sent = self._file(place, good=good, again=again)
        form = {name: hidden_field(page.text, name) for name in ("csrf", "sleutel")}
        file = {"bestand": (sent.name, sent.data, "text/csv")}
        answers = [browser.post(address, data=form, files=file) for _ in range(1 + twice)]
        sent.number = len(self.model.sent.get(place, ())) + 1
        assert {answer.headers.get("location") for answer in answers} == {f"/ontvangst/{sent.delivery_id}"}, answers[0].text[:2000]
        self.model.register(sent, self.now)
        self.played.found["portal: the same file again"] += sent.state == "repeat"

    @may_happen(place=places)
    def upload_that_breaks_off(self, place: Place) -> None:
        """A browser goes away in the middle of a file."""
        self._tick("upload that breaks off")
        self._adopt_waiting_first()
        browser, address = self._link(place), f"/levering/{place.folder}"
        page = browser.get(address)
        if page.status_code != 200:
            return
        csrf, key = (hidden_field(page.text, name) for name in ("csrf", "sleutel"))
        head = "".join(
            f'--grens\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in (("csrf", csrf), ("sleutel", key))
        )
        part = '--grens\r\nContent-Disposition: form-data; name="bestand"; filename="WMO_H22019_af.csv"\r\nContent-Type: text/csv\r\n\r\n'
        where = urlsplit(self.portal.url)
        connection = http.client.HTTPConnection(str(where.hostname), where.port, timeout=30)
        connection.putrequest("POST", address)
        for name, value in (
            ("Content-Type", "multipart/form-data; boundary=grens"),
            ("Content-Length", "100000"),
            ("Cookie", "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies.jar)),
        ):
            connection.putheader(name, value)
        connection.endheaders((head + part).encode() + self._file(place, good=True, again=False).data)
        connection.close()

    @may_happen(place=places)
    def withdraw_by_the_bucket(self, place: Place) -> None:
        """A form is put into the bucket."""
        self._tick("withdraw by the bucket")
        form = {"half_year": place.half_year.upload_code, "municipality": place.municipality, "name": "Team", "reason": None}
        self.context.store.put(self.settings.bucket_inbox, f"{place.folder}/formulieren/intrekking.json", json.dumps(form).encode())
        self.unsettled = True

    @may_happen(place=places)
    def ask_to_withdraw(self, place: Place) -> None:
        """A coordinator asks for a withdrawal in the portal; nothing is withdrawn."""
        self._tick("ask to withdraw")
        address, browser = f"/intrekken/{place.folder}", self._account(place)
        page = browser.get(address)
        in_time = self.model.of.opens_at <= self.now < self.model.of.withdrawal_ends_at
        assert page.status_code == (200 if in_time else 409), (page.status_code, self.now)
        if "Bevestigen met een code" in page.text:  # the mail about an earlier question has not left yet
            return
        offered = 'name="bevestig"' in page.text
        assert self.unsettled or not in_time or offered == bool(self.model.takes(place, self.now)), place
        if not offered:
            return
        answer = browser.post(address, data={"csrf": hidden_field(page.text, "csrf"), "naam": "Team", "bevestig": "ja"})
        assert "kijk in uw mail" in answer.text
        with connect(self.settings, "owner").connect() as connection:
            body = connection.scalar(text("SELECT body_text FROM mail WHERE kind = 'withdrawal_asked' ORDER BY queued_at DESC LIMIT 1"))
        found = re.search(r"/intrekken/([\w-]{43})", str(body))
        assert found
        self.asked[place] = [(token, at, "replaced" if state == "waits" else state) for token, at, state in self.asked[place]]
        self.asked[place].append((found[1], self.now, "waits"))

    @may_happen(
        2,
        when=lambda self: any(self.asked.values()),
        place=lambda self: [place for place in PLACES if self.asked[place]],
        before=st.sampled_from([0, 0, 0, 1, 2]),
    )
    def open_the_mail(self, place: Place, before: int) -> None:
        """The link of a mail is opened by a scanner, by the neighbours, and confirmed; an old one too."""
        self._tick("open the mail")
        at = max(0, len(self.asked[place]) - 1 - before)
        token, asked_at, state = self.asked[place][at]
        address = f"/intrekken/{token}"
        with Browser(self.portal.url) as scanner:
            page = scanner.get(address)
            assert scanner.post(address, data={"csrf": hidden_field(page.text, "csrf")}).status_code == 403
        browser = self._account(place)
        csrf = hidden_field(browser.get("/").text, "csrf")
        answer = browser.post(address, data={"csrf": csrf})
        is_open = self.now < self.model.of.withdrawal_ends_at
        if state == "replaced":
            assert answer.status_code == 404
        elif state == "used":
            assert "al bevestigd" in answer.text
        elif not is_open or self.now >= asked_at + dt.timedelta(days=1):
            assert answer.status_code == 409
        elif answer.status_code == 409:
            assert "Er valt niets meer in te trekken" in answer.text
            assert not self.model.takes(place, self.now)
        else:
            assert "Uw intrekking is ontvangen" in answer.text, answer.text[:2000]
            self.asked[place][at] = (token, asked_at, "used")
            self.unsettled = True
            self._adopt()

    @may_happen(place=places, days=st.integers(1, 9))
    def extend_by_the_engineer(self, place: Place, days: int) -> None:
        """An engineer grants days after the window."""
        self._tick("extend")
        last = self.model.of.window_last + dt.timedelta(days=days)
        extend(self.context, place, self.model.of, last, reason="asked for", actor="engineer")
        self.model.granted[place] = last

    @may_happen(when=lambda self: self.of_state("late"), sent=lambda self: self.of_state("late"))
    def let_a_late_one_in(self, sent: Sent) -> None:
        """An engineer lets a late upload in, as long as the place may send any."""
        self._tick("let in")
        left = self.model.left(sent.place)
        done = self._run(f"let_in:{sent.delivery_id}")
        assert bool(done["error"]) == (not left), done
        if left:
            self.model.let_in(sent)
        else:
            assert done["error"].startswith("NoUploadLeft"), done
            self.played.found["let in: none left"] += 1

    @may_happen(days=st.sampled_from([0, 0, 1, 1, 2, 4]), hours=st.integers(0, 23))
    def time_passes(self, days: int, hours: int) -> None:
        """The watcher registers what came in; then it is later."""
        self._tick("time passes")
        self._registered()
        later = min(self.now + dt.timedelta(days=days, hours=hours), self.model.of.closes_at - dt.timedelta(hours=3))
        self.now = max(self.now, later)
        self._tick("")

    # --- what the pipeline does -----------------------------------------------------------------------------------------------------

    @may_happen(3, at=killed, together=st.booleans())
    def intake_runs(self, at: int, together: bool) -> None:
        """Intake, killed somewhere or beside another that was triggered too."""
        self._tick("intake, killed" if at != NEVER else "intake, twice at once" if together else "intake")
        for task in ("register", "forms"):
            killed_now = self._run(task, at=at, together=together)["signal"] == SIGKILL
            self._adopt()
            if killed_now:
                self.played.found[f"{task} killed"] += 1
                return
        self.unsettled = False

    @may_happen(
        5, when=lambda self: self.of_state("received"), sent=lambda self: self.of_state("received"), at=killed, together=st.booleans()
    )
    def delivery_runs(self, sent: Sent, at: int, together: bool) -> None:
        """Check and report of an upload, killed somewhere or triggered twice; of the oldest, or of another that came before its turn."""
        self._tick("check and report, killed" if at != NEVER else "check and report")
        for task in ("check", "report"):
            done = self._run(f"{task}:{sent.delivery_id}", at=at, together=together)
            self._adopt()
            if done["signal"] == SIGKILL:
                self.played.found[f"{task} killed"] += 1
                return

    @may_happen(when=lambda self: any(self.of_state(*CHECKED)), sent=lambda self: self.of_state(*CHECKED))
    def delivery_runs_again(self, sent: Sent) -> None:
        """A task that is done is triggered once more, also of what has been withdrawn since."""
        self._tick("check and report again")
        for task in ("check", "report"):
            self._run(f"{task}:{sent.delivery_id}")

    # --- what has to hold -----------------------------------------------------------------------------------------------------------

    @invariant()
    def holds(self) -> None:
        """After each step: what was sent is known once and is what it should be; one file counts; the chain is whole; what went is gone."""
        self._adopt()
        with self.context.engine.connect() as connection:
            rows = {row.delivery_id: row for row in connection.execute(text("SELECT * FROM delivery_row"))}
            mails = connection.execute(text("SELECT subject_id, recipient, kind, count(*) AS times FROM mail GROUP BY 1, 2, 3")).all()
            gone = proofs(connection)
            counting = {place: progress_of(connection, place, self.model.of.code).counts_now for place in PLACES}
        assert rows.keys() == {each.delivery_id for each in self.model.all_sent()}, "nothing is lost, nothing is there twice"
        for sent in self.model.all_sent():
            row = rows[sent.delivery_id]
            assert (row.state, row.attempt, row.sha256) == (sent.state, sent.attempt, sent.sha256), (
                sent,
                row.state,
                row.attempt,
                row.reason,
            )
            assert row.deleted_at is None or sent.state == "withdrawn"
            assert row.verdict is None or row.attempt <= COUNTED, f"{sent} was checked, and is one too many"
        for place in PLACES:
            named = [each.delivery_id for each in self.model.sent.get(place, ()) if rows[each.delivery_id].state == "accepted"]
            assert len(named) <= 1, f"{named} count at once"
            found = counting[place]
            assert (found.delivery_id if found else None) == self.model.counts(place)
        assert [each for each in mails if each.subject_id in rows and each.times > 1] == []
        if gone and self.ran:  # what runs may bring something back; looking at pages does not
            assert find_left(self.context, gone) == []
        self.ran = False
        assert verify_trail(self.context.engine, self.context.store, self.settings).whole

    def _mails_left_once(self) -> None:
        """Nothing waits, everybody was told of each upload, and what is in the mailboxes is what the register says was sent."""
        with self.context.engine.connect() as connection:
            rows = connection.execute(text("SELECT message_id, subject_id, kind, sent_at FROM mail WHERE municipality IS NOT NULL")).all()
        assert all(row.sent_at is not None for row in rows)
        for sent in self.model.all_sent():
            told = [row.kind for row in rows if row.subject_id == sent.delivery_id and row.kind in ANSWERS]
            assert len(told) == 1 or (sent.state == "withdrawn" and not told), (sent, told)
        of_register = {row.message_id.strip("<>") for row in rows}
        in_boxes = Counter(self._message_ids())
        assert of_register <= in_boxes.keys(), of_register - in_boxes.keys()
        # killed between the server's answer and the note of it, the same mail goes out again under the same id
        assert sum(times - 1 for times in in_boxes.values()) <= self.kills

    def _message_ids(self) -> Iterator[str]:
        for path in (Path(self.settings.maildir) / "new").glob("*"):
            data = path.read_bytes()
            if self.domain.encode() in data:
                found = email.message_from_bytes(data, policy=email.policy.default)
                if str(found["To"]).endswith(self.domain):
                    yield str(found["Message-ID"]).strip().strip("<>").rpartition("@")[0]

    # --- how ------------------------------------------------------------------------------------------------------------------------

    def _tick(self, step: str) -> None:
        """Each step at a moment of its own: then what came before what is never in doubt."""
        if step:
            self.played.steps[step] += 1
        self.now += dt.timedelta(minutes=1)
        self.context.clock.move(self.now)  # type: ignore[attr-defined]

    def _file(self, place: Place, *, good: bool, again: bool) -> Sent:
        before = [*self.model.sent.get(place, ()), *(each for each in self.model.waiting if each.place == place)]
        if again and before:
            return Sent(place, before[-1].key, before[-1].data, before[-1].good)
        self.number += 1
        code = place.half_year.upload_code
        person = "999900006" if good else ""
        data = f"{HEAD}\n20200131;{place.municipality};{person};01;20180101;;1;{self.number};10;04;2;;\n".encode()
        return Sent(place, f"{place.folder}/WMO_{code}_Zonnebloemveld-{self.word}-{self.number:04d}.csv", data, good)

    def _link(self, place: Place) -> Browser:
        """A browser that came in by the personal link, again when its session has ended."""
        team = _team(place)
        browser = self.by_link[team]
        if browser.get("/").status_code != 200:
            page = browser.get(f"/link/{self.links[team]}")
            assert page.status_code == (200 if self.now < self.model.of.withdrawal_ends_at else 404)
            if page.status_code == 200:
                browser.post(f"/link/{self.links[team]}", data={"csrf": hidden_field(page.text, "csrf")})
        return browser

    def _account(self, place: Place) -> Browser:
        team = _team(place)
        browser = self.by_account[team]
        if browser.get("/").status_code != 200:
            if not self.codes[team]:
                self.codes[team] = account(self.context, team + self.domain, since=SINCE)
            assert browser.sign_in(team + self.domain, self.codes[team].pop()).status_code == 303
        return browser

    def _run(self, task: str, *, at: int = NEVER, together: bool = False) -> dict[str, Any]:
        """Run a task, perhaps beside another of the same; what came of the first."""
        self.ran = True
        first, second = self.runners
        first.begin(self.settings, task, at=at)
        if together:
            second.begin(self.settings, task)
            other = second.end()
            assert _is_fine(other), other
        done = first.end()
        assert done["signal"] == SIGKILL or _is_fine(done), done
        self.kills += done["signal"] == SIGKILL
        return done

    def _registered(self) -> None:
        assert not self._run("register")["error"]
        self._adopt()
        assert not self.model.waiting

    def _adopt_waiting_first(self) -> None:
        """What waits in the inbox is registered before what the portal takes, by whoever comes first."""
        if self.model.waiting:
            self._registered()

    def _adopt(self) -> None:
        """Take over the facts: what was registered when, which forms were carried out, what was checked."""
        with self.context.engine.connect() as connection:
            found = connection.execute(text(DELIVERIES)).all()
            forms = connection.execute(text(WITHDRAWALS)).all()
        known = {each.delivery_id for each in self.model.all_sent()}
        for row in found:
            if row.delivery_id not in known:
                place = Place.parse(row.delivery_id.rpartition(".")[0])
                sent = next(each for each in self.model.waiting if each.place == place)
                self.model.waiting.remove(sent)
                self.model.register(sent, row.received_at)
                assert sent.delivery_id == row.delivery_id
        states = {row.delivery_id: row for row in found}
        for sent in self.model.all_sent():
            if sent.state == "received" and states[sent.delivery_id].is_checked:
                self.model.check(sent)
        for row in forms:
            done = row.state not in ("received", "filed")
            begun = any(states[each.delivery_id].state == "withdrawn" for each in self.model.takes(_place(row), row.received_at))
            if row.form_id not in self.carried_out and (done or begun):
                said = self.model.withdraw(_place(row), row.received_at)
                self.carried_out.add(row.form_id)
                assert not done or row.state == said, (row, said)

    def _end(self) -> None:
        """Everything is done, nothing is killed any more."""
        self._registered()
        assert not self._run("forms")["error"]
        self._adopt()
        for sent in [each for each in self.model.all_sent() if each.state == "received"]:
            for task in ("check", "report"):
                done = self._run(f"{task}:{sent.delivery_id}")
                assert not done["error"], done
            self._adopt()
        self._run("mails")
        self.holds()
        until(lambda: not self._unsent(), "the mails that the portal sends", seconds=20)
        self._mails_left_once()
        with self.context.engine.connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM form WHERE state IN ('received', 'filed')")) == 0
        self._nothing_on_disk()
        self._closed()
        self.played.found["examples"] += 1
        self.played.found["uploads"] += sum(1 for _ in self.model.all_sent())
        for sent in self.model.all_sent():
            self.played.found[f"uploads: {sent.state}"] += 1

    def _unsent(self) -> int:
        with self.context.engine.connect() as connection:
            return int(connection.scalar(text("SELECT count(*) FROM mail WHERE sent_at IS NULL")) or 0)

    def _nothing_on_disk(self) -> None:
        """By plain reading: no name of a file of a place that was withdrawn, unless something that stays has it too."""
        stays = {each.name for each in self.model.all_sent() if each.state != "withdrawn"}
        gone = {each.name for each in self.model.all_sent() if each.state == "withdrawn"} - stays
        if not gone or self.stack.state is None:
            return
        flush(self.settings)
        wanted = re.compile(b"|".join(re.escape(name.encode()) for name in sorted(gone)))
        for folder in ("postgres", "swift", "log"):
            for path in (each for each in (self.stack.state / folder).rglob("*") if each.is_file()):
                try:
                    hit = wanted.search(path.read_bytes()) or wanted.search(bytes(path))
                except OSError:
                    continue
                assert hit is None, f"{hit[0].decode()} is in {path}" if hit else ""

    def _closed(self) -> None:
        """What the close freezes is what the model says counts."""
        self.context.clock.move(self.model.of.closes_at + dt.timedelta(hours=9))  # type: ignore[attr-defined]
        close_round(self.context, ROUND, empty_confirmed_by="engineer")
        with self.context.engine.connect() as connection:
            frozen = connection.execute(
                text("SELECT half_year, municipality, status, delivery_id FROM frozen WHERE round = '2019-H2'")
            ).all()
        of = {(row.half_year, row.municipality): row.delivery_id for row in frozen}
        for place in PLACES:
            assert of.get((str(place.half_year), place.municipality)) == self.model.counts(place), place


def _team(place: Place) -> str:
    return next(team for team, codes in TEAMS.items() if place.municipality in codes)


def _place(row: Any) -> Place:
    return Place(row.law, HalfYear.parse(row.half_year), row.municipality)


def _is_fine(done: dict[str, Any]) -> bool:
    """Whether a task ended as a task may: done, or waiting for another that is at the same thing."""
    return not done["error"] or done["error"].startswith(("FormsWait", "NoUploadLeft", "WrongState"))
