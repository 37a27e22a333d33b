-- Refused messages since the beginning, by reason and without their content.
SELECT reason AS "reden",
       messages AS "berichten",
       hearings::float8 AS "keer gehoord",
       first_heard_at AS "eerste",
       last_heard_at AS "laatste"
FROM api.rejection_reason
ORDER BY last_heard_at DESC, reason
