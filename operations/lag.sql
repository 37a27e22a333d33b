-- lag --
-- The watermark, with the time of the query and the number of hours that cannot be computed.
SELECT now() AS queried_at, w.received_until, w.stored_until, w.aggregated_until, w.receive_backlog, w.store_backlog, w.aggregate_backlog,
       w.store_measured_at, w.aggregate_measured_at, (SELECT count(*) FROM doorfiets.failed_hour) AS failed_hours
FROM api.watermark w;
