-- How many messages were refused in the range for each reason that there ever was, where these are as many as may not pass unseen; else 0.
SELECT r.reason, CASE WHEN n.messages >= coalesce((:reasons::jsonb ->> r.reason)::int8, :messages) THEN n.messages ELSE 0 END::float8 AS value
FROM api.rejection_reason r LEFT JOIN api.rejections_since($__timeFrom()) n USING (reason)
ORDER BY r.reason
