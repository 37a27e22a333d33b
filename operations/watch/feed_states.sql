-- store_states --
-- Keeps the state of every feed that has another status than the one kept last: that one ends where the new one begins. A state begins after the one before
-- it, also where what is measured says otherwise: what was seen is not rewritten.
WITH changed AS (
    SELECT f.datastream, f.status, f.reason, f.since, k.since AS before
    FROM api.feed f LEFT JOIN doorfiets.feed_state k ON k.datastream = f.datastream AND k.until = 'infinity'
    WHERE f.status IS DISTINCT FROM k.status),
ended AS (
    UPDATE doorfiets.feed_state k SET until = greatest(c.since, k.since + interval '1 millisecond')
    FROM changed c WHERE k.datastream = c.datastream AND k.since = c.before AND k.until = 'infinity'
    RETURNING k.datastream, k.until, c.status, c.reason)
INSERT INTO doorfiets.feed_state (datastream, status, since, reason)
SELECT datastream, status, until, reason FROM ended
UNION ALL
SELECT datastream, status, since, reason FROM changed WHERE before IS NULL
ON CONFLICT DO NOTHING;

-- forget_states --
-- Deletes what ended more than 400 days ago.
DELETE FROM doorfiets.feed_state WHERE until < now() - interval '400 days';

-- put_completeness --
-- Of each feed that is live the 24 whole hours that are in the sums: rows, valid intervals, and how many could have been valid. An hour in which nothing
-- came has no row, and was expected as any other; of a device with a measuring window what lies in that is. Only what differs is written.
INSERT INTO doorfiets.feed_completeness AS k (datastream, ended_at, rows, valid, expected)
SELECT d.datastream, w.ended_at, h.rows, h.valid,
       CASE WHEN d.measuring_window = 'always' THEN h.expected + (w.hours - h.hours) * 3600 / d.seconds
            ELSE (doorfiets.measurable_seconds(d.datastream, greatest(w.ended_at - interval '24 hours', d.valid_from), least(w.ended_at, d.valid_until)) / d.seconds)::int4 END
FROM (SELECT date_trunc('hour', least(now(), (SELECT aggregated_until FROM api.watermark)), 'UTC') AS ended_at) until
CROSS JOIN doorfiets.datastream d
CROSS JOIN LATERAL (
    SELECT until.ended_at, greatest(0, extract(epoch FROM least(until.ended_at, date_trunc('hour', d.valid_until, 'UTC'))
        - greatest(until.ended_at - interval '24 hours', date_trunc('hour', d.valid_from + interval '59 minutes 59 seconds', 'UTC'))) / 3600)::int4 AS hours) w
CROSS JOIN LATERAL (
    SELECT coalesce(sum(s.rows), 0)::int4 AS rows, coalesce(sum(s.valid), 0)::int4 AS valid, coalesce(sum(s.expected), 0)::int4 AS expected, count(*)::int4 AS hours
    FROM doorfiets.datastream_hour s
    WHERE s.datastream = d.datastream AND s.hour >= w.ended_at - interval '24 hours' AND s.hour < w.ended_at) h
WHERE d.origin <> 'recorded' AND d.valid_from < w.ended_at AND d.valid_until > w.ended_at - interval '24 hours'
ON CONFLICT (datastream) DO UPDATE SET ended_at = excluded.ended_at, rows = excluded.rows, valid = excluded.valid, expected = excluded.expected
WHERE (k.ended_at, k.rows, k.valid, k.expected) IS DISTINCT FROM (excluded.ended_at, excluded.rows, excluded.valid, excluded.expected);
