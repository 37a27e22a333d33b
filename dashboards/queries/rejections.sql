-- Refused messages since the beginning, by reason and without their content.
SELECT reason AS "reden",
       messages AS "berichten",
       receptions::float8 AS "keer gehoord",
       first_received_at AS "eerste",
       last_received_at AS "laatste"
FROM api.rejection_reason
ORDER BY last_received_at DESC, reason
