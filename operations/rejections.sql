-- rejections --
-- Refused messages by reason and sensor, the newest first, each with its newest message; its id is the beginning of its digest. Those of which nothing is to
-- be done any more only where `closed` is asked for; `open` counts the others, `replays` how often messages were published again.
SELECT (array_agg(left(encode(digest, 'hex'), 12) ORDER BY last_received_at DESC))[1] AS id,
       reason, coalesce(sensor, '') AS sensor, count(*)::int4 AS messages, sum(receptions)::int4 AS receptions,
       count(*) FILTER (WHERE doorfiets.is_open(outcome, replayed_at, refused_at))::int4 AS open,
       min(first_received_at) AS first_received_at,
       max(last_received_at) AS last_received_at,
       max(replayed_at) AS replayed_at, sum(replays)::int4 AS replays,
       (array_agg(outcome ORDER BY replayed_at DESC NULLS LAST))[1] AS outcome,
       (array_agg(topic ORDER BY last_received_at DESC))[1] AS topic,
       (array_agg(detail ORDER BY last_received_at DESC))[1] AS detail,
       (array_agg(CASE WHEN substr(payload, 1, 7) = 'sealed '::bytea THEN substr(payload, 1, 17)
                       ELSE substr(payload, 1, 200) END ORDER BY last_received_at DESC))[1] AS payload
FROM doorfiets.rejection
WHERE %(closed)s OR doorfiets.is_open(outcome, replayed_at, refused_at)
GROUP BY reason, sensor
ORDER BY max(last_received_at) DESC, reason, sensor;

-- refused --
-- Refused messages whole, the newest first: by the beginning of the digest, or by reason and sensor.
SELECT encode(digest, 'hex') AS id, reason, coalesce(sensor, '') AS sensor, topic, dialect, detail, receptions, first_received_at, last_received_at,
       replayed_at, replays, outcome, payload
FROM doorfiets.rejection
WHERE (%(id)s::text IS NULL OR starts_with(encode(digest, 'hex'), %(id)s)) AND (%(reason)s::text IS NULL OR reason = %(reason)s)
  AND (%(sensor)s::text IS NULL OR sensor = %(sensor)s)
ORDER BY last_received_at DESC, digest
LIMIT %(most)s;
