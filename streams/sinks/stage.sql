-- store_measured --
-- Answers how far the bridges have come as well, as of the statement before.
INSERT INTO doorfiets.stage (stage, worker, backlog, measured_at) VALUES ('store', %(worker)s, %(backlog)s, clock_timestamp())
ON CONFLICT (stage, worker) DO UPDATE SET backlog = excluded.backlog, measured_at = excluded.measured_at
RETURNING (SELECT received_until FROM doorfiets.intake), (SELECT stored_until FROM doorfiets.intake);

-- waiting --
-- All of one snapshot, and the clock after it: an hour that was marked in a transaction which this snapshot sees began to wait before. Hours of two
-- days before what is stored are live; older ones are work on the past, and are counted only.
SELECT clock_timestamp(), i.stored_until,
       (SELECT min(marked_at) FROM doorfiets.dirty_hour WHERE hour >= least(now(), i.stored_until) - interval '2 days') AS oldest,
       (SELECT count(*) FROM doorfiets.dirty_hour) AS backlog
FROM doorfiets.intake i;

-- aggregate_measured --
-- What is aggregated never goes back, and is never ahead of what is stored.
INSERT INTO doorfiets.stage AS s (stage, worker, backlog, processed_until, measured_at)
VALUES ('aggregate', '', %(backlog)s, %(until)s, clock_timestamp())
ON CONFLICT (stage, worker) DO UPDATE SET
    backlog = excluded.backlog, measured_at = excluded.measured_at,
    processed_until = CASE WHEN coalesce(s.processed_until, excluded.processed_until) IS NOT NULL
        THEN least(greatest(s.processed_until, excluded.processed_until), %(stored_until)s) END
RETURNING processed_until;
