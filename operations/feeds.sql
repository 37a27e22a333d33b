-- feeds --
-- Every feed with its status, worst first, closed ones last. The status is as of the time until which everything published is stored.
SELECT status, place_name AS place, quantity, coalesce(channel, '') AS channel, origin, seconds AS interval, last_ended_at AS measured_until,
       last_received_at AS received_at, round(missed_intervals::numeric, 1)::float8 AS missed_intervals, stored, duplicates, corrections, overtaken
FROM api.feed
WHERE %(all)s OR status <> 'closed'
ORDER BY status = 'closed', status = 'good', missed_intervals DESC NULLS FIRST, place, quantity, channel;

-- registered --
-- The number of feeds, and until when the last one is valid.
SELECT count(*)::int4 AS feeds, max(valid_until) AS ended_at FROM api.feed;

-- unregistered --
-- What registered sensors send that nobody registered: each source with its first value, and since when.
SELECT u.sensor, u.source, u.first_received_at, u.last_value AS value
FROM doorfiets.unregistered_source u
WHERE NOT EXISTS (SELECT FROM doorfiets.datastream d WHERE d.sensor = u.sensor AND d.source = u.source)
ORDER BY u.sensor, u.source;
