-- tables --
-- The load's record, copied beside the platform's tables. Of one sensor a larger number is a newer message.
CREATE TEMP TABLE message (number int8 PRIMARY KEY, kind text, sensor text, topic text, payload bytea, acknowledged boolean);
-- What the platform sealed, and what is in it: often more than an index holds.
CREATE TEMP TABLE opened (sealed bytea, content bytea);
CREATE TEMP TABLE sent (message int8, sensor text, source text, started_at timestamptz, value float8);

-- prepare --
-- What should be stored: of every interval the newest acknowledged value, in the sender's own order.
CREATE TEMP TABLE wanted AS
SELECT DISTINCT ON (s.sensor, s.source, s.started_at) s.sensor, s.source, s.started_at, s.value, s.message
FROM sent s JOIN message m ON m.number = s.message
WHERE m.acknowledged
ORDER BY s.sensor, s.source, s.started_at, s.message DESC;

-- index --
-- For the joins below.
CREATE INDEX ON sent (sensor, source, started_at);

-- forget --
-- Removes what the last look has copied.
DROP TABLE IF EXISTS stored, rejected;

-- look --
-- What the platform has stored of the load's sensors. A row that was emptied, as a frame turned out to be of an earlier time, is stored no more.
CREATE TEMP TABLE stored AS
SELECT d.sensor, d.source, o.started_at, o.value
FROM doorfiets.observation o JOIN doorfiets.datastream d USING (datastream)
WHERE d.sensor IN (SELECT DISTINCT sensor FROM sent) AND o.value IS NOT NULL;

-- progress --
-- The numbers of intervals without their newest value, of messages that should be rejected and are not, and of hours to be aggregated.
SELECT (SELECT count(*) FROM wanted)
       - (SELECT count(*) FROM wanted w JOIN stored s USING (sensor, source, started_at) WHERE s.value = w.value),
       (SELECT count(*) FROM rejected WHERE acknowledged AND rows = 0),
       (SELECT count(*) FROM doorfiets.dirty_hour);

-- missing --
-- Intervals that are not stored, with every acknowledged message that holds them.
SELECT w.sensor, w.source, w.started_at, array_agg(s.message)
FROM wanted w
JOIN sent s USING (sensor, source, started_at)
JOIN message m ON m.number = s.message AND m.acknowledged
WHERE NOT EXISTS (SELECT FROM stored o WHERE (o.sensor, o.source, o.started_at) = (w.sensor, w.source, w.started_at))
GROUP BY w.sensor, w.source, w.started_at;

-- handed_on --
-- Intervals that do not hold the value of their frame, where a copy of it was handed on later and the interval after it holds the copy, alone or with what
-- was counted then. A network says of a copy when that came: whoever received no other puts it there. With every acknowledged message but the copies.
SELECT w.sensor, w.source, w.started_at, o.started_at, array_agg(s.message)
FROM wanted w
JOIN doorfiets.datastream d USING (sensor, source)
JOIN stored o ON (o.sensor, o.source, o.started_at) = (w.sensor, w.source, w.started_at + d.seconds * interval '1 second')
LEFT JOIN stored own ON (own.sensor, own.source, own.started_at) = (w.sensor, w.source, w.started_at)
CROSS JOIN LATERAL (
    SELECT coalesce(max(value), 0) AS value FROM sent WHERE (sensor, source, started_at) = (o.sensor, o.source, o.started_at)) n
JOIN sent s ON (s.sensor, s.source, s.started_at) = (w.sensor, w.source, w.started_at)
JOIN message m ON m.number = s.message AND m.acknowledged AND m.kind <> 'copy'
WHERE own.value IS DISTINCT FROM w.value AND coalesce(own.value, 0) = 0 AND o.value IN (w.value, w.value + n.value)
  AND EXISTS (
    SELECT FROM sent c JOIN message k ON k.number = c.message AND k.kind = 'copy'
    WHERE (c.sensor, c.source, c.started_at) = (w.sensor, w.source, w.started_at))
GROUP BY w.sensor, w.source, w.started_at, o.started_at;

-- older --
-- Intervals that hold an older value, with every acknowledged message that holds a newer one. What was handed on again has the same value.
SELECT o.sensor, o.source, o.started_at, array_agg(s.message)
FROM stored o
JOIN sent h ON (h.sensor, h.source, h.started_at, h.value) = (o.sensor, o.source, o.started_at, o.value)
JOIN wanted w ON (w.sensor, w.source, w.started_at) = (o.sensor, o.source, o.started_at) AND w.message > h.message AND w.value <> h.value
JOIN sent s ON (s.sensor, s.source, s.started_at) = (o.sensor, o.source, o.started_at) AND s.message > h.message AND s.value <> h.value
JOIN message m ON m.number = s.message AND m.acknowledged
GROUP BY o.sensor, o.source, o.started_at;

-- phantoms --
-- Intervals or values that were never sent.
SELECT sensor, source, started_at, value FROM stored o
WHERE NOT EXISTS (
    SELECT FROM sent s WHERE (s.sensor, s.source, s.started_at, s.value) = (o.sensor, o.source, o.started_at, o.value));

-- doubled --
-- Intervals that are stored more than once.
SELECT sensor, source, started_at, count(*) - 1 FROM stored GROUP BY sensor, source, started_at HAVING count(*) > 1;

-- counted_twice --
-- Sources of which more intervals were counted as new than there are.
SELECT d.sensor, d.source, f.stored - o.rows
FROM (SELECT DISTINCT sensor FROM sent) l
JOIN doorfiets.datastream d USING (sensor)
JOIN doorfiets.feed f USING (datastream)
CROSS JOIN LATERAL (SELECT count(*) AS rows FROM doorfiets.observation o WHERE o.datastream = d.datastream) o
WHERE f.stored > o.rows;

-- unopened --
-- What was sealed and is not opened yet.
SELECT DISTINCT payload FROM doorfiets.rejection r
WHERE substr(payload, 1, 7) = 'sealed '::bytea AND NOT EXISTS (SELECT FROM opened WHERE sealed = r.payload);

-- open --
-- Keeps what is in something that was sealed.
INSERT INTO opened VALUES (%s, %s);

-- rejected --
-- Every message that should be rejected, with the number of its rejections.
CREATE TEMP TABLE rejected AS
SELECT m.number, m.kind, m.topic, m.acknowledged, count(r.topic) AS rows
FROM message m
LEFT JOIN (SELECT topic, coalesce(content, payload) AS payload, reason FROM doorfiets.rejection LEFT JOIN opened ON sealed = payload) r
    ON r.topic = m.topic AND r.payload = m.payload AND r.reason <> ''
WHERE m.kind = 'malformed' GROUP BY m.number
UNION ALL
SELECT m.number, m.kind, m.topic, m.acknowledged, count(r.sensor)
FROM message m
LEFT JOIN doorfiets.rejection r ON r.sensor = m.sensor AND r.reason <> ''
WHERE m.kind = 'unknown' GROUP BY m.number;

-- unrejected --
-- Acknowledged messages that should be rejected and are not.
SELECT kind, topic, ARRAY[number] FROM rejected WHERE acknowledged AND rows = 0;

-- rejected_twice --
-- Messages with more than one rejection.
SELECT kind, topic, number, rows - 1 FROM rejected WHERE rows > 1;

-- strange_rejections --
-- Rejections of no message of the load.
SELECT r.topic, r.sensor, r.reason, r.detail
FROM doorfiets.rejection r LEFT JOIN opened o ON o.sealed = r.payload
WHERE NOT EXISTS (
    SELECT FROM message m WHERE m.kind = 'malformed' AND r.topic = m.topic AND coalesce(o.content, r.payload) = m.payload)
  AND NOT EXISTS (SELECT FROM message m WHERE m.kind = 'unknown' AND r.sensor = m.sensor);

-- counts --
-- The number of acknowledged messages, and of all.
SELECT count(*) FILTER (WHERE acknowledged), count(*) FROM message;

-- readings --
-- The number of acknowledged readings.
SELECT count(*) FROM sent s JOIN message m ON m.number = s.message WHERE m.acknowledged;
