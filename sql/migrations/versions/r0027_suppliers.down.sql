-- Lost: whose software makes the files of which municipality.
DROP TABLE software_supplier;
