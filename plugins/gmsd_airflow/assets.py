"""The assets that the DAGs pass on to each other: read in order, they are the story of the house.

Deliveries are born of the inbox, a frozen half-year of deliveries, figures of a frozen half-year, a release of figures.
"""

from __future__ import annotations

from airflow.sdk import Asset

_GROUP = "gmsd"

DELIVERIES = Asset("deliveries", uri="gmsd://deliveries", group=_GROUP)
FROZEN = Asset("frozen half-year", uri="gmsd://frozen", group=_GROUP)
FIGURES = Asset("loaded half-year", uri="gmsd://loaded", group=_GROUP)
RELEASE = Asset("release", uri="gmsd://release", group=_GROUP)
