-- Lost: who serves which municipality, and every personal link. The older version mails the address that a municipality's code makes.
DROP TABLE personal_link, coordinator_term, coordinator_address, coordinator;
