"""What the pipeline runs on when nothing else is given: object store, PostgreSQL, mail sink and Airflow, under supervisor."""
