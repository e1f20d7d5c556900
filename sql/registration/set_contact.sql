-- Whom letters to a coordinator are for.
UPDATE coordinator SET contact = :contact WHERE coordinator_id = :coordinator_id;
