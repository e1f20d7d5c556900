-- Records of other laws do not fit the tables of before; their files are still there, and are loaded again after another upgrade.
DELETE FROM record WHERE delivery_form IS NULL;
DELETE FROM arrangement WHERE delivery_form IS NULL;
ALTER TABLE arrangement
    DROP CONSTRAINT arrangement_delivery_form,
    ALTER COLUMN delivery_form SET NOT NULL;
ALTER TABLE record
    DROP CONSTRAINT record_delivery_form,
    ALTER COLUMN delivery_form SET NOT NULL,
    DROP COLUMN birth_date,
    DROP COLUMN household,
    DROP COLUMN provider,
    DROP COLUMN sex,
    DROP COLUMN referrer;
