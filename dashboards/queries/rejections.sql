-- Refused messages since the beginning, by reason and without their content.
SELECT reason, messages, receptions::float8 AS receptions, last_received_at
FROM api.rejection_reason
ORDER BY last_received_at DESC, reason
