-- Keep where the rows of a delivery went.
INSERT INTO load_account (law, half_year, municipality, provider, delivery_id, rows_in, rows_used, rows_out_of_scope, rows_never_sent,
    rows_unknown_person, rows_merged, arrangements, persons, allocation_filled, content, key_fingerprint, loaded_at)
VALUES (:law, :half_year, :municipality, :provider, :delivery_id, :rows_in, :rows_used, :rows_out_of_scope, :rows_never_sent,
    :rows_unknown_person, :rows_merged, :arrangements, :persons, :allocation_filled, :content, :key_fingerprint, CAST(:loaded_at AS timestamptz));
