-- arrived --
-- How many readings of some sensors `store` has stored, by its own count, and whether hours wait to be computed.
SELECT coalesce(sum(f.stored), 0)::int8, EXISTS (SELECT FROM doorfiets.dirty_hour)
FROM doorfiets.feed f JOIN doorfiets.datastream d USING (datastream) WHERE starts_with(d.sensor, %(prefix)s);

-- waiting --
SELECT count(*) FROM doorfiets.dirty_hour;

-- rows --
-- The stored rows of some sensors, in the order in which they came.
SELECT o.datastream, o.started_at, o.ended_at, o.value, o.uptime, o.quality_flags, o.received_at, o.revised_at, o.revision,
       o.run, o.number, o.restated
FROM doorfiets.observation o JOIN doorfiets.datastream d USING (datastream)
WHERE starts_with(d.sensor, %(prefix)s) ORDER BY o.received_at;

-- plain_table --
-- The same columns and key as `observation`, and nothing else of it: no chunks, no checks, no marks.
CREATE TABLE public.copied (LIKE doorfiets.observation, PRIMARY KEY (datastream, started_at));

-- copy --
COPY public.copied FROM STDIN (FORMAT binary);

-- drop_plain_table --
DROP TABLE public.copied;

-- sent --
CREATE TEMP TABLE sent (sensor text, source text, started_at timestamptz, value float8);

-- differing --
-- Readings that are missing, altered, doubled or were never sent.
SELECT count(*)
FROM sent l
FULL JOIN (
    SELECT d.sensor, d.source, o.started_at, o.value
    FROM doorfiets.observation o JOIN doorfiets.datastream d USING (datastream)
    WHERE starts_with(d.sensor, %(prefix)s)) o USING (sensor, source, started_at)
WHERE l.value IS DISTINCT FROM o.value;

-- miscounted --
-- Hours whose aggregate is not what was sent adds up to.
SELECT count(*)
FROM (
    SELECT sensor, source, date_trunc('hour', started_at, 'UTC') AS hour, sum(value::numeric) AS total, count(*) AS rows
    FROM sent GROUP BY 1, 2, 3) l
FULL JOIN (
    SELECT d.sensor, d.source, t.hour, t.total, t.rows
    FROM doorfiets.datastream_hour t JOIN doorfiets.datastream d USING (datastream)
    WHERE starts_with(d.sensor, %(prefix)s)) t USING (sensor, source, hour)
WHERE (l.total, l.rows) IS DISTINCT FROM (t.total, t.rows);
