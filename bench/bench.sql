-- arrived --
-- The number of readings of some sensors that `store` has counted as stored, and whether hours wait to be aggregated.
SELECT coalesce(sum(f.stored), 0)::int8, EXISTS (SELECT FROM doorfiets.dirty_hour)
FROM doorfiets.feed f JOIN doorfiets.datastream d USING (datastream) WHERE starts_with(d.sensor, %(prefix)s);

-- waiting --
-- The number of hours that wait to be aggregated.
SELECT count(*) FROM doorfiets.dirty_hour;

-- rows --
-- The stored rows of some sensors, in the order of their reception.
SELECT o.*
FROM doorfiets.observation o JOIN doorfiets.datastream d USING (datastream)
WHERE starts_with(d.sensor, %(prefix)s) ORDER BY o.received_at;

-- plain_table --
-- A table with the columns and the key of `observation`, without its chunks, checks and triggers.
CREATE TABLE public.copied (LIKE doorfiets.observation, PRIMARY KEY (datastream, started_at));

-- copy --
-- The rows, by plain COPY.
COPY public.copied FROM STDIN (FORMAT binary);

-- drop_plain_table --
-- Removes the copy.
DROP TABLE public.copied;

-- sent --
-- What was sent, for the two comparisons below.
CREATE TEMP TABLE sent (sensor text, source text, started_at timestamptz, value float8);

-- differing --
-- The number of readings that are missing, altered, doubled or were never sent.
SELECT count(*)
FROM sent l
FULL JOIN (
    SELECT d.sensor, d.source, o.started_at, o.value
    FROM doorfiets.observation o JOIN doorfiets.datastream d USING (datastream)
    WHERE starts_with(d.sensor, %(prefix)s)) o USING (sensor, source, started_at)
WHERE l.value IS DISTINCT FROM o.value;

-- miscounted --
-- The number of hours whose aggregate differs from the sum of what was sent.
SELECT count(*)
FROM (
    SELECT sensor, source, date_trunc('hour', started_at, 'UTC') AS hour, sum(value::numeric) AS total, count(*) AS rows
    FROM sent GROUP BY 1, 2, 3) l
FULL JOIN (
    SELECT d.sensor, d.source, t.hour, t.total, t.rows
    FROM doorfiets.datastream_hour t JOIN doorfiets.datastream d USING (datastream)
    WHERE starts_with(d.sensor, %(prefix)s)) t USING (sensor, source, hour)
WHERE (l.total, l.rows) IS DISTINCT FROM (t.total, t.rows);
