"""The form of `gmsd_publish`: its fields with their choices, all of them data, and what it asks for when it is sent.

The form begins as a dry run. Whoever starts a run without the form, such as a script that names a round, is asked nothing of the sort: what
is not said is not a dry run, and waits for a second person as ever (decision 38).
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from gmsd_airflow.runs import WrongRunError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow.sdk import Param

    from gmsd.releases import Proposal
    from gmsd.rounds import Calendar, HalfYear

PUBLISH, RECALL, PUT_BACK = "publish", "recall", "put back"
REASON_LENGTH = 500
# What Airflow's form calls a choice that is empty.
_EMPTY = "null"


def fields() -> dict[str, Param]:
    """The fields, in order. Read while the DAG is parsed: calendar, laws and targets that are edited are choices half a minute later."""
    from airflow.sdk import Param

    from gmsd.protocol import laws
    from gmsd.rounds import load_calendar, partition
    from gmsd.tables import all_targets

    publishing = {law.id: law.title for law in laws() if law.tables}
    rounds = [each for each in load_calendar().rounds[::-1] if each.law in publishing]
    halves = sorted({partition(each.law, half) for each in rounds for half in each.takes}, reverse=True)
    targets = all_targets()
    optional = ", ".join(each.title for each in targets if not each.always)
    return {
        "action": Param(
            PUBLISH,
            type="string",
            enum=[PUBLISH, RECALL, PUT_BACK],
            values_display={
                PUBLISH: "Publish a round",
                RECALL: "Recall one half-year: a release without it",
                PUT_BACK: "Put a recalled half-year back",
            },
            title="What to do",
            description_md="Each of them makes a new release, with a preview and the approval of a second person.",
        ),
        "law": Param(
            None,
            type=["null", "string"],
            enum=[None, *publishing],
            values_display=publishing | {_EMPTY: "that of the round"},
            title="Law",
            description_md="Empty: the law of the round, or of the half-year; the Wmo when neither names one.",
        ),
        "round": Param(
            None,
            type=["null", "string"],
            enum=[None, *(each.id for each in rounds)],
            values_display={each.id: f"{each.id}: takes {_published_by(each.takes)}" for each in rounds}
            | {_EMPTY: "the newest that is closed"},
            title="Round",
            description_md="The round whose close decides what counts: `2019-H2`, of another law than the Wmo `jeugd.2019-H2`. A release "
            "shows everything that was closed up to it; of a year that has both halves the year too. Empty: the newest that is closed.",
        ),
        "half_year": Param(
            None,
            type=["null", "string"],
            enum=[None, *halves],
            values_display={_EMPTY: "none"},
            title="Half-year to recall, or to put back",
            description_md="Only for those two. Its year goes, or comes back, with it.",
        ),
        "targets": Param(
            [each.id for each in targets],
            type="array",
            items={"type": "string", "enum": [each.id for each in targets]},
            examples=[each.id for each in targets],
            values_display={each.id: f"{each.title} ({', '.join(sorted(each.folders))})" for each in targets},
            title="Targets",
            description_md=f"Which formats the release is made in. Only {optional} can be left out: public site and catalogues stand on "
            "the others.",
        ),
        "embargo_date": Param(
            None,
            type=["null", "string"],
            format="date",
            title="Embargo: day",
            description_md="Until this day and time nothing of the release can be read, approved and built as it is. Empty: public as soon "
            "as it is approved.",
        ),
        "embargo_time": Param(
            None,
            type=["null", "string"],
            pattern=r"^([01]\d|2[0-3]):[0-5]\d$",
            examples=["00:00", "06:30", "09:30", "12:00"],
            title="Embargo: time in the Netherlands",
            description_md="`06:30`, in Europe/Amsterdam, summer time included.",
        ),
        "reason": Param(
            None,
            type=["null", "string"],
            maxLength=REASON_LENGTH,
            title="Reason",
            description_md="Why now, for who approves and for the audit trail; it is never public. A recall must have one.",
        ),
        "dry_run": Param(
            True,
            type="boolean",
            title="Dry run",
            description_md="On: the run ends with the preview and asks nobody. Off: a second person is asked whether it may be published.",
        ),
    }


def _published_by(takes: tuple[HalfYear, ...]) -> str:
    halves = sorted(takes)
    years = [str(year) for year in sorted({each.year for each in halves}) if sum(each.year == year for each in halves) == 2]
    return " and ".join([*map(str, halves), *(f"the year {year}" for year in years)])


def target_names() -> list[str]:
    """The ids of all targets: a task each."""
    from gmsd.tables import all_targets

    return [each.id for each in all_targets()]


def publishing_laws() -> tuple[str, ...]:
    """The laws that have tables."""
    from gmsd.protocol import laws

    return tuple(law.id for law in laws() if law.tables)


def is_dry_run(conf: Mapping[str, Any]) -> bool:
    """Whether a run ends with its preview: when it was started with a form or a configuration that says so."""
    return bool((conf or {}).get("dry_run", False))


def asked_for(
    conf: Mapping[str, Any], calendar: Calendar, newest: Mapping[str, HalfYear | None], now: dt.datetime, *, again: bool = False
) -> Proposal:
    """What a run was started for.

    Args:
        conf: What it was started with; what is absent is as if it were empty.
        calendar: The rounds there are.
        newest: Law -> its newest round that has been closed, None when there is none.
        now: The moment of the clock.
        again: The run has asked before: its embargo may be over by now.

    Raises:
        WrongRunError: the fields do not go together; the message says which, and what would be right.
    """
    from gmsd.releases import Proposal
    from gmsd.tables import TargetError, chosen_targets

    reason = (conf.get("reason") or "").strip()
    action: Any = conf.get("action") or PUBLISH
    if action not in {PUBLISH, RECALL, PUT_BACK}:
        raise WrongRunError(f"there is no action {action!r:.40}; there are {PUBLISH}, {RECALL} and {PUT_BACK}")
    half_year = _half_year(action, conf)
    law = _law(conf, newest)
    embargo = _embargo(conf, None if again else now)
    if action == RECALL and not reason:
        raise WrongRunError("a recall needs a reason: fill in Reason")
    if action == RECALL and embargo is not None:
        raise WrongRunError("a recall takes effect as soon as it is approved: leave the embargo empty")
    try:
        targets = chosen_targets(conf.get("targets"))
    except TargetError as error:
        raise WrongRunError(str(error)) from None
    return Proposal(law, _round(conf, law, calendar, newest, now), action, half_year, targets, embargo, reason[:REASON_LENGTH])


def _half_year(action: str, conf: Mapping[str, Any]) -> HalfYear | None:
    from gmsd.rounds import parse_partition

    said = conf.get("half_year")
    if action == PUBLISH and said:
        raise WrongRunError(
            f"the half-year {said} is for a recall only; to publish, name the round, or choose what to do with the half-year"
        )
    if action != PUBLISH and not said:
        raise WrongRunError(f"which half-year is to be {'recalled' if action == RECALL else 'put back'}? Fill it in, such as 2019-H1")
    return parse_partition(said)[1] if said else None


def _law(conf: Mapping[str, Any], newest: Mapping[str, HalfYear | None]) -> str:
    from gmsd.rounds import WMO, parse_partition

    named = {name: parse_partition(conf[name])[0] for name in ("round", "half_year") if conf.get(name)}
    # `2019-H2` says nothing of the law where another field names one
    told = {law for law in named.values() if law != WMO}
    chosen = conf.get("law")
    if (chosen and told - {chosen}) or len(told) > 1:
        said = ", ".join(f"{name} {conf[name]}" for name in named)
        raise WrongRunError(f"the fields name different laws: {said}{f', law {chosen}' if chosen else ''}")
    law = str(chosen or next(iter(told), WMO))
    if law not in newest:
        raise WrongRunError(
            f"nothing is published of {law}: expectations/{law}/law.yaml names no tables; there are tables of {', '.join(newest)}"
        )
    return law


def _round(conf: Mapping[str, Any], law: str, calendar: Calendar, newest: Mapping[str, HalfYear | None], now: dt.datetime) -> HalfYear:
    from gmsd.rounds import UnknownRoundError, parse_partition

    closed = newest[law]
    if not conf.get("round"):
        if closed is None:
            raise WrongRunError("no round has been closed yet: there is nothing to publish")
        return closed
    code = parse_partition(conf["round"])[1]
    try:
        known = calendar.round(code, law)
    except UnknownRoundError as error:
        there = ", ".join(each.id for each in calendar.rounds if each.law == law)
        raise WrongRunError(f"{error} (there are {there or 'none'} of {law})") from None
    if closed is None:
        raise WrongRunError(
            f"no round of {law} has been closed yet: there is nothing to publish; round {known.id} closes on {known.close:%-d %B %Y}"
        )
    if code > closed:
        when = "its close has not run" if known.closes_at <= now else f"it closes on {known.close:%-d %B %Y}"
        raise WrongRunError(f"round {known.id} is not closed yet ({when}); the newest that is closed is {closed}")
    return known.code


def _embargo(conf: Mapping[str, Any], now: dt.datetime | None) -> dt.datetime | None:
    from gmsd.clock import AMSTERDAM

    day, time = conf.get("embargo_date"), conf.get("embargo_time")
    if not day and not time:
        return None
    if not day or not time:
        raise WrongRunError(f"an embargo has a day and a time: {'the day' if not day else 'the time (such as 06:30)'} is missing")
    try:
        wall = dt.datetime.combine(dt.date.fromisoformat(day), dt.time.fromisoformat(time))
    except ValueError:
        raise WrongRunError(f"an embargo is written as 2020-05-04 and 06:30, not {day!r:.30} and {time!r:.30}") from None
    # of an hour that comes twice the later one: nothing is visible too early
    at = wall.replace(tzinfo=AMSTERDAM, fold=1)
    if at.astimezone(dt.UTC).astimezone(AMSTERDAM).replace(tzinfo=None) != wall:
        raise WrongRunError(f"{day} {time} does not exist: the clock goes forward in that hour")
    if now is not None and at <= now:
        raise WrongRunError(
            f"the embargo of {day} {time} is over already; it is {now:%Y-%m-%d %H:%M}. Leave it empty to publish as soon as it is approved"
        )
    return at
