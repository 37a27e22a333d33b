-- feeds --
-- Every feed with its one status, worst first; closed ones last.
SELECT status, place_name AS place, quantity, coalesce(channel, '') AS channel, origin, seconds AS interval, last_ended_at AS measured_until,
       last_heard_at AS heard_at, round(missed_intervals::numeric, 1)::float8 AS missed_intervals, stored, duplicates, corrections
FROM api.feed
WHERE %(all)s OR status <> 'afgesloten'
ORDER BY status = 'afgesloten', status = 'goed', missed_intervals DESC NULLS FIRST, place, quantity, channel;

-- rejections --
-- Refused messages by reason, the newest reason first, each with its newest message.
SELECT reason, count(*)::int4 AS messages, sum(hearings)::int4 AS hearings, min(first_heard_at) AS first_heard_at,
       max(last_heard_at) AS last_heard_at,
       (array_agg(topic ORDER BY last_heard_at DESC))[1] AS topic,
       (array_agg(coalesce(sensor, '') ORDER BY last_heard_at DESC))[1] AS sensor,
       (array_agg(detail ORDER BY last_heard_at DESC))[1] AS detail,
       (array_agg(left(encode(payload, 'escape'), 200) ORDER BY last_heard_at DESC))[1] AS payload
FROM doorfiets.rejection
GROUP BY reason
ORDER BY max(last_heard_at) DESC;
