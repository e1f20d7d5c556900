-- Lost: what was announced and not thrown away yet; it is announced again.
DROP TABLE expiry;
