-- feed_summary --
-- How many feeds are in which state now.
SELECT status, count(*) AS feeds FROM api.feed WHERE valid_from <= %(now)s AND %(now)s < valid_until GROUP BY status;

-- feeds_in_trouble --
-- Feeds with which somebody has something to do, worst first.
SELECT f.place_name, f.quantity, f.status, f.last_ended_at, f.seconds
FROM api.feed f
WHERE f.valid_from <= %(now)s AND %(now)s < f.valid_until AND f.status NOT IN ('ok', 'maintenance', 'closed')
ORDER BY f.rank, f.last_ended_at NULLS FIRST, f.place_name LIMIT 12;

-- outages --
-- Runs in which a feed had one of these states, in or after a range, newest first, after a run and at most so many: those that go on as they are judged now,
-- and those that ended as `watch` kept them. Of one place, of one owner, or all.
WITH stream AS (
    SELECT c.datastream, 'site' AS kind, s.site AS place, s.name, s.owner, c.channel, c.direction, c.mode AS quantity
    FROM api.channel c JOIN api.site s USING (site) WHERE c.datastream IS NOT NULL
    UNION ALL
    SELECT q.datastream, 'station', s.station, s.name, s.owner, NULL, NULL, q.quantity FROM api.station_quantity q JOIN api.station s USING (station)),
outage AS (
    SELECT datastream, status, coalesce(since, valid_from) AS since, NULL::timestamptz AS until, reason FROM api.feed
    UNION ALL
    SELECT datastream, status, since, until, reason FROM api.feed_history WHERE until IS NOT NULL)
SELECT o.datastream, s.kind, s.place, s.name, s.owner, s.channel, s.direction, s.quantity, o.status, o.since, o.until, o.reason
FROM outage o JOIN stream s USING (datastream)
WHERE o.status = ANY (%(statuses)s::text[]) AND o.since < %(end)s::timestamptz AND (o.until IS NULL OR o.until > %(start)s::timestamptz)
  AND (%(open)s::boolean IS NULL OR (o.until IS NULL) = %(open)s)
  AND (%(kind)s::text IS NULL OR (s.kind = %(kind)s AND s.place = %(place)s)) AND (%(owner)s::text IS NULL OR s.owner = %(owner)s)
  AND (%(after)s::timestamptz IS NULL OR (o.since, o.datastream, o.status) < (%(after)s::timestamptz, %(after_datastream)s::int4, %(after_status)s::text))
ORDER BY o.since DESC, o.datastream DESC, o.status DESC LIMIT %(most)s;

-- newest_measurement --
-- Until when the newest measurement is of all feeds that measure now.
SELECT max(last_ended_at) AS last_ended_at FROM api.feed WHERE valid_from <= %(now)s AND %(now)s < valid_until AND last_ended_at <= %(now)s;
