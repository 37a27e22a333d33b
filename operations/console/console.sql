-- feeds --
-- Feeds with their status, worst first: all, or those of some statuses, an owner or a place; and what was acknowledged of the status that each has now.
SELECT f.datastream, f.status, f.since, f.sensor AS device, f.place, f.place_name, f.owner, f.quantity, coalesce(f.channel, '') AS channel, f.origin,
       f.last_ended_at AS measured_until, f.last_received_at AS received_at, f.completeness, f.delay, f.battery, f.reason, f.duplicates,
       a.note, a.account AS acknowledged_by, a.acknowledged_at
FROM doorfiets.device_feed f
LEFT JOIN doorfiets.acknowledgement a ON a.datastream = f.datastream AND a.status = f.status AND a.acknowledged_at >= f.since
WHERE (%(closed)s OR f.status <> 'closed') AND (%(statuses)s::text[] IS NULL OR f.status = ANY (%(statuses)s)) AND (%(owner)s::text IS NULL OR f.owner = %(owner)s)
  AND (%(place)s::text IS NULL OR f.place = %(place)s) AND (NOT %(unacknowledged)s OR a.datastream IS NULL)
ORDER BY f.rank, f.missed_intervals DESC NULLS LAST, f.place_name, f.quantity, channel, device;

-- statuses --
-- How many feeds have which status.
SELECT status, count(*)::int4 AS feeds FROM api.feed GROUP BY status;

-- owners --
-- The owners that are applied, with their time zones.
SELECT owner, name, timezone FROM api.owner ORDER BY owner;

-- of_feeds --
-- The status of some feeds.
SELECT f.datastream, f.status, f.sensor AS device FROM doorfiets.device_feed f WHERE f.datastream = ANY (%(datastreams)s) ORDER BY f.datastream;

-- acknowledge --
-- Somebody has taken note of a feed as it is now.
INSERT INTO doorfiets.acknowledgement (datastream, status, note, account) VALUES (%(datastream)s, %(status)s, %(note)s, %(account)s)
ON CONFLICT (datastream) DO UPDATE SET status = excluded.status, note = excluded.note, account = excluded.account, acknowledged_at = now();

-- feed --
-- One feed with its device and the profile that is effective for it, the zone of its owner, and what was acknowledged.
SELECT f.datastream, f.status, f.since, f.reason, f.place, f.place_name, f.quantity, coalesce(f.channel, '') AS channel, f.origin, f.seconds, f.every,
       f.last_ended_at AS measured_until, f.last_received_at AS received_at, f.completeness, f.delay, f.battery, f.battery_low, f.stored, f.duplicates,
       f.corrections, f.overtaken, f.valid_from, f.valid_until, f.reference_at, f.sensor AS device, d.source, f.owner, f.timezone,
       CASE WHEN d.channel IS NULL THEN 'station' ELSE 'site' END AS place_kind, v.firmware, v.note AS device_note, v.profile,
       v.profile_content->>'maker' AS maker, v.profile_content->>'model' AS model, a.note, a.account AS acknowledged_by, a.acknowledged_at
FROM doorfiets.device_feed f
JOIN doorfiets.datastream d USING (datastream)
LEFT JOIN doorfiets.device v ON v.device = f.sensor
LEFT JOIN doorfiets.acknowledgement a ON a.datastream = f.datastream AND a.status = f.status AND a.acknowledged_at >= f.since
WHERE f.datastream = %(datastream)s;

-- siblings --
-- The other feeds of a device that have not ended.
SELECT f.datastream, f.status, f.quantity, coalesce(f.channel, '') AS channel FROM doorfiets.device_feed f
WHERE f.sensor = %(device)s AND f.datastream <> %(datastream)s AND f.status <> 'closed' ORDER BY f.rank, f.quantity, channel;

-- strip --
-- The last 24 hours of a datastream in cells of its interval, a minute at least: how many intervals came, how many of them count, their sum, and the flags of
-- all. A cell in which nothing could be measured `may_lack`.
WITH d AS (
    SELECT s.datastream, s.seconds, greatest(s.seconds, 60) * interval '1 second' AS cell, s.measuring_window <> 'always' AS windowed
    FROM doorfiets.datastream s WHERE s.datastream = %(datastream)s),
c AS (
    SELECT d.datastream, d.windowed, greatest(d.seconds, 60) / d.seconds AS expected, g.started_at, g.started_at + d.cell AS ended_at
    FROM d CROSS JOIN LATERAL generate_series(date_bin(d.cell, %(until)s::timestamptz - interval '24 hours', 'epoch'), %(until)s::timestamptz - d.cell, d.cell) AS g(started_at))
SELECT c.started_at, c.ended_at, c.expected, r.observations, r.counting, r.total, r.flags,
       c.windowed AND doorfiets.measurable_seconds(c.datastream, c.started_at, c.ended_at) = 0 AS may_lack
FROM c
CROSS JOIN LATERAL (
    SELECT count(*)::int4 AS observations, count(o.spans)::int4 AS counting, sum(o.value) AS total, coalesce(bit_or(o.quality_flags), 0) AS flags
    FROM doorfiets.reading o WHERE o.datastream = c.datastream AND o.started_at >= c.started_at AND o.started_at < c.ended_at) r
ORDER BY c.started_at;

-- days --
-- How many intervals of each of the last 90 local days were measured, and how many could have been.
SELECT y.day, y.valid, y.expected FROM doorfiets.datastream_day y
WHERE y.datastream = %(datastream)s AND y.day > %(today)s::date - 90 AND y.day <= %(today)s::date ORDER BY y.day;

-- states --
-- The states in which a feed was, the newest first.
SELECT status, since, until, reason FROM api.feed_history WHERE datastream = %(datastream)s ORDER BY since DESC LIMIT 30;

-- gaps --
-- The stretches of the last seven days in which intervals of a datastream are missing, the newest first.
WITH d AS (
    SELECT s.datastream, s.seconds * interval '1 second' AS step, greatest(%(until)s::timestamptz - interval '7 days', s.valid_from) AS first,
           least(%(until)s::timestamptz, s.valid_until) AS last
    FROM doorfiets.datastream s WHERE s.datastream = %(datastream)s),
e AS (
    SELECT d.datastream, d.step, date_bin(d.step, d.first - interval '1 microsecond', 'epoch') + d.step AS opens, date_bin(d.step, d.last, 'epoch') AS closes
    FROM d WHERE d.first < d.last),
m AS (
    SELECT o.ended_at AS gone_from, lead(o.started_at, 1, e.closes) OVER (ORDER BY o.started_at) AS gone_until
    FROM e JOIN doorfiets.observation o ON o.datastream = e.datastream AND o.started_at >= e.opens AND o.started_at < e.closes
    UNION ALL
    SELECT e.opens, coalesce((SELECT min(o.started_at) FROM doorfiets.observation o
                              WHERE o.datastream = e.datastream AND o.started_at >= e.opens AND o.started_at < e.closes), e.closes) FROM e)
SELECT m.gone_from AS started_at, m.gone_until AS ended_at, round(extract(epoch FROM m.gone_until - m.gone_from) / extract(epoch FROM e.step))::int4 AS intervals
FROM e CROSS JOIN m WHERE m.gone_until - m.gone_from >= e.step
ORDER BY m.gone_from DESC LIMIT 50;

-- messages --
-- The newest readings of a device as they are stored, each with both its times, and refused messages among them: what stays of their bytes, topic, why.
SELECT * FROM (
    SELECT o.received_at, d.source, d.quantity, o.started_at, o.ended_at, o.value, o.quality_flags | o.found_flags AS flags, o.revision, NULL AS refused, NULL AS detail, NULL AS topic, NULL::bytea AS payload
    FROM doorfiets.datastream d JOIN doorfiets.observation o USING (datastream)
    WHERE d.sensor = %(device)s AND o.received_at > %(after)s AND o.started_at > %(after)s - interval '7 days'
    UNION ALL
    SELECT r.last_received_at, '', '', NULL, NULL, NULL, 0, NULL, r.reason, r.detail, r.topic, substr(r.payload, 1, 2000)
    FROM doorfiets.rejection r WHERE r.sensor = %(device)s AND r.last_received_at > %(after)s) received
ORDER BY received_at DESC, ended_at DESC, source LIMIT 50;

-- findings --
-- What was found about runs of datastreams, the newest run first: what stands, or also what was withdrawn; of one feed, of one flag, or all.
SELECT f.finding, f.datastream, d.sensor AS device, f.place, f.place_name, coalesce(f.channel, '') AS channel, f.quantity, f.flag, f.started_at,
       CASE WHEN isfinite(f.ended_at) THEN f.ended_at END AS ended_at, f.rule, f.evidence, f.reason, f.found_at, f.withdrawn_at
FROM api.finding f JOIN doorfiets.datastream d USING (datastream)
WHERE (%(datastream)s::int4 IS NULL OR f.datastream = %(datastream)s) AND (%(flag)s::text IS NULL OR f.flag = %(flag)s)
  AND (%(place)s::text IS NULL OR f.place = %(place)s) AND (%(withdrawn)s OR f.withdrawn_at IS NULL)
ORDER BY f.started_at DESC, f.finding DESC LIMIT %(most)s;

-- rejections --
-- Refused messages that were not stored since, by reason, what came last first: how many, of how many sensors and which, since when, and one as a sample.
SELECT reason, count(*)::int4 AS messages, sum(receptions)::int4 AS receptions, count(DISTINCT sensor)::int4 AS sensors, min(sensor) AS sensor,
       min(first_received_at) AS first_received_at,
       max(last_received_at) AS last_received_at, (array_agg(encode(digest, 'hex') ORDER BY last_received_at DESC))[1] AS id,
       (array_agg(detail ORDER BY last_received_at DESC))[1] AS detail
FROM doorfiets.rejection WHERE (%(sensor)s::text IS NULL OR sensor = %(sensor)s) AND doorfiets.is_open(outcome, replayed_at, refused_at)
GROUP BY reason ORDER BY max(last_received_at) DESC, reason;

-- refused --
-- Refused messages of a reason, of a sensor or of both, the newest first, without their bytes; `open` are those that were not stored since.
SELECT encode(digest, 'hex') AS id, reason, coalesce(sensor, '') AS sensor, topic, dialect, detail, receptions, first_received_at, last_received_at,
       doorfiets.is_open(outcome, replayed_at, refused_at) AS open, replayed_at
FROM doorfiets.rejection
WHERE (%(reason)s::text IS NULL OR reason = %(reason)s) AND (%(sensor)s::text IS NULL OR sensor = %(sensor)s)
ORDER BY last_received_at DESC, digest LIMIT 100;

-- rejection --
-- One refused message with what stays of its bytes, and whether it was not stored since.
SELECT encode(digest, 'hex') AS id, reason, coalesce(sensor, '') AS sensor, topic, dialect, detail, receptions, first_received_at, last_received_at, payload,
       doorfiets.is_open(outcome, replayed_at, refused_at) AS open, replayed_at
FROM doorfiets.rejection WHERE digest = decode(%(id)s, 'hex');

-- lag --
-- The watermark, with the time of the query, hours that cannot be computed, and what was set aside.
SELECT now() AS queried_at, w.received_until, w.stored_until, w.aggregated_until, w.receive_backlog, w.store_backlog, w.aggregate_backlog,
       w.store_measured_at, w.aggregate_measured_at, (SELECT count(*)::int4 FROM doorfiets.failed_hour) AS failed_hours,
       (SELECT count(*)::int4 FROM doorfiets.failed_record) AS failed_records
FROM api.watermark w;

-- processes --
-- The sessions of the platform's processes in the database, by role.
SELECT usename::text AS role, count(*)::int4 AS sessions FROM pg_stat_activity WHERE datname = current_database() AND usename IS NOT NULL GROUP BY usename;

-- applied_owners --
-- The owners that are applied, with the SHA-256 over the files of each, and since when it is in force.
SELECT owner AS id, name, applied_state, applied_at FROM api.owner ORDER BY owner;

-- waiting_places --
-- Routes and screenlines that wait, each with the places that it names and nobody has applied yet.
SELECT kind, subject AS id, missing FROM api.waiting_place ORDER BY kind, subject;

-- subjects --
-- What an entry can be about, by id.
SELECT 'site' AS kind, site AS id, name FROM doorfiets.site UNION ALL SELECT 'channel', channel, channel FROM doorfiets.channel
UNION ALL SELECT 'station', station, name FROM doorfiets.station UNION ALL SELECT 'device', device, device FROM doorfiets.device
ORDER BY 2, 1;
