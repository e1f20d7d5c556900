-- Of mails that were kept long enough stays that they were sent.
UPDATE mail SET subject = '', body_text = '', body_html = '' WHERE message_id = ANY(:subjects)
