-- feeds --
-- Feeds with their device and status, worst first, closed ones last: all, or those of a status, an owner or a place. The status is as of the time until which
-- everything published is stored.
SELECT f.status, f.since, f.sensor AS device, f.place, f.place_name, f.owner, f.quantity, coalesce(f.channel, '') AS channel, f.origin, f.seconds AS interval,
       f.every, f.last_ended_at AS measured_until, f.last_received_at AS received_at, round(f.missed_intervals * 10) / 10 AS missed_intervals,
       round(f.completeness * 10000) / 10000 AS completeness, round(f.delay::float8 * 10) / 10 AS delay, f.battery, f.reason,
       f.stored, f.duplicates, f.corrections, f.overtaken
FROM doorfiets.device_feed f
WHERE (%(all)s OR f.status <> 'closed') AND (%(statuses)s::text[] IS NULL OR f.status = ANY (%(statuses)s)) AND (%(owner)s::text IS NULL OR f.owner = %(owner)s)
  AND (%(site)s::text IS NULL OR f.place = %(site)s)
ORDER BY f.rank, f.missed_intervals DESC NULLS FIRST, place_name, f.quantity, channel, device;

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
-- The datastreams of a device with their status, and value and quality flags of the newest observation of each, of its message and found; the newest
-- datastream first. Off the grid are those whose observations follow from what is in `measurement`.
SELECT d.source, f.status, f.since, f.reason, f.place, f.place_name, f.quantity, coalesce(f.channel, '') AS channel, f.seconds AS interval, f.every, d.sampling,
       f.last_ended_at AS measured_until, f.last_received_at AS received_at, round(f.missed_intervals::numeric, 1)::float8 AS missed_intervals,
       round(f.completeness::numeric, 4)::float8 AS completeness, round(f.excluded::numeric, 4)::float8 AS excluded, round(f.delay::numeric, 1)::float8 AS delay,
       f.valid_from, f.valid_until, coalesce(k.off_grid, false) AS off_grid, f.stored, f.duplicates, f.corrections, f.overtaken,
       o.value AS last_value, o.quality_flags
FROM doorfiets.datastream d JOIN api.feed f USING (datastream) LEFT JOIN doorfiets.feed k USING (datastream)
LEFT JOIN LATERAL (
    SELECT n.value, n.quality_flags | n.found_flags AS quality_flags FROM doorfiets.observation n
    WHERE n.datastream = d.datastream ORDER BY n.started_at DESC LIMIT 1) o ON true
WHERE d.sensor = %(sensor)s
ORDER BY f.valid_from DESC, d.source;

-- device_states --
-- The states in which the datastreams of a device were, the newest first.
SELECT d.source, h.status, h.since, h.until, h.reason
FROM doorfiets.datastream d JOIN api.feed_history h USING (datastream)
WHERE d.sensor = %(sensor)s ORDER BY h.since DESC, d.source LIMIT %(most)s;

-- device_battery --
-- The newest voltage of the battery of a device, and below which its profile calls it low.
SELECT b.voltage, b.measured_at, nullif((v.profile_content->>'battery_low')::float8, 0) AS lowest
FROM doorfiets.battery b LEFT JOIN doorfiets.device v USING (device) WHERE b.device = %(sensor)s;

-- device_rejections --
-- What was refused of a device, by reason, the newest first.
SELECT reason, count(*)::int4 AS messages, sum(receptions)::int4 AS receptions, min(first_received_at) AS first_received_at,
       max(last_received_at) AS last_received_at
FROM doorfiets.rejection WHERE sensor = %(sensor)s GROUP BY reason ORDER BY max(last_received_at) DESC;

-- alike --
-- The names of all devices.
SELECT device FROM doorfiets.device;

-- directory --
-- All devices with the sources that datastreams of any period name.
SELECT device, sources FROM doorfiets.device_directory;

-- unregistered --
-- What registered sensors, or one of them, send that nobody registered: each source with the value that was noted, and since when. What the profile of
-- the device ignores is left out, and so is what is its time, its status or its mark of an earlier frame: that is known, and no measurement.
SELECT u.sensor, u.source, u.first_received_at, u.last_value
FROM doorfiets.unregistered_source u
JOIN doorfiets.device v ON v.device = u.sensor
WHERE (%(sensor)s::text IS NULL OR u.sensor = %(sensor)s)
  AND NOT EXISTS (SELECT FROM doorfiets.datastream d WHERE d.sensor = u.sensor AND d.source = u.source)
  AND NOT EXISTS (SELECT FROM doorfiets.battery_field b WHERE b.device = u.sensor AND b.source = u.source)
  AND NOT EXISTS (
      SELECT FROM jsonb_array_elements_text(
          jsonb_path_query_array(v.profile_content, '$.ignore[*]') || jsonb_path_query_array(v.profile_content, '$.status[*].field')
          || jsonb_path_query_array(v.profile_content, '$.time.field') || jsonb_path_query_array(v.profile_content, '$.stored.field')) AS known(field)
      WHERE u.source = known.field OR starts_with(u.source, known.field || '.'))
ORDER BY u.sensor, u.source;
