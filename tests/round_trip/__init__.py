"""The round trip of some municipalities in drawn orders: sent, corrected, withdrawn, granted, killed, done twice; and what has to hold.

`machine` draws steps and compares the warehouse, the store and the mailboxes with `model`, which knows what should have become of each
upload; `tasks` runs what Airflow runs, in processes that can be killed.
"""
