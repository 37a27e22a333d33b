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
