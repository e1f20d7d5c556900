-- Whose software makes the files of a municipality, from which day on, as the engineer was told.
CREATE TABLE software_supplier (
    municipality text NOT NULL CHECK (municipality ~ '^[0-9]{4}$'),
    law text NOT NULL DEFAULT '',
    valid_from date NOT NULL,
    supplier text NOT NULL CHECK (length(supplier) <= 100),
    PRIMARY KEY (municipality, law, valid_from)
);
COMMENT ON TABLE software_supplier IS 'Whose software makes the files of a municipality, from a day on until another is named.';
COMMENT ON COLUMN software_supplier.law IS 'Empty: every law for which none is named apart.';
COMMENT ON COLUMN software_supplier.supplier IS 'A company, no person; empty: not known from that day on.';
GRANT SELECT, INSERT, UPDATE (supplier) ON software_supplier TO gmsd_loader;
GRANT SELECT ON software_supplier TO gmsd_publisher;
