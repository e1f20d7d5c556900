-- Whose software makes the files of a municipality from a day on; said again for that day it is another.
INSERT INTO software_supplier AS known (municipality, law, valid_from, supplier) VALUES (:municipality, :law, :valid_from, :supplier)
ON CONFLICT (municipality, law, valid_from) DO UPDATE SET supplier = excluded.supplier WHERE known.supplier <> excluded.supplier
