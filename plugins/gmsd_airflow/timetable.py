"""One partition for each round; its run is due at the round's close."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import pendulum
from airflow.exceptions import AirflowTimetableInvalid, InvalidPartitionKeyError
from airflow.timetables.base import DagRunInfo, DataInterval, TimeRestriction, Timetable

from gmsd.rounds import parse_partition
from gmsd_airflow.partition_dates import time_of_law

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from airflow.utils.types import DagRunType

TIMEZONE = "Europe/Amsterdam"
# Without catchup a close that is overdue longer than this is left to a backfill.
GRACE = pendulum.duration(days=31)


class RoundTimetable(Timetable):
    """Runs at the close of each round; the partition is the round.

    Partition key `2019-H2` (of another law `jeugd.2019-H2`), partition date the first day of that half-year at the time of day of the law,
    `run_after` the close. It is periodic, because Airflow refuses a backfill of what is not.

    A backfill's range is a range of partition dates, and Airflow takes two partitions of one date for the same. So a law has a time of day
    of its own: the Wmo midnight, another a minute that follows from its id. A range whose ends have one time of day takes the rounds of
    that law and no other's; with different ends it takes those of every law.

    Args:
        closes: Round to the day it closes at midnight, as text, because Airflow stores the timetable as JSON.
    """

    partitioned = True
    periodic = True

    def __init__(self, closes: Mapping[str, str]) -> None:
        self.closes = dict(closes)
        self.description = "At the close of each round"

    @classmethod
    def of_calendar(cls) -> RoundTimetable:
        """The timetable of `expectations/calendar/rounds.yaml`."""
        from gmsd.rounds import load_calendar

        return cls({known.id: known.close.isoformat() for known in load_calendar().rounds})

    def serialize(self) -> dict[str, Any]:
        """What the metadata database keeps of it."""
        return {"closes": self.closes}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> RoundTimetable:
        """The timetable as the scheduler rebuilds it, without the DAG file."""
        return cls(data["closes"])

    def validate(self) -> None:
        """Refuse a calendar that cannot be read.

        Raises:
            AirflowTimetableInvalid: a key is no half-year or a day no date, or two laws have the same time of day.
        """
        try:
            self._infos()
        except ValueError as error:
            raise AirflowTimetableInvalid(str(error)) from error
        laws = sorted({parse_partition(code)[0] for code in self.closes})
        if len(set(map(time_of_law, laws))) < len(laws):
            raise AirflowTimetableInvalid(f"two of the laws {', '.join(laws)} have the same time of day: one needs another id")

    @property
    def summary(self) -> str:
        """The text in Airflow's list of DAGs."""
        return "close of a round"

    def next_dagrun_info_v2(self, *, last_dagrun_info: DagRunInfo | None, restriction: TimeRestriction) -> DagRunInfo | None:
        """The close that comes next; without catchup an overdue one only when it is the last, and not long ago."""
        infos = self._infos()
        if last_dagrun_info is not None:
            infos = [info for info in infos if _turn(info) > _turn(last_dagrun_info)]
        if restriction.earliest is not None:
            infos = [info for info in infos if info.run_after >= restriction.earliest]
        if restriction.latest is not None:
            infos = [info for info in infos if info.run_after <= restriction.latest]
        if not restriction.catchup:
            now = pendulum.now("UTC")
            overdue = [info for info in infos if info.run_after <= now]
            last = [info for info in overdue if info.run_after == overdue[-1].run_after]
            infos = [info for info in last if info.run_after > now - GRACE] + infos[len(overdue) :]
        return infos[0] if infos else None

    def iter_partition_dagrun_infos(self, *, earliest: dt.datetime, latest: dt.datetime) -> Iterable[DagRunInfo]:
        """The partitions of a backfill: those in the range whose close has been, of the law whose time of day both ends have."""
        first, last = self.localize_partition_datetime(earliest), self.localize_partition_datetime(latest)
        one_law = first.time() == last.time()
        now = pendulum.now("UTC")
        for info in self._infos():
            if info.partition_date is None or not first <= info.partition_date <= last or info.run_after > now:
                continue
            if one_law and info.partition_date.astimezone(first.tzinfo).time() != first.time():
                continue
            yield info

    def localize_partition_datetime(self, moment: dt.datetime) -> pendulum.DateTime:
        """`--from-date 2019-01-01` means midnight in Amsterdam: at midnight UTC the first half-year would fall outside."""
        # pendulum.instance() would give a naive pendulum value back as it is
        return pendulum.datetime(*moment.timetuple()[:6], tz=TIMEZONE)

    def _decode_partition_date(self, partition_key: str) -> dt.datetime:
        if partition_key not in self.closes:
            raise InvalidPartitionKeyError(f"no round {partition_key!r} in the calendar; it has {', '.join(self.closes)}")
        return _first_moment(partition_key)

    def infer_manual_data_interval(self, *, run_after: pendulum.DateTime) -> DataInterval:
        """A run that a person starts covers no interval."""
        return DataInterval.exact(run_after)

    def generate_run_id(
        self, *, run_type: DagRunType, run_after: pendulum.DateTime, data_interval: DataInterval | None, **extra: Any
    ) -> str:
        """The round in the run id, where a reader sees it; random too, because a backfill may run a round again."""
        del data_interval
        return str(run_type.generate_run_id(suffix=f"{extra.get('partition_key') or run_after.isoformat()}__{secrets.token_hex(3)}"))

    def _infos(self) -> list[DagRunInfo]:
        infos = [
            DagRunInfo(
                run_after=pendulum.parse(day, tz=TIMEZONE).in_timezone("UTC"),  # type: ignore[union-attr]
                data_interval=None,
                partition_date=_first_moment(code),
                partition_key=code,
            )
            for code, day in self.closes.items()
        ]
        return sorted(infos, key=_turn)


def _turn(info: DagRunInfo) -> tuple[dt.datetime, str]:
    """Rounds of several laws may close on one day: each has its turn."""
    return info.run_after, info.partition_key or ""


def _first_moment(code: str) -> pendulum.DateTime:
    law, half_year = parse_partition(code)
    day = half_year.first_day
    return pendulum.datetime(day.year, day.month, day.day, *time_of_law(law), tz=TIMEZONE).in_timezone("UTC")
