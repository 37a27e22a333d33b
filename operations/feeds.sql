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

-- device --
-- A device, by its name in messages, with the profile that is effective for it.
SELECT v.device, v.owner, v.profile, v.profile_content->>'maker' AS maker, v.profile_content->>'model' AS model,
       (v.profile_content->>'every')::int4 AS every, v.profile_content->>'window' AS measuring_window, v.firmware, v.note
FROM doorfiets.device v WHERE v.device = %(sensor)s;

-- placements --
-- Where a device was and is, by local days of its owner, the newest first.
SELECT p.site, p.station, (p.valid_from AT TIME ZONE o.timezone)::date::text AS valid_from, (p.valid_until AT TIME ZONE o.timezone)::date::text AS valid_until,
       p.replaces
FROM doorfiets.placement p JOIN doorfiets.device v USING (device) JOIN doorfiets.owner o USING (owner)
WHERE p.device = %(sensor)s ORDER BY p.valid_from DESC;

-- device_history --
-- What was done to a device, the newest first.
SELECT h.day::text, h.kind, h.note FROM doorfiets.device_history h WHERE h.device = %(sensor)s ORDER BY h.day DESC, h.kind;

-- device_feeds --
-- The datastreams of a device with their status, the newest first; off the grid are those whose observations follow from what is in `measurement`.
SELECT d.source, f.status, f.place_name AS place, f.quantity, coalesce(f.channel, '') AS channel, f.seconds AS interval, d.sampling, f.last_ended_at AS measured_until,
       f.last_received_at AS received_at, f.valid_from, f.valid_until, coalesce(k.off_grid, false) AS off_grid
FROM doorfiets.datastream d JOIN api.feed f USING (datastream) LEFT JOIN doorfiets.feed k USING (datastream)
WHERE d.sensor = %(sensor)s
ORDER BY f.valid_from DESC, d.source;

-- unregistered_sources --
-- What a device sends that none of its datastreams names.
SELECT u.source, u.first_received_at, u.last_value
FROM doorfiets.unregistered_source u
WHERE u.sensor = %(sensor)s AND NOT EXISTS (SELECT FROM doorfiets.datastream d WHERE d.sensor = u.sensor AND d.source = u.source)
ORDER BY u.source;

-- alike --
-- The names of all devices.
SELECT device FROM doorfiets.device;

-- unregistered --
-- What registered sensors send that nobody registered: each source with its first value, and since when.
SELECT u.sensor, u.source, u.first_received_at, u.last_value AS value
FROM doorfiets.unregistered_source u
WHERE NOT EXISTS (SELECT FROM doorfiets.datastream d WHERE d.sensor = u.sensor AND d.source = u.source)
ORDER BY u.sensor, u.source;
