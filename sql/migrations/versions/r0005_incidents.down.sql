-- Lost: which outages and failures were told. One that goes on is told once more after an upgrade.
DROP TABLE incident;
