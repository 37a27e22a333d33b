-- clear --
-- Removes the places and feeds of an earlier run.
DELETE FROM doorfiets.datastream WHERE starts_with(sensor, 'feed-');

-- load_sites --
-- A site for every four feeds, at the place of another one.
INSERT INTO doorfiets.site (site, owner, name, district, longitude, latitude, illustrative, note)
SELECT 'feed-' || n, s.owner, 'Feed ' || n, s.district, s.longitude, s.latitude, true, ''
FROM (SELECT * FROM doorfiets.site ORDER BY site LIMIT 1) s, generate_series(1, %(feeds)s / 4) AS n
ON CONFLICT DO NOTHING;

-- load_channels --
-- Four channels of each.
INSERT INTO doorfiets.channel SELECT (jsonb_populate_record(c.like_it, jsonb_build_object('channel', 'feed-' || n || '-' || k, 'site', 'feed-' || n))).*
FROM (SELECT k AS like_it FROM doorfiets.channel k WHERE mode = 'bicycles' ORDER BY channel LIMIT 1) c, generate_series(1, %(feeds)s / 4) AS n, generate_series(1, 4) AS k
ON CONFLICT DO NOTHING;

-- load_devices --
-- A device for each channel.
INSERT INTO doorfiets.device (device, owner) SELECT channel, owner FROM doorfiets.channel JOIN doorfiets.site USING (site) WHERE starts_with(channel, 'feed-')
ON CONFLICT DO NOTHING;

-- load_datastreams --
-- A datastream of quarters for each device.
INSERT INTO doorfiets.datastream (sensor, source, quantity, channel, seconds, origin, method, valid_from, valid_until)
SELECT channel, 'bicycles', 'bicycles', channel, 900, 'measured', '', now() - interval '400 days', 'infinity'
FROM doorfiets.channel WHERE starts_with(channel, 'feed-');

-- load_feeds --
-- What each said last: some are silent, the others spoke now, and will have to for an hour.
INSERT INTO doorfiets.feed (datastream, last_started_at, last_ended_at, last_received_at, stored, duplicates, corrections, last_valid_ended_at, delay)
SELECT datastream, at - interval '15 minutes', at, at, 1000, 10, 1, at, 3
FROM (SELECT datastream, CASE WHEN row_number() OVER (ORDER BY md5(sensor)) <= %(silent)s THEN now() - interval '5 hours' ELSE now() END AS at
      FROM doorfiets.datastream WHERE starts_with(sensor, 'feed-')) d;

-- load_hours --
-- The hours of a week, whole.
INSERT INTO doorfiets.datastream_hour (datastream, hour, rows, valid, expected, total, rule)
SELECT datastream, hour, 4, 4, 4, 20, 'bench'
FROM generate_series(date_trunc('hour', now()) - interval '7 days', date_trunc('hour', now()), interval '1 hour') AS hour, doorfiets.datastream
WHERE starts_with(sensor, 'feed-');

-- load_findings --
-- A finding of last week for every feed, and one that stands for every fiftieth.
INSERT INTO doorfiets.finding (datastream, flag, bit, started_at, ended_at, rule, evidence)
SELECT datastream, 'spike', 8192, now() - interval '5 days', now() - interval '4 days', 'bench', '{}'::jsonb FROM doorfiets.datastream WHERE starts_with(sensor, 'feed-')
UNION ALL
SELECT datastream, 'dead', 1024, now() - interval '5 days', 'infinity', 'bench', '{}'::jsonb
FROM doorfiets.datastream WHERE starts_with(sensor, 'feed-') AND datastream %% 50 = 0;

-- publish --
-- Marks the hours as published: nobody has to be told.
INSERT INTO doorfiets.published (aggregate, changed_in)
VALUES ('datastream_hour', pg_snapshot_xmin(pg_current_snapshot())) ON CONFLICT (aggregate) DO UPDATE SET changed_in = excluded.changed_in;

-- analyze --
-- Statistics for the planner, as autovacuum would make them.
VACUUM ANALYZE doorfiets.site, doorfiets.channel, doorfiets.device, doorfiets.datastream, doorfiets.feed, doorfiets.datastream_hour, doorfiets.finding;

-- plain --
-- The rows of all feeds as they stand, judged by nobody.
SELECT f.*, d.sensor, d.source, d.quantity, d.channel, d.seconds, d.valid_from, nullif(d.valid_until, 'infinity') AS valid_until
FROM doorfiets.feed f JOIN doorfiets.datastream d USING (datastream);

-- session --
-- The server process of role `watch`.
SELECT pid FROM pg_stat_activity WHERE usename = 'watch' AND datname = current_database();
