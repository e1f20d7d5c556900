"""What Airflow loads of this project: timetable, trigger, pages, and the client of its API."""
