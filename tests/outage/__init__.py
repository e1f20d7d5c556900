"""Outages of minutes, played: each service is taken away in the middle of a burst of uploads and in the middle of a publication.

`make outage MINUTES=10`; not in `make test`, which holds short ones (tests/dags/test_runs_in_outages.py).
"""
