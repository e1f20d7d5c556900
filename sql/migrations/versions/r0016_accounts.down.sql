-- Lost: passwords, authenticators and codes of letters; coordinators get new letters.
DROP TABLE account_code, account;
