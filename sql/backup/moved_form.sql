-- A form that nobody has looked at lies in the inbox under another version now.
UPDATE form SET version_id = :version_id WHERE form_id = :form_id AND state = 'received';
