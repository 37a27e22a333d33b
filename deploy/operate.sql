-- feeds --
-- Every feed with its one status, worst first; closed ones last. It is judged as of when what was published is stored.
SELECT status, place_name AS place, quantity, coalesce(channel, '') AS channel, origin, seconds AS interval, last_ended_at AS measured_until,
       last_heard_at AS heard_at, round(missed_intervals::numeric, 1)::float8 AS missed_intervals, stored, duplicates, corrections, overtaken
FROM api.feed
WHERE %(all)s OR status <> 'afgesloten'
ORDER BY status = 'afgesloten', status = 'goed', missed_intervals DESC NULLS FIRST, place, quantity, channel;

-- registered --
SELECT count(*)::int4 AS feeds, max(valid_until) AS ended_at FROM api.feed;

-- rejections --
-- Refused messages by reason and sensor, the newest first, each with its newest message; its id is the beginning of its digest.
SELECT (array_agg(left(encode(digest, 'hex'), 12) ORDER BY last_heard_at DESC))[1] AS id,
       reason, coalesce(sensor, '') AS sensor, count(*)::int4 AS messages, sum(hearings)::int4 AS hearings, min(first_heard_at) AS first_heard_at,
       max(last_heard_at) AS last_heard_at,
       (array_agg(topic ORDER BY last_heard_at DESC))[1] AS topic,
       (array_agg(detail ORDER BY last_heard_at DESC))[1] AS detail,
       (array_agg(left(encode(payload, 'escape'), 200) ORDER BY last_heard_at DESC))[1] AS payload
FROM doorfiets.rejection
GROUP BY reason, sensor
ORDER BY max(last_heard_at) DESC, reason, sensor;

-- refused --
-- Refused messages whole, the newest first: by the beginning of the digest, or by reason and sensor.
SELECT encode(digest, 'hex') AS id, reason, coalesce(sensor, '') AS sensor, topic, dialect, detail, hearings, first_heard_at, last_heard_at, payload
FROM doorfiets.rejection
WHERE (%(id)s::text IS NULL OR starts_with(encode(digest, 'hex'), %(id)s)) AND (%(reason)s::text IS NULL OR reason = %(reason)s)
  AND (%(sensor)s::text IS NULL OR sensor = %(sensor)s)
ORDER BY last_heard_at DESC, digest
LIMIT %(most)s;

-- failures --
-- What was set aside because it can never be stored or computed, the newest first: records of the log, and hours of datastreams.
SELECT failed_at AS at, topic || '/' || partition || ' offset ' || log_offset || CASE WHEN item > 0 THEN ' item ' || item ELSE '' END AS what,
       reason, sensor, detail, coalesce(length(payload), 0) AS bytes, CASE WHEN %(whole)s THEN encode(payload, 'base64') END AS payload
FROM doorfiets.failed_record
UNION ALL
SELECT since, to_char(hour AT TIME ZONE 'UTC', '"hour" YYYY-MM-DD"T"HH24:MI"Z"'), 'not computed', d.sensor || ' ' || d.source, problem, 0, NULL
FROM doorfiets.stuck JOIN doorfiets.datastream d USING (datastream)
ORDER BY 1 DESC, 2;
