-- Whose software makes whose files, and from when on.
SELECT municipality, law, valid_from, supplier FROM software_supplier ORDER BY municipality, law, valid_from
