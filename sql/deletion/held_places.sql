-- Places of which the warehouse holds rows now: whichever law, since files of rows do not tell the law at their beginning.
SELECT DISTINCT half_year, municipality FROM load_account
