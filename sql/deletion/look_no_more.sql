-- Let the statement before this one go, and with it what it saw: a transaction that only holds a lock reads nothing.
SET LOCAL application_name = 'gmsd deletion'
