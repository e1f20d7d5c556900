"""A backfill of eight half-years through Airflow, measured: against the library's own time, and what it costs a round beside it.

`python -m tests.backfill`; not in `make test`, which plays two half-years of three municipalities (tests/dags/test_runs_past.py).
"""
