-- load --
-- The quarters of the year, inserted without the intake; every fiftieth is left out.
INSERT INTO doorfiets.observation (datastream, started_at, ended_at, value, uptime, quality_flags, received_at, revised_at)
SELECT d.datastream, q.at, q.at + interval '15 minutes', (n.number * 7919 + d.datastream * 104729) %% 41, 1, 0,
       q.at + interval '16 minutes', q.at + interval '16 minutes'
FROM doorfiets.datastream d
CROSS JOIN generate_series(%(since)s, %(until)s - interval '15 minutes', interval '15 minutes') AS q(at)
CROSS JOIN LATERAL (SELECT extract(epoch FROM q.at)::int8 / 900 AS number) n
WHERE starts_with(d.sensor, %(prefix)s) AND (n.number + d.datastream) %% 50 <> 0
ORDER BY d.datastream, q.at;

-- analyze --
-- Statistics for the planner, as autovacuum would make them.
VACUUM ANALYZE doorfiets.observation;

-- plain_hours --
-- Hours as plain sums: number, total, minimum and maximum, without coverage, pairing or revisions.
CREATE UNLOGGED TABLE public.plain_hour AS
SELECT datastream, date_bin('1 hour', started_at, 'epoch') AS hour, count(*) AS rows, sum(value::numeric) AS total,
       min(value) AS minimum, max(value) AS maximum
FROM doorfiets.observation GROUP BY 1, 2;

-- plain_days --
-- Local days of the owners, from the plain hours.
CREATE UNLOGGED TABLE public.plain_day AS
SELECT datastream, (hour AT TIME ZONE m.timezone)::date AS day, sum(rows) AS rows, sum(total) AS total,
       min(minimum) AS minimum, max(maximum) AS maximum
FROM public.plain_hour JOIN doorfiets.datastream_owner m USING (datastream) GROUP BY 1, 2;

-- drop_plain --
-- Removes the plain sums.
DROP TABLE IF EXISTS public.plain_hour, public.plain_day;

-- miscounted --
-- The number of hours and days whose aggregate differs from the plain sum.
SELECT (SELECT count(*) FROM public.plain_hour p FULL JOIN doorfiets.datastream_hour t USING (datastream, hour)
        WHERE (p.rows, p.total, p.minimum, p.maximum) IS DISTINCT FROM (t.rows, t.total, t.minimum, t.maximum))
     + (SELECT count(*) FROM public.plain_day p FULL JOIN doorfiets.datastream_day t USING (datastream, day)
        WHERE (p.rows, p.total, p.minimum, p.maximum) IS DISTINCT FROM (t.rows, t.total, t.minimum, t.maximum));

-- forget --
-- Deletes all aggregates.
TRUNCATE doorfiets.datastream_hour, doorfiets.datastream_day, doorfiets.site_hour, doorfiets.site_day, doorfiets.share_hour, doorfiets.share_day,
    doorfiets.link_day, doorfiets.route_day;

-- known --
-- The number of observations, and whether there is any aggregate.
SELECT (SELECT count(*) FROM doorfiets.observation), EXISTS (SELECT FROM doorfiets.datastream_hour);

-- stored --
-- The number of readings that `store` has counted, and of hours that wait to be aggregated.
SELECT coalesce(sum(f.stored + f.corrections + f.duplicates + f.overtaken), 0)::int8, (SELECT count(*) FROM doorfiets.dirty_hour)
FROM doorfiets.feed f JOIN doorfiets.datastream d USING (datastream) WHERE starts_with(d.sensor, %(prefix)s);

-- sessions --
-- The server processes of the role `aggregate`.
SELECT pid FROM pg_stat_activity WHERE usename = 'aggregate';

-- publish --
-- Marks everything so far as published.
INSERT INTO doorfiets.published (aggregate, changed_in)
SELECT unnest(%(aggregates)s::text[]), pg_snapshot_xmin(pg_current_snapshot())
ON CONFLICT (aggregate) DO UPDATE SET changed_in = excluded.changed_in;

-- due --
-- How many years of places wait for their indicators.
SELECT count(*) FROM doorfiets.indicator_due WHERE due_at <= now();
