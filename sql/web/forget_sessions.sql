-- Sessions that ended, or were last used, before a moment.
DELETE FROM portal_session WHERE coalesce(ended_at, seen_at) < :before;
