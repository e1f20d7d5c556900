-- Whether a backup has been restored here.
SELECT EXISTS (SELECT FROM audit WHERE subject = 'installation' AND event = 'restored' AND details ->> 'backup' = :backup);
