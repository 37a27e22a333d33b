-- How much waits before the log, as the bridges say it, and when each stage last measured.
SET ROLE owner;

-- Messages that the broker held when the mark was written; null where the bridge did not say it.
ALTER TABLE doorfiets.watermark ADD COLUMN waiting int8 CHECK (waiting >= 0);

DELETE FROM doorfiets.stage WHERE stage = 'receive';
ALTER TABLE doorfiets.stage DROP CONSTRAINT stage_stage_check, ADD CONSTRAINT stage_stage_check CHECK (stage IN ('store', 'aggregate'));

-- As before, with the messages that wait before the log by the newest mark of each bridge, and with the moments in which `keep` and `tally` last
-- measured: one that measures nothing stands still, whatever waits.
CREATE OR REPLACE VIEW api.watermark WITH (security_barrier) AS
SELECT i.received_until, i.stored_until, s.aggregated_until, w.receive_backlog, s.store_backlog, s.aggregate_backlog, s.measured_at,
       s.store_measured_at, s.aggregate_measured_at
FROM doorfiets.intake i
LEFT JOIN (
    SELECT max(processed_until) FILTER (WHERE stage = 'aggregate') AS aggregated_until,
           sum(backlog) FILTER (WHERE stage = 'store')::int8 AS store_backlog,
           sum(backlog) FILTER (WHERE stage = 'aggregate')::int8 AS aggregate_backlog,
           max(measured_at) AS measured_at,
           max(measured_at) FILTER (WHERE stage = 'store') AS store_measured_at,
           max(measured_at) FILTER (WHERE stage = 'aggregate') AS aggregate_measured_at
    FROM (SELECT *, max(measured_at) OVER (PARTITION BY stage) AS newest FROM doorfiets.stage) measured
    WHERE measured_at > newest - interval '10 seconds') s ON i.received_until IS NOT NULL
CROSS JOIN (
    SELECT sum(waiting)::int8 AS receive_backlog
    FROM (SELECT DISTINCT ON (bridge) published_until, waiting, max(published_until) OVER () AS newest
          FROM doorfiets.watermark ORDER BY bridge, published_until DESC) newest_marks
    WHERE published_until >= newest - interval '1 day') w;

RESET ROLE;
