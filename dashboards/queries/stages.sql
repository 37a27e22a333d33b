-- How far each stage has come, what waits before it, and how long ago that was. Feeds are judged by what was stored: of what still waits no sensor is silent.
SELECT s.stage, s.until, extract(epoch FROM now() - s.until)::float8 AS lag, s.waiting, s.measured_at
FROM api.watermark w
CROSS JOIN LATERAL (VALUES
    (1, 'receive', w.received_until, w.receive_backlog, NULL::timestamptz),
    (2, 'store', w.stored_until, w.store_backlog, w.store_measured_at),
    (3, 'aggregate', w.aggregated_until, w.aggregate_backlog, w.aggregate_measured_at)) s (place, stage, until, waiting, measured_at)
WHERE w.received_until IS NOT NULL
ORDER BY s.place
