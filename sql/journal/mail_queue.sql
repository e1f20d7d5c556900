-- Queue a mail, once.
INSERT INTO mail (message_id, subject_id, kind, municipality, coordinator_id, recipient, subject, body_text, body_html, queued_at)
VALUES (:message_id, :subject_id, :kind, :municipality, :coordinator_id, :recipient, :subject, :body_text, :body_html, :queued_at)
ON CONFLICT (message_id) DO NOTHING;
