-- Everything to the files, and the log before it away.
CHECKPOINT
