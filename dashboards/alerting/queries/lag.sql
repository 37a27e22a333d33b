-- How many seconds each stage is behind, 0 where it is not: one that waits for the stage before it is not behind, one that measures nothing stands still.
-- Nothing may be judged where nothing was ever marked.
WITH mark AS (
    SELECT now() AS queried_at, received_until, stored_until, aggregated_until, store_measured_at, aggregate_measured_at,
           now() - store_measured_at > :waits * interval '1 second' AS store_stands,
           now() - aggregate_measured_at > :waits * interval '1 second' AS aggregate_stands,
           received_until - stored_until > :waits * interval '1 second' AS store_waits,
           stored_until - aggregated_until > :waits * interval '1 second' AS aggregate_waits
    FROM api.watermark)
SELECT s.stage, coalesce(extract(epoch FROM m.queried_at - s.until), 0)::float8 AS value
FROM mark m
CROSS JOIN LATERAL (VALUES
    ('receive', CASE WHEN m.store_stands OR m.store_waits THEN NULL ELSE m.received_until END),
    ('store', CASE WHEN m.store_stands THEN m.store_measured_at WHEN m.store_waits THEN m.stored_until END),
    ('aggregate', CASE WHEN m.aggregate_stands THEN m.aggregate_measured_at WHEN m.aggregate_waits THEN m.aggregated_until END)) s(stage, until)
WHERE m.received_until IS NOT NULL
ORDER BY s.stage
