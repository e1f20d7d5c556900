"""Registers the timetable and what deadlines count from; free of FastAPI, because the scheduler and every parsing process import this file.

The class is imported and not defined here: Airflow loads this file under its bare name, and a class of it would have another import path
than the one that the DAG uses.
"""

from airflow.plugins_manager import AirflowPlugin

from gmsd_airflow.deadlines import RunQueued
from gmsd_airflow.timetable import RoundTimetable


class TimetablePlugin(AirflowPlugin):
    """The timetable of `gmsd_optout_close`, and the beginning of the deadlines of `gmsd_delivery`."""

    name = "gmsd_timetable"
    timetables = [RoundTimetable]  # noqa: RUF012 - Airflow's own form
    deadline_references = [RunQueued]  # noqa: RUF012
