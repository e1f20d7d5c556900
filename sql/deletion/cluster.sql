-- Where the database's files are, which folder of them is its own, and other databases of the same owner beside it: another installation's.
SELECT current_setting('data_directory') AS folder,
    (SELECT CAST(oid AS text) FROM pg_database WHERE datname = current_database()) AS ours,
    array(
        SELECT CAST(other.oid AS text)
        FROM pg_database AS other
        JOIN pg_database AS ours ON ours.datdba = other.datdba
        WHERE ours.datname = current_database() AND other.datname <> current_database()
    ) AS others
