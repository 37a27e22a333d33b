-- How far the platform has come: of what was published until when, what is received, stored and aggregated, and how much waits at each stage.
SET ROLE owner;

-- The newest mark of each bridge that `keep` has passed in each partition of topic `observations`, written in the transaction that moves the fence:
-- all that was published until then, and came to this partition through this bridge, is stored.
CREATE TABLE doorfiets.watermark (
    bridge text NOT NULL,
    partition int4 NOT NULL,
    published_until timestamptz NOT NULL CHECK (isfinite(published_until)),
    PRIMARY KEY (bridge, partition)
) WITH (fillfactor = 50);  -- changes every second: a new version stays in its page, and no index is touched
ALTER TABLE doorfiets.fence SET (fillfactor = 50);

-- What each stage measures about itself, about once a second: how much waits (store: records of the log; aggregate: hours), and how far it has come
-- where that is not in `watermark`. A row per worker; `tally` has one.
CREATE TABLE doorfiets.stage (
    stage text NOT NULL CHECK (stage IN ('receive', 'store', 'aggregate')),
    worker text NOT NULL,
    backlog int8,
    processed_until timestamptz,
    measured_at timestamptz NOT NULL,
    PRIMARY KEY (stage, worker)
) WITH (fillfactor = 50);

-- When an hour began to wait. Marking it again does not move this: what was stored first still waits.
ALTER TABLE doorfiets.dirty ADD COLUMN marked_at timestamptz NOT NULL DEFAULT now();

-- How far the bridges have come together. A bridge that has marked nothing for a day while another did is retired, and holds nobody up; one that has not
-- yet marked every partition has just begun, and does not hold up what the others have stored.
CREATE VIEW doorfiets.intake AS
SELECT min(received_until) AS received_until, min(stored_until) AS stored_until
FROM (
    SELECT w.received_until, CASE WHEN w.partitions >= f.partitions THEN w.stored_until END AS stored_until, max(w.received_until) OVER () AS newest
    FROM (SELECT max(published_until) AS received_until, min(published_until) AS stored_until, count(*) AS partitions
          FROM doorfiets.watermark GROUP BY bridge) w
    CROSS JOIN (SELECT count(DISTINCT partition) AS partitions FROM doorfiets.fence WHERE topic = 'observations') f) bridge
WHERE received_until >= newest - interval '1 day';

-- The one row that says how the platform is; all null where nothing was ever marked, and then nothing may be judged by it. Published until when is ...
--   received_until    in the log, as far as `keep` has seen it
--   stored_until      in the database
--   aggregated_until  in the sums of hours and days; hours of the past that wait do not hold it up: they are in `aggregate_backlog`
-- The backlogs are null where they are not known: messages that the broker holds, records of the log, hours. A worker counts as long as it measures.
CREATE VIEW api.watermark WITH (security_barrier) AS
SELECT i.received_until, i.stored_until, s.aggregated_until, s.receive_backlog, s.store_backlog, s.aggregate_backlog, s.measured_at
FROM doorfiets.intake i
LEFT JOIN (
    SELECT max(processed_until) FILTER (WHERE stage = 'aggregate') AS aggregated_until,
           sum(backlog) FILTER (WHERE stage = 'receive')::int8 AS receive_backlog,
           sum(backlog) FILTER (WHERE stage = 'store')::int8 AS store_backlog,
           sum(backlog) FILTER (WHERE stage = 'aggregate')::int8 AS aggregate_backlog,
           max(measured_at) AS measured_at
    FROM (SELECT *, max(measured_at) OVER (PARTITION BY stage) AS newest FROM doorfiets.stage) measured
    WHERE measured_at > newest - interval '10 seconds') s ON i.received_until IS NOT NULL;

-- Until when all that was published is in the numbers; null where that is not known.
CREATE FUNCTION api.processed_until() RETURNS timestamptz
LANGUAGE sql STABLE RETURN (SELECT aggregated_until FROM api.watermark);

-- A feed is judged as of when what was published is stored: a platform that lags calls no sensor silent. Where nothing was marked: as of now.
CREATE OR REPLACE VIEW api.feed WITH (security_barrier) AS
SELECT d.datastream, coalesce(c.site, d.station) AS place, coalesce(s.name, t.name) AS place_name, d.channel, d.quantity, d.origin, d.seconds,
       f.last_started_at, f.last_ended_at, f.last_valid_ended_at, f.last_heard_at, coalesce(f.stored, 0) AS stored, coalesce(f.duplicates, 0) AS duplicates,
       coalesce(f.corrections, 0) AS corrections, extract(epoch FROM i.judged_at - f.last_ended_at) / d.seconds AS missed_intervals,
       api.feed_status(f.last_ended_at, f.last_valid_ended_at, d.seconds, d.valid_until, i.judged_at) AS status, d.valid_from, d.valid_until,
       coalesce(f.overtaken, 0) AS overtaken
FROM doorfiets.datastream d
CROSS JOIN (SELECT least(now(), stored_until) AS judged_at FROM doorfiets.intake) i
LEFT JOIN doorfiets.channel c USING (channel)
LEFT JOIN doorfiets.site s USING (site)
LEFT JOIN doorfiets.station t ON t.station = d.station
LEFT JOIN doorfiets.feed f USING (datastream);

GRANT SELECT, INSERT, UPDATE ON doorfiets.watermark TO keep;
GRANT SELECT, INSERT, UPDATE ON doorfiets.stage TO keep, tally;
GRANT SELECT ON doorfiets.intake TO keep, tally;
GRANT SELECT ON doorfiets.watermark, doorfiets.stage, doorfiets.intake TO backup;
GRANT SELECT ON api.watermark TO api, grafana_staff, grafana_public, backup;
REVOKE EXECUTE ON FUNCTION api.processed_until FROM PUBLIC;
GRANT EXECUTE ON FUNCTION api.processed_until TO api, grafana_staff, grafana_public, backup;

RESET ROLE;
