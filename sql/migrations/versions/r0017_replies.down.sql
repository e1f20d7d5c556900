-- Lost: what coordinators said of how easy it was.
DROP TABLE portal_reply;
