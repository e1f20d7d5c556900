-- Withdrawals that were asked for and could be confirmed until long ago.
DELETE FROM withdrawal_request WHERE ends_at < :before
