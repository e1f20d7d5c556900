"""Airflow's cluster policy: every process of Airflow looks for it under this name. What it does is in `gmsd_airflow.pools`."""

from gmsd_airflow.pools import task_instance_mutation_hook

__all__ = ["task_instance_mutation_hook"]
