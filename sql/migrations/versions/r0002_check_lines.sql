-- The check finds the line numbers, the report lists them: they go and come in the transactions of the result they belong to.
ALTER TABLE check_result ADD COLUMN lines bytea;
COMMENT ON COLUMN check_result.lines IS
'Parquet (rule, line): every line number of rules with more than the result names, up to 100,000 a rule; null when there are none.';
