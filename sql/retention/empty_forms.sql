-- Who filed a form and why was kept long enough; the text of an explanation is public and stays.
UPDATE form SET content = content - 'name' - 'reason' WHERE form_id = ANY(:subjects)
