-- Do not wait for the disk at the commit of this transaction; a later one that waits makes it last too.
SET LOCAL synchronous_commit = off;
