"""What browsers and scripts are answered: the public site over the releases in force.

Not here: pages for the engineer, which are in Airflow. Nothing imports it but the command that serves it.
"""

__all__: list[str] = []
