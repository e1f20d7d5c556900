-- How many times something happened to a subject.
SELECT count(*) FROM audit WHERE subject = :subject AND event = :event;
