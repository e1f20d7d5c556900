-- Lost: the reasons given for remarks, and extensions: an upload within one is late afterwards.
DROP TABLE extension, confirmation;
