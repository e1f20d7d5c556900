-- Where the rows of a delivery went when its place was loaded last; no row when the place holds another delivery now, or none.
SELECT rows_in, rows_used, rows_out_of_scope, rows_never_sent, rows_merged, arrangements, loaded_at
FROM load_account
WHERE delivery_id = :delivery_id;
