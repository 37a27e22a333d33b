-- begin --
-- What changed before `quality` ran for the first time is checked on request only.
INSERT INTO doorfiets.check_position (followed_until) VALUES (pg_snapshot_xmin(pg_current_snapshot())) ON CONFLICT DO NOTHING;

-- follow --
-- Hours that changed since the last time, of live counters and stations: their places are due from the oldest of them on. A transaction below the horizon is
-- over: what it changed is seen now, or never was. What others recorded is an archive, and checked on request.
WITH horizon AS (
    SELECT pg_snapshot_xmin(pg_current_snapshot()) AS until),
changed AS (
    SELECT t.datastream, min(t.hour) AS hour
    FROM doorfiets.datastream_hour t
    WHERE t.changed_in >= (SELECT followed_until FROM doorfiets.check_position) AND t.changed_in < (SELECT until FROM horizon)
    GROUP BY t.datastream),
put AS (
    INSERT INTO doorfiets.place_check AS p (kind, place, due_from)
    SELECT CASE WHEN d.station IS NULL THEN 'site' ELSE 'station' END AS kind, coalesce(c.site, d.station) AS place, min(n.hour)
    FROM changed n JOIN doorfiets.datastream d USING (datastream) LEFT JOIN doorfiets.channel c USING (channel)
    WHERE d.origin <> 'recorded'
    GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (kind, place) DO UPDATE SET due_from = least(p.due_from, excluded.due_from), noted = p.noted + 1,
        due_at = CASE WHEN p.due_from IS NULL THEN excluded.due_at ELSE p.due_at END)
UPDATE doorfiets.check_position SET followed_until = (SELECT until FROM horizon) WHERE followed_until < (SELECT until FROM horizon);

-- next_place --
-- The place that has waited longest for its turn, of those that are due, for half a minute so that what comes together is checked together, and were not
-- checked lately. It has had its turn from now on: one whose check ends the process stands behind all others.
UPDATE doorfiets.place_check SET checked_at = now()
WHERE (kind, place) = (
    SELECT kind, place FROM doorfiets.place_check
    WHERE due_from IS NOT NULL AND due_at <= now() - least(%(every)s, interval '30 seconds') AND (checked_at IS NULL OR checked_at <= now() - %(every)s)
    ORDER BY checked_at NULLS FIRST, kind, place LIMIT 1)
RETURNING kind, place, due_from, noted;

-- place_done --
-- A place is checked: what was noted meanwhile is still due.
UPDATE doorfiets.place_check SET checked_at = now(), due_from = CASE WHEN noted <> %(noted)s THEN due_from END
WHERE kind = %(kind)s AND place = %(place)s;

-- waiting --
-- How many places are due.
SELECT count(*)::int4 FROM doorfiets.place_check WHERE due_from IS NOT NULL;

-- places --
-- Sites and stations that have datastreams, of one name or all.
SELECT DISTINCT CASE WHEN d.station IS NULL THEN 'site' ELSE 'station' END AS kind, coalesce(c.site, d.station) AS place
FROM doorfiets.datastream d LEFT JOIN doorfiets.channel c USING (channel)
WHERE %(place)s::text IS NULL OR coalesce(c.site, d.station) = %(place)s
ORDER BY 1, 2;

-- observed --
-- Since when anything was observed at a place, and the clock of the database.
SELECT min(o.first), now()
FROM doorfiets.datastream d LEFT JOIN doorfiets.channel c USING (channel)
CROSS JOIN LATERAL (SELECT min(started_at) AS first FROM doorfiets.observation WHERE datastream = d.datastream) o
WHERE CASE %(kind)s WHEN 'site' THEN c.site ELSE d.station END = %(place)s;

-- begins --
-- Where a check has to begin so that every run of a check that reaches into a range lies in it whole, and every run that reaches into one of these.
WITH RECURSIVE found AS MATERIALIZED (
    SELECT f.started_at, f.ended_at
    FROM doorfiets.finding f JOIN doorfiets.datastream d USING (datastream) LEFT JOIN doorfiets.channel c USING (channel)
    WHERE CASE %(kind)s WHEN 'site' THEN c.site ELSE d.station END = %(place)s
      AND f.entry IS NULL AND f.withdrawn_at IS NULL AND f.started_at < %(from)s),
begin AS (
    SELECT %(from)s::timestamptz AS at
    UNION ALL
    SELECT e.at FROM begin b CROSS JOIN LATERAL (
        SELECT min(f.started_at) AS at FROM found f WHERE f.started_at < b.at AND f.ended_at >= b.at) e
    WHERE e.at IS NOT NULL)
SELECT min(at) FROM begin;

-- streams --
-- The datastreams of a place that are valid at any time of a range, and those of its neighbours: of a site the four nearest of its owner that count a mode
-- of it; of a station the eight nearest within 25 km that measure a quantity of it, whoever's. A Telraam sees: one that is blind is so in all modes. What a
-- device says to be by its profile comes first, then what its datastream says of its method.
WITH here AS (
    SELECT s.site AS place, s.owner, s.longitude, s.latitude FROM doorfiets.site s WHERE %(kind)s = 'site' AND s.site = %(place)s),
here_station AS (
    SELECT t.station AS place, t.longitude, t.latitude FROM doorfiets.station t WHERE %(kind)s = 'station' AND t.station = %(place)s),
counting AS MATERIALIZED (  -- sites where a mode of this one is counted
    SELECT DISTINCT y.site FROM doorfiets.site_stream y
    WHERE y.mode IN (SELECT x.mode FROM doorfiets.site_stream x WHERE x.site = (SELECT place FROM here))),
measuring AS MATERIALIZED (  -- stations where a quantity of this one is measured
    SELECT DISTINCT y.station FROM doorfiets.datastream y
    WHERE y.quantity IN (SELECT x.quantity FROM doorfiets.datastream x WHERE x.station = (SELECT place FROM here_station))),
place AS MATERIALIZED (
    SELECT %(place)s AS place
    UNION ALL
    (SELECT s.site FROM here h JOIN doorfiets.site s ON s.owner = h.owner AND s.site <> h.place JOIN counting USING (site)
     ORDER BY ((s.longitude - h.longitude) * cos(radians(h.latitude))) ^ 2 + (s.latitude - h.latitude) ^ 2, s.site LIMIT 4)
    UNION ALL
    (SELECT t.station
     FROM here_station h JOIN doorfiets.station t ON t.station <> h.place JOIN measuring USING (station)
     CROSS JOIN LATERAL (SELECT ((t.longitude - h.longitude) * cos(radians(h.latitude))) ^ 2 + (t.latitude - h.latitude) ^ 2 AS square) away
     WHERE away.square < (25 / 111.2) ^ 2 ORDER BY away.square, t.station LIMIT 8)),
stream AS MATERIALIZED (
    SELECT d.*, p.place, c.direction
    FROM place p JOIN doorfiets.channel c ON c.site = p.place JOIN doorfiets.datastream d USING (channel)
    WHERE %(kind)s = 'site' AND d.valid_from < %(until)s AND %(from)s < d.valid_until
    UNION ALL
    SELECT d.*, p.place, ''
    FROM place p JOIN doorfiets.datastream d ON d.station = p.place
    WHERE %(kind)s = 'station' AND d.valid_from < %(until)s AND %(from)s < d.valid_until)
SELECT s.datastream, s.place, s.quantity, s.seconds, coalesce(s.channel, '') AS channel, s.direction,
       CASE WHEN v.profile ILIKE 'telraam%%' OR v.profile_content->>'maker' ILIKE 'telraam%%' OR v.profile ILIKE '%%camera%%'
              OR s.method ILIKE '%%camera%%' OR s.method ILIKE '%%telraam%%'
            THEN s.sensor ELSE '' END AS camera,
       s.instrument, s.register_bits, s.place = %(place)s AS own, o.number AS owner, o.timezone,
       CASE WHEN s.valid_until <= %(until)s THEN s.valid_until END AS closed_at
FROM stream s
JOIN doorfiets.datastream_owner o USING (datastream)
JOIN doorfiets.device v ON v.device = s.sensor
WHERE s.quantity IN (SELECT quantity FROM stream x WHERE x.place = %(place)s)
ORDER BY s.datastream;

-- readings --
-- What was observed of datastreams in a range, in order, by quarters where they are longer: the start (seconds), the value, whether neither a message nor a
-- person excludes it, the share of its time that was measured, and how long after its end it was received (of what was not brought in later). What earlier
-- checks found is left aside: a run would make itself go (1572864 are by_hand and maintenance; `|` and `&` bind alike in SQL, so these are in brackets). A row of both autumn hours is one of them.
SELECT datastream, start, value, valid, uptime, delay
FROM (
    SELECT o.datastream, extract(epoch FROM o.started_at)::int8 AS start,
           CASE q.fold WHEN 'sum' THEN o.value / doorfiets.spans(o.quality_flags) ELSE o.value END AS value,
           (o.quality_flags | (o.found_flags & 1572864)) & %(excluding)s = 0 AS valid, o.uptime::float8 AS uptime,
           CASE WHEN d.origin <> 'recorded' AND o.received_at < o.ended_at + interval '2 days' THEN extract(epoch FROM o.received_at - o.ended_at)::float8 END AS delay
    FROM doorfiets.datastream d JOIN doorfiets.quantity q USING (quantity)
    JOIN doorfiets.observation o ON o.datastream = d.datastream AND o.started_at >= %(from)s AND o.started_at < %(until)s
    WHERE d.datastream = ANY (%(datastreams)s) AND d.seconds >= 900
    UNION ALL
    SELECT o.datastream, extract(epoch FROM date_bin('15 minutes', o.started_at, 'epoch'))::int8,
           CASE q.fold WHEN 'sum' THEN sum(o.value / doorfiets.spans(o.quality_flags)) FILTER (WHERE o.counts) ELSE avg(o.value) FILTER (WHERE o.counts) END,
           bool_or(o.counts), (count(*) FILTER (WHERE o.counts) * d.seconds / 900.0)::float8, NULL::float8
    FROM doorfiets.datastream d JOIN doorfiets.quantity q USING (quantity)
    JOIN LATERAL (
        SELECT *, doorfiets.counts(value, uptime, quality_flags | (found_flags & 1572864)) AS counts FROM doorfiets.observation p
        WHERE p.datastream = d.datastream AND p.started_at >= %(from)s AND p.started_at < %(until)s) o ON true
    WHERE d.datastream = ANY (%(datastreams)s) AND d.seconds < 900
    GROUP BY o.datastream, 2, q.fold, d.seconds) r
ORDER BY datastream, start;

-- calendar --
-- The days that are unlike others at a place, by kind: everywhere at its owner's, or there.
SELECT e.kind, d::date
FROM doorfiets.calendar_entry e
CROSS JOIN LATERAL generate_series(greatest(e.first_day, %(first)s::date)::timestamp, least(e.last_day, %(last)s::date), interval '1 day') d
WHERE e.owner = (SELECT owner FROM doorfiets.site WHERE %(kind)s = 'site' AND site = %(place)s
                 UNION ALL SELECT owner FROM doorfiets.station WHERE %(kind)s = 'station' AND station = %(place)s)
  AND (e.sites = '{}' AND e.links = '{}' OR %(place)s = ANY (e.sites)
       OR %(kind)s = 'site' AND EXISTS (SELECT FROM doorfiets.link l WHERE l.link = ANY (e.links) AND l.site = %(place)s));
