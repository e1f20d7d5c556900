"""What browsers and scripts are answered: the public site over the releases in force.

Not here: pages for the engineer, and the catalogue of rules for coordinators, which are in Airflow. Nothing imports it
but the command that serves it.
"""

__all__: list[str] = []
