-- Lost: withdrawals that wait to be confirmed; they are asked for again.
DROP TABLE withdrawal_request;
