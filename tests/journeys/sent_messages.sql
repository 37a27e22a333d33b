-- create --
-- What was sent, beside the platform's tables.
CREATE TEMP TABLE IF NOT EXISTS sent (sensor text, source text, started_at timestamptz, value float8);

-- stored --
-- How many readings of what was sent are in the database.
SELECT count(*) FROM sent l
JOIN doorfiets.datastream d USING (sensor, source)
JOIN doorfiets.observation o ON o.datastream = d.datastream AND o.started_at = l.started_at;

-- strangers --
-- Readings of the sensors of `sent_messages` that are missing, altered, or were never sent.
SELECT sensor, source, started_at, l.value, o.value
FROM sent l
FULL JOIN (
    SELECT d.sensor, d.source, o.started_at, o.value
    FROM doorfiets.observation o JOIN doorfiets.datastream d USING (datastream)
    WHERE d.sensor IN (SELECT DISTINCT sensor FROM sent)) o USING (sensor, source, started_at)
WHERE l.value IS DISTINCT FROM o.value
LIMIT 5;

-- counted_by_feeds --
-- Readings that `store` counted as new: more than there are would mean that one was stored twice.
SELECT coalesce(sum(stored), 0)::int FROM doorfiets.feed JOIN doorfiets.datastream USING (datastream) WHERE sensor LIKE %s;
